"""`retry`: list what has failed repeatedly, and try it again."""

from typing import Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, retry)


def retry(
    ctx: typer.Context,
    only_list: Annotated[
        bool, typer.Option("--list", help="Only list what failed, and when it's tried again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Try everything again that has failed repeatedly. Without --user, for everyone."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import put_json, safe, say, screen, table
    from worker.digest.deliver.pending import pending_digests
    from worker.queue.dead_letters import failed, replay
    from worker.storage.transactions import writing
    from worker.wording.dates import moment
    from worker.wording.lists import numbered

    call = opened(ctx)
    with writing(call.runtime.engine) as connection:
        user_id = call.user_id(connection) if call.user else None
        digests = failed(connection, user_id)
        unsent = pending_digests(connection, user_id)
        again = 0 if only_list else replay(connection, user_id)
    if as_json:
        put_json(digests)
    elif digests:
        rows = table("what", "for", "times", "last (UTC)", "next try (UTC)", "why")
        for one in digests:
            rows.add_row(
                one.actor.removeprefix("keepwarm."), one.subject, str(one.times), moment(one.last_at, call.now, "UTC"),
                moment(one.again_at, call.now, "UTC"), safe(one.error, 120),
            )  # fmt: skip
        screen().print(rows)
    for address, period, trouble in unsent:
        say(f"The digest {period} of {address} hasn't gone out. {trouble}")
    if only_list:
        say("" if digests else "Nothing has failed.")
    elif not again:
        say("Nothing has failed, so there is nothing to try again.")
    elif call.runtime.settings.embedded:
        say(f"{numbered(again, 'task')} will be tried again by `keepwarm run`, or now with `keepwarm sync`.")
    else:
        say(f"{numbered(again, 'task')} will be tried again within seconds.")
