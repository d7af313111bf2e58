"""`digest`: this week's digest on the screen, as JSON, as a file, or by email."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import Shared, command

if TYPE_CHECKING:
    from worker.cli.terminal.call import Call
    from worker.digest.digest import Digest


class Often(StrEnum):
    """How often the digest comes."""

    WEEK = "week"
    NEVER = "never"


Day = StrEnum("Day", "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY")


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, digest)


def digest(
    ctx: typer.Context,
    *,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Save it as a web page.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Print it as plain text.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Email this week's digest now, once.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Show who is left out this week, and why.")] = False,
    every: Annotated[Often | None, typer.Option("--every", help="From now on, get it every week or never.")] = None,
    on: Annotated[Day | None, typer.Option("--on", help="From now on, get it on this day.")] = None,
    at: Annotated[
        int | None,
        typer.Option("--at", metavar="HOUR", min=0, max=23, help="From now on, get it at this hour, 0 to 23."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="ZONE", help="Your time zone, such as Europe/Berlin.")
    ] = None,
) -> None:
    """Show who is going cold this week, why, and what to do. No one is named twice without news.

    --every, --on, --at and --zone set when you get it.
    """
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.storage.transactions import reading

    settled = any(one is not None for one in (every, on, at, zone))
    _refuse_mixtures((as_json, text, send, html is not None), settled=settled)
    call = opened(ctx)
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
    if settled:
        say(_note(call, user_id, every, on, at, zone))
    elif send:
        say(_send(call, user_id))
    elif why:
        _left_out(call, user_id, as_json=as_json)
    else:
        _show(ctx, call, user_id, html=html, as_json=as_json, text=text)


def _refuse_mixtures(ways: tuple[bool, ...], *, settled: bool) -> None:
    if settled and any(ways):
        raise typer.BadParameter(
            "--every, --on, --at and --zone set when you get it. Run `keepwarm digest` by itself to read it."
        )
    if sum(ways) > 1:
        raise typer.BadParameter("--json, --html, --text and --send can't be combined. Choose one.")


def _show(ctx: typer.Context, call: "Call", user_id: int, *, html: Path | None, as_json: bool, text: bool) -> None:
    """Compose this week's digest and show it.

    What a person reads is remembered, so that no one is named twice without news; what a script reads (--json) and
    another moment (--now) are only looked at.
    """
    from worker.cli.terminal.out import say
    from worker.digest.compose import compose
    from worker.digest.history import remember

    digest = compose(call.runtime, user_id, call.now)
    if ctx.find_root().ensure_object(Shared).now is None and not as_json:
        remember(call.runtime, user_id, digest)
    if html is not None:
        _write(html, digest)
    elif as_json or text:
        _print(digest, as_json=as_json)
    elif not digest.says_nothing:
        from rich.console import Console

        from worker.digest.render import terminal

        Console().print(terminal.render(digest))
    elif digest.footer.people:
        say("Nothing this week: no one is going cold.")
    else:
        say("No one is known yet. Connect an account with `keepwarm connect`, then run `keepwarm sync`.")


def _left_out(call: "Call", user_id: int, *, as_json: bool) -> None:
    """Print who would have been named, and what kept them out."""
    from worker.cli.terminal.out import put_json, safe, say, screen
    from worker.digest.compose import left_out
    from worker.wording.text import name_of

    found = left_out(call.runtime, user_id, call.now)
    if as_json:
        put_json([{"person": one.person, "name": one.name, "kind": one.kind.value, "why": one.why} for one in found])
    elif not found:
        say("No one is left out this week.")
    for one in () if as_json else found:
        screen().print(safe(f"{name_of(one.name, one.person)}: {one.why}.", 300))


def _note(call: "Call", user_id: int, every: Often | None, on: Day | None, at: int | None, zone: str | None) -> str:
    """Save when the digest is wanted, and confirm it."""
    from worker.cli.terminal.options import time_zone
    from worker.decisions.preferences import set_preferences
    from worker.storage.transactions import writing

    if every is Often.NEVER and on is not None:
        raise typer.BadParameter("--every never needs no day. Leave --on out.")
    if zone is not None:
        time_zone(zone, "--zone")
    with writing(call.runtime.engine) as connection:
        now = set_preferences(
            connection,
            user_id,
            call.now,
            wanted=None if every is None else every is Often.WEEK,
            weekday=None if on is None else list(Day).index(on),
            hour=at,
            zone=zone,
        )
    again = "" if now.wanted else ". Turn it on again with `keepwarm digest --every week`."
    return f"Your digest: {now}{again}"


def _send(call: "Call", user_id: int) -> str:
    """Send this week's digest, and say what happened."""
    from sqlalchemy import select

    from models.accounts import User
    from worker.digest.compose import compose, period_of
    from worker.digest.deliver.send import send
    from worker.digest.history import note
    from worker.storage.transactions import reading

    with reading(call.runtime.engine) as connection:
        zone = connection.scalars(select(User.zone).where(User.id == user_id)).one()
    period = period_of(call.now, zone)
    return f"The digest of {period}: {send(call.runtime, user_id, period, compose, note).value}."


def _write(path: Path, digest: "Digest") -> None:
    from worker.cli.terminal.out import say
    from worker.digest.render.html import render
    from worker.export.destination import destination

    with destination(path) as file:
        file.write(render(digest).encode())
    say(f"Saved to {path}.")


def _print(digest: "Digest", *, as_json: bool) -> None:
    from worker.cli.terminal.out import harmless_json
    from worker.digest.render import json
    from worker.digest.render import text as plain

    print(harmless_json(json.render(digest)) if as_json else plain.render(digest), end="\n" if as_json else "")
