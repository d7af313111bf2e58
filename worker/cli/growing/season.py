"""`season`: the last three months, looked back on."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.network.season.review import Season


def add(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, season)


def season(
    ctx: typer.Context,
    *,
    as_json: AsJson = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Save the picture of the years.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Email it now, once.")] = False,
) -> None:
    """Look back on the last quarter: what took root, what went deeper, which doors opened.

    It also comes by email, in the first whole week of the next quarter.
    """
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, say
    from worker.export.destination import destination
    from worker.network.season.picture import picture
    from worker.network.season.review import review
    from worker.network.season.words import sentences

    if sum((as_json, svg is not None, send)) > 1:
        raise typer.BadParameter("--json, --svg and --send can't be combined. Choose one.")
    if send:
        say(_send(ctx))
        return
    with looking(ctx, judged=True) as desk:
        found = review(desk.connection, desk.user_id, desk.call.rules, desk.now)
    said = sentences(found)
    if as_json:
        put_json({"quarter": found.quarter.key, "sentences": said, "season": found})
    elif svg is not None:
        with destination(svg) as file:
            file.write(picture(found).encode())
        say(f"Saved to {svg}.")
    elif said:
        _show(found, said)
    else:
        say(f"Nothing to mention for {found.quarter.words}.")


def _show(found: "Season", said: Sequence[str]) -> None:
    from rich.padding import Padding

    from worker.cli.terminal.out import safe, screen
    from worker.network.season.words import heading

    out = screen()
    out.print(safe(heading(found), style="bold"))
    for sentence in said:
        out.print(Padding(safe(sentence, 400), (0, 0, 0, 2), expand=False))


def _send(ctx: typer.Context) -> str:
    """Email the season, and say what happened."""
    from worker.cli.terminal.call import opened
    from worker.digest.compose import compose
    from worker.digest.deliver.send import send
    from worker.digest.history import note
    from worker.network.season.quarters import quarter_of
    from worker.storage.transactions import reading

    call = opened(ctx)
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
    quarter = quarter_of(call.now).before
    return f"Your season, {quarter.words}: {send(call.runtime, user_id, quarter.key, compose, note).value}."
