"""`roots`: who introduced you to whom, over the years."""

from pathlib import Path
from typing import Annotated, Any

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command


def add(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, roots)


def roots(
    ctx: typer.Context,
    person: Annotated[
        str | None, typer.Argument(metavar="PERSON", help="How you came to know someone, and who you met through them.")
    ] = None,
    *,
    as_json: AsJson = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Save it as a picture.")] = None,
) -> None:
    """Show who introduced you to whom, over the years."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, say, screen
    from worker.export.destination import destination
    from worker.identity.find_person import find_person
    from worker.network.roots import roots as read
    from worker.network.roots_picture import branches, picture

    if as_json and svg is not None:
        raise typer.BadParameter("--json and --svg can't be combined. Choose one.")
    with looking(ctx) as desk:
        key = find_person(desk.connection, desk.user_id, person) if person else None
        tree = read(desk.connection, desk.user_id, desk.now, key)
    if as_json:
        put_json({"doors": [_door(door) for door in tree.doors], "brought": [_brought(one) for one in tree.brought]})
    elif svg is not None:
        with destination(svg) as file:
            file.write(picture(tree).encode())
        say(f"Saved to {svg}.")
    elif tree.doors or tree.brought:
        screen().print(branches(tree))
    else:
        say(
            "No introduction found that leads there." if key else
            "No introductions found yet. Add one with `keepwarm introductions confirm PERSON --by PERSON`."
        )  # fmt: skip


def _door(door: Any) -> dict[str, Any]:
    from worker.cli.terminal.out import plain

    return {
        "person": door.person,
        "name": door.name,
        "since": plain(door.since),
        "led_to": [_door(below) for below in door.led_to],
    }


def _brought(one: Any) -> dict[str, Any]:
    from worker.cli.terminal.out import plain

    return {
        "one": one.one,
        "one_name": one.one_name,
        "other": one.other,
        "other_name": one.other_name,
        "at": plain(one.at),
    }
