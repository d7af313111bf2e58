"""`export`: the history, its touches, the people or the relationships, in the format you need."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.cli.terminal.call import UserSession
    from worker.export.rows.scope import Scope

WHAT = ("interactions", "touches", "people", "relationships", "all")
FORMS = ("csv", "jsonl", "xlsx", "parquet", "sqlite", "ics", "vcf")
#: Formats that a terminal cannot show.
BINARY = frozenset({"xlsx", "parquet", "sqlite"})


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, export)


def _one_of(choices: tuple[str, ...], param: str, said: str) -> None:
    if said not in choices:
        raise typer.BadParameter(f"'{said}' is not one of {', '.join(choices)}.", param_hint=param)


def export(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="|".join(WHAT), help="What to export.")],
    *,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="|".join(FORMS),
            help="JSON Lines is exact, CSV is safe to open; xlsx and sqlite also hold `all`, "
            "ics the meetings of interactions, vcf the people of relationships.",
        ),
    ] = "csv",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Save to this file.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Before this day.")] = None,
    person: Annotated[str | None, typer.Option(metavar="PERSON", help="Only this person.")] = None,
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV that Excel opens with a double click, in local time.")
    ] = False,
) -> None:
    """Export your history: interactions, single touches, people, or relationships."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import say
    from worker.export.destination import destination
    from worker.export.writing import Export, Form, What, write

    _check(what, form, excel=excel)
    with looking(ctx, judged=what in {"relationships", "all"}) as desk, destination(output) as out:
        if output is None and form in BINARY and out.isatty():
            raise typer.BadParameter(f"A terminal can't show {form}. Name a file with -o.", param_hint="-o")
        wanted = Export(What(what), Form(form), _scope(desk, since, until, person), desk.zone, desk.call.rules, excel)
        count = write(desk.connection, wanted, out)
    if output is not None:
        say(f"{count:,} {'rows' if what == 'all' else what} saved to {output}.")


def _check(what: str, form: str, *, excel: bool) -> None:
    """Refuse what cannot be exported together.

    Raises:
        BadParameter: an unknown kind or format, or two that don't fit each other.
    """
    from worker.export.writing import HOLDS, Form, What

    _one_of(WHAT, "WHAT", what)
    _one_of(FORMS, "--format", form)
    if What(what) not in HOLDS[Form(form)]:
        allowed = [one for one in WHAT if What(one) in HOLDS[Form(form)]]
        hint = (
            f"{form} can't hold {what}, only {', '.join(allowed)}: try `keepwarm export {allowed[0]} --format {form}`."
        )
        raise typer.BadParameter(hint, param_hint="--format")
    if excel and form != "csv":
        raise typer.BadParameter("--excel is for CSV; xlsx is for Excel anyway.", param_hint="--excel")


def _scope(desk: "UserSession", since: str | None, until: str | None, person: str | None) -> "Scope":
    from worker.cli.terminal.dates import parse_day
    from worker.export.rows.scope import Scope
    from worker.identity.find_person import find_person

    begin, end = parse_day(since, desk.zone, "--since"), parse_day(until, desk.zone, "--until")
    if begin is not None and end is not None and end <= begin:
        raise typer.BadParameter(f"{until} isn't after {since}.", param_hint="--until")
    return Scope(
        user_id=desk.user_id,
        now=desk.now,
        since=begin,
        until=end,
        person=find_person(desk.connection, desk.user_id, person) if person is not None else None,
    )
