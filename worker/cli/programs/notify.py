"""`notify`: webhooks, phones and chats that are notified when the digest is ready, or someone has gone quiet."""

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command, group

if TYPE_CHECKING:
    from worker.outlets.keep import Event

EVENTS = ("digest", "quiet", "account")
Id = Annotated[str, typer.Argument(metavar="ID", help="From `keepwarm notify list`.")]


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    notify = group("notify", help="Webhooks, phones and chats that are notified when something happens.")
    command(notify, add_one, "add")
    command(notify, list_all, "list")
    command(notify, test)
    command(notify, remove)
    app.add_typer(notify)


def add_one(
    ctx: typer.Context,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="https://... for a webhook, or an address that Apprise knows.")
    ],
    on: Annotated[str, typer.Option("--on", metavar="EVENTS", help="digest, quiet, account.")] = ",".join(EVENTS),
) -> None:
    """Notify an address when the digest is ready, when someone goes quiet, when an account needs you."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.outlets.subscribing import subscribe
    from worker.storage.transactions import reading

    call = opened(ctx)
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
    key, secret = subscribe(call.runtime, user_id, url, _events(on))
    if secret:
        print(secret)
        say("Calls are signed with this secret (standardwebhooks.com). It isn't shown again.")
    say(f"Added. To see whether it arrives: keepwarm notify test {key}")


def _events(on: str) -> "set[Event]":
    from worker.outlets.keep import Event

    said = {word.strip().lower() for word in on.split(",") if word.strip()}
    if unknown := said - set(EVENTS):
        raise typer.BadParameter(f"{min(unknown)!r} is not one of {', '.join(EVENTS)}.", param_hint="--on")
    return set(map(Event, said))


def list_all(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List what is notified, and of which events."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, safe, say, screen, table
    from worker.outlets.keep import list_outlets

    with looking(ctx) as desk:
        found = list_outlets(desk.connection, desk.call.runtime, desk.user_id)
    if as_json:
        put_json([{"id": one.id, "to": one.place, "on": one.events, "trouble": one.trouble} for one in found])
        return
    if not found:
        say("Nothing is notified yet. Add a webhook, a phone or a chat with `keepwarm notify add URL`.")
        return
    rows = table("id", "to", "on", "trouble")
    for one in found:
        rows.add_row(one.id, safe(one.place, 80), " ".join(one.events), safe(one.trouble or "", 200))
    screen().print(rows)


def test(ctx: typer.Context, outlet: Id) -> None:
    """Notify an address right now, to see whether it arrives."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.outlets.subscribing import try_out
    from worker.storage.transactions import reading

    call = opened(ctx)
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
    try_out(call.runtime, user_id, outlet)
    say("It was taken. You should see it now.")


def remove(ctx: typer.Context, outlet: Id) -> None:
    """Remove an address: it isn't notified any more."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.outlets.keep import remove_outlet
    from worker.storage.transactions import writing

    call = opened(ctx)
    with writing(call.runtime.engine) as connection:
        remove_outlet(connection, call.user_id(connection), outlet)
    say("Removed.")
