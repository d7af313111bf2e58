"""`retry`: list what has failed repeatedly, and try it again."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.queue.dead_letters import Failed


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
    from worker.cli.terminal.out import put_json, say
    from worker.digest.deliver.pending import pending_digests
    from worker.queue.dead_letters import failed, replay
    from worker.storage.transactions import writing

    call = opened(ctx)
    with writing(call.runtime.engine) as connection:
        user_id = call.user_id(connection) if call.user else None
        found = failed(connection, user_id)
        unsent = pending_digests(connection, user_id)
        again = 0 if only_list else replay(connection, user_id)
    if as_json:
        put_json(found)
    elif found:
        _print(found, call.now)
    for address, period, trouble in unsent:
        say(f"The digest {period} of {address} hasn't gone out. {trouble}")
    if only_list:
        say("" if found else "Nothing has failed.")
    else:
        say(_outlook(again, embedded=call.runtime.settings.embedded))


def _print(found: "Sequence[Failed]", now: datetime) -> None:
    from worker.cli.terminal.out import safe, screen, table
    from worker.wording.dates import moment

    rows = table("what", "for", "times", "last (UTC)", "next try (UTC)", "why")
    for one in found:
        last, following = moment(one.last_at, now, "UTC"), moment(one.again_at, now, "UTC")
        what = one.actor.removeprefix("keepwarm.")
        rows.add_row(what, one.subject, str(one.times), last, following, safe(one.error, 120))
    screen().print(rows)


def _outlook(again: int, *, embedded: bool) -> str:
    """Say when what has failed is tried again."""
    from worker.wording.lists import numbered

    if not again:
        return "Nothing has failed, so there is nothing to try again."
    if embedded:
        return f"{numbered(again, 'task')} will be tried again by `keepwarm run`, or now with `keepwarm sync`."
    return f"{numbered(again, 'task')} will be tried again within seconds."
