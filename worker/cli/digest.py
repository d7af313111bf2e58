"""`digest`: this week's letter, on the screen, as JSON, as a file, or sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import AsJson
from worker.cli.shape import Shared, command

if TYPE_CHECKING:
    from worker.cli.call import Call
    from worker.digest.letter import Letter


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, digest)


def digest(
    ctx: typer.Context,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page of its own.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Print it as plain text.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send this week's, once, as KEEPWARM_SMTP_URL says.")] = False,
) -> None:
    """Say who is going cold this week, why, and what would help. As of now, what is said is remembered."""
    from worker.cli.call import opened
    from worker.cli.out import say
    from worker.db import reading
    from worker.digest.compose import compose
    from worker.digest.remember import remember

    if sum((as_json, text, send, html is not None)) > 1:
        raise typer.BadParameter("--json, --html, --text and --send are different ways: choose one.")
    call = opened(ctx)
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
    if send:
        say(_send(call, user_id))
        return
    letter = compose(call.runtime, user_id, call.now)
    if ctx.find_root().ensure_object(Shared).now is None:
        remember(call.runtime, user_id, letter)
    if html is not None:
        _write(html, letter)
    elif as_json or text:
        _print(letter, as_json=as_json)
    elif letter.says_nothing:
        if letter.footer.people:
            say("Nothing to say this week: nobody is going cold.")
        else:
            say("Nobody is known yet. Connect your mail, or read it: keepwarm connect, keepwarm sync")
    else:
        from rich.console import Console

        from worker.digest import terminal

        Console().print(terminal.render(letter))


def _send(call: "Call", user_id: int) -> str:
    """Hand this week's letter over, and say what became of it."""
    from sqlalchemy import select

    from models.accounts import User
    from worker.db import reading
    from worker.digest.compose import compose, period_of
    from worker.digest.remember import note
    from worker.digest.send import send

    with reading(call.runtime.engine) as connection:
        zone = connection.scalars(select(User.zone).where(User.id == user_id)).one()
    period = period_of(call.now, zone)
    return f"The digest of {period}: {send(call.runtime, user_id, period, compose, note).value}."


def _write(path: Path, letter: "Letter") -> None:
    from worker.cli.out import say
    from worker.digest.html import render

    path.write_text(render(letter), encoding="utf-8")
    say(f"Written: {path}")


def _print(letter: "Letter", *, as_json: bool) -> None:
    from worker.digest import json
    from worker.digest import text as plain

    print((json if as_json else plain).render(letter), end="\n" if as_json else "")
