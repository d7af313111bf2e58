"""`season`: the last three months, looked back on."""

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command


def add(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, season)


def season(
    ctx: typer.Context,
    *,
    as_json: AsJson = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Save the picture of the years.")] = None,
) -> None:
    """Look back on the last quarter: what took root, what went deeper, which doors opened."""
    from rich.padding import Padding

    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, safe, say, screen
    from worker.export.destination import destination
    from worker.network.season.picture import picture
    from worker.network.season.review import review
    from worker.network.season.words import heading, sentences

    if as_json and svg is not None:
        raise typer.BadParameter("--json and --svg can't be combined. Choose one.")
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
        out = screen()
        out.print(safe(heading(found), style="bold"))
        for sentence in said:
            out.print(Padding(safe(sentence, 400), (0, 0, 0, 2), expand=False))
    else:
        say(f"Nothing to tell of {found.quarter.words}.")
