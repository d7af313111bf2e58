"""`introductions`: who introduced you to whom, as found from emails and meetings; confirm or correct it."""

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.options import AsJson, Person
from worker.cli.terminal.shape import command, group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from worker.network.introductions.known import Known

By = Annotated[
    str | None,
    typer.Option("--by", metavar="PERSON", help="Who introduced them, if keepwarm names someone else or no one."),
]


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    found = group("introductions", help="Who introduced you to whom, and whether that's right.")
    command(found, list_introductions, "list")
    command(found, confirm)
    command(found, refute)
    command(found, never)
    app.add_typer(found)


def list_introductions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List who introduced you to whom, the newest first, and why keepwarm thinks so."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, safe, say, screen, table
    from worker.identity.find_person import names_of
    from worker.network.introductions.known import introductions
    from worker.wording.dates import short_date
    from worker.wording.text import name_of

    with looking(ctx) as desk:
        found = introductions(desk.connection, desk.user_id, desk.now)
        people = {person for one in found for person in (one.introduced, one.introducer)}
        names = names_of(desk.connection, desk.user_id, people)
    if as_json:
        put_json([_as_json(one, names) for one in found])
        return
    if not found:
        say("No introductions found yet. Add one with `keepwarm introductions confirm PERSON --by PERSON`.")
        return
    shown = table("when", "introduced", "by", "", "why")
    for one in found:
        sure = "confirmed" if one.confirmed else "" if one.counts else "not sure"
        shown.add_row(
            short_date(one.at, desk.now, desk.zone),
            safe(name_of(names[one.introduced], one.introduced)),
            safe(name_of(names[one.introducer], one.introducer)),
            sure,
            safe("; ".join(one.because[-2:]), 120),
        )
    screen().print(shown)


def _as_json(one: "Known", names: "Mapping[str, str]") -> dict[str, object]:
    from worker.cli.terminal.out import plain

    return {
        "introduced": one.introduced,
        "introduced_name": names[one.introduced],
        "introducer": one.introducer,
        "introducer_name": names[one.introducer],
        "at": plain(one.at),
        "confidence": one.confidence,
        "counts": one.counts,
        "confirmed": one.confirmed,
        "because": one.because,
        "evidence": one.evidence,
    }


def confirm(ctx: typer.Context, person: Person, by: By = None) -> None:
    """Say that someone was introduced to you."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.introductions import confirm as keep
    from worker.identity.find_person import find_person, names_of
    from worker.wording.text import name_of

    with deciding(ctx) as desk:
        new = find_person(desk.connection, desk.user_id, person)
        friend = find_person(desk.connection, desk.user_id, by) if by else None
        friend = keep(desk.connection, desk.user_id, new, friend, desk.now)
        names = names_of(desk.connection, desk.user_id, {new, friend})
    say(f"{name_of(names[friend], friend)} introduced you to {name_of(names[new], new)}.")


def refute(ctx: typer.Context, person: Person, by: By = None) -> None:
    """Say that someone was not introduced to you, or not by the person named."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.introductions import refute as drop
    from worker.identity.find_person import find_person, names_of
    from worker.wording.text import name_of

    with deciding(ctx) as desk:
        new = find_person(desk.connection, desk.user_id, person)
        friend = find_person(desk.connection, desk.user_id, by) if by else None
        drop(desk.connection, desk.user_id, new, friend, desk.now)
        names = names_of(desk.connection, desk.user_id, {new})
    say(f"Noted. {name_of(names[new], new)} no longer counts as introduced{' by them' if by else ''}.")


def never(
    ctx: typer.Context,
    one: Person,
    other: Person,
    off: Annotated[bool, typer.Option("--off", help="Undo it.")] = False,
) -> None:
    """Never suggest introducing these two to each other."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.introductions import never_introduce
    from worker.identity.find_person import find_person

    with deciding(ctx) as desk:
        both = [find_person(desk.connection, desk.user_id, words) for words in (one, other)]
        never_introduce(desk.connection, desk.user_id, both[0], both[1], desk.now, off=off)
    say("Noted. They may be suggested again." if off else "Noted. They won't be suggested again.")
