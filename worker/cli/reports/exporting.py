"""`export`: the history, the people or the relationships, as CSV or JSON Lines."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.terminal.shape import command


class What(StrEnum):
    """What can be taken out."""

    INTERACTIONS = "interactions"
    PEOPLE = "people"
    RELATIONSHIPS = "relationships"


class Form(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSONL = "jsonl"


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, export)


def export(
    ctx: typer.Context,
    what: Annotated[What, typer.Argument(help="What to take out.")],
    form: Annotated[Form, typer.Option("--format", help="JSON Lines is exact; CSV is safe to open.")] = Form.CSV,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="A file instead of standard output.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="From this day or moment on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Before this day or moment.")] = None,
    person: Annotated[str | None, typer.Option(metavar="PERSON", help="Only what concerns this person.")] = None,
) -> None:
    """Take your history out: every touch, every person, or how things stand with each."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.dates import parse_day
    from worker.cli.terminal.out import say
    from worker.export import formats
    from worker.export.destination import destination
    from worker.export.scope import Scope
    from worker.identity.find_person import whom

    with looking(ctx) as desk:
        begin, end = parse_day(since, desk.zone, "--since"), parse_day(until, desk.zone, "--until")
        if begin is not None and end is not None and end <= begin:
            raise typer.BadParameter(f"{until} does not come after {since}.", param_hint="--until")
        scope = Scope(
            user_id=desk.user_id,
            now=desk.now,
            since=begin,
            until=end,
            person=whom(desk.connection, desk.user_id, person) if person is not None else None,
        )
        match what:
            case What.INTERACTIONS:
                from worker.export import interactions as history

                columns, rows = history.COLUMNS, history.interactions(desk.connection, scope)
            case What.PEOPLE:
                from worker.export import people

                columns, rows = people.COLUMNS, people.people(desk.connection, scope)
            case What.RELATIONSHIPS:
                from worker.export import relationships as standing

                rulebook = desk.call.rulebook
                columns, rows = standing.COLUMNS, standing.relationships(desk.connection, scope, rulebook)
        with destination(output) as out:
            count = formats.write(rows, columns, formats.Format(form.value), out)
    if output is not None:
        say(f"{count:,} {what.value} written to {output}")
