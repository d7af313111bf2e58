"""What you decide about people: snooze, mute, rest, merge, split, block, forget; and `ask`."""

from typing import Annotated

import typer

from worker.cli.terminal.options import AsJson, Person, Yes
from worker.cli.terminal.shape import command

Off = Annotated[bool, typer.Option("--off", help="Undo it.")]


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for each in (ask, snooze, mute, rest, merge, split, block, forget):
        command(app, each)


def ask(ctx: typer.Context, person: Person, as_json: AsJson = False) -> None:
    """Check whether it's a good time to ask someone for something."""
    from rich.padding import Padding
    from rich.text import Text

    from worker.cli.people.people import one_of
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, safe, screen
    from worker.judgement.ask import Verdict, advise
    from worker.judgement.keep.relationships import history_of
    from worker.wording.text import name_of

    with looking(ctx, judged=True) as desk:
        one = one_of(desk, person)
        history = history_of(desk.connection, desk.user_id, desk.now, one.person)
    advice = advise(history, one.judgement, desk.now)
    if as_json:
        put_json(
            {
                "person": one.person,
                "name": one.name,
                "verdict": advice.verdict.value,
                "evidence": advice.evidence,
                "first": advice.first,
            }
        )
        return
    colour = {Verdict.TOO_EARLY: "yellow", Verdict.RENEW_FIRST: "yellow", Verdict.FINE: "cyan"}.get(
        advice.verdict, "green"
    )
    out = screen()
    out.print(Text.assemble((name_of(one.name, one.person), "bold"), "   ", (advice.verdict.value, colour)))
    for sentence in advice.evidence:
        out.print(Padding(safe(sentence, 300), (0, 0, 0, 2), expand=False))
    for number, sentence in enumerate(advice.first):
        out.print(safe(f"{'First: ' if number == 0 else 'Then: '}{sentence}", 300, colour))


def snooze(
    ctx: typer.Context,
    person: Person,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Until this day.")] = None,
    length: Annotated[str, typer.Option("--for", metavar="LENGTH", help="For this long: 10d, 4w, 3m, 1y.")] = "4w",
    off: Off = False,
) -> None:
    """Leave someone out of the digest for a while."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.dates import parse_day, parse_length
    from worker.cli.terminal.out import say
    from worker.decisions.decide import quiet_person, unquiet_person
    from worker.identity.find_person import find_person
    from worker.wording.dates import date

    with deciding(ctx) as desk:
        key = find_person(desk.connection, desk.user_id, person)
        if off:
            done = unquiet_person(desk.connection, desk.user_id, "snooze", key, desk.now)
            say(f"{key} is no longer snoozed." if done else f"{key} wasn't snoozed.")
            return
        end = parse_day(until, desk.zone, "--until") or desk.now + parse_length(length, "--for")
        if end <= desk.now:
            raise typer.BadParameter(f"{until} is in the past. Give a later day.", param_hint="--until")
        quiet_person(desk.connection, desk.user_id, "snooze", key, desk.now, end)
        say(f"{key} is snoozed until {date(end, desk.now, desk.zone)}.")


def mute(ctx: typer.Context, person: Person, off: Off = False) -> None:
    """Leave someone out of the digest for good. Their history is still kept."""
    _quieten(ctx, person, "mute", off=off, done="is muted", undone="is no longer muted", never="wasn't muted")


def rest(ctx: typer.Context, person: Person, off: Off = False) -> None:
    """Rest a relationship: its warmth isn't judged until they write, or you add --off."""
    _quieten(ctx, person, "rest", off=off, done="is resting", undone="is no longer resting", never="wasn't resting")


def _quieten(ctx: typer.Context, person: str, kind: str, *, off: bool, done: str, undone: str, never: str) -> None:
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.decide import quiet_person, unquiet_person
    from worker.identity.find_person import find_person

    with deciding(ctx) as desk:
        key = find_person(desk.connection, desk.user_id, person)
        if off:
            say(f"{key} {undone if unquiet_person(desk.connection, desk.user_id, kind, key, desk.now) else never}.")
        else:
            quiet_person(desk.connection, desk.user_id, kind, key, desk.now)
            say(f"{key} {done}.")


def merge(ctx: typer.Context, one: Person, other: Person) -> None:
    """Merge two people into one. `split` undoes it."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.decide import merge as join
    from worker.identity.find_person import find_person

    with deciding(ctx) as desk:
        first, second = sorted(find_person(desk.connection, desk.user_id, words) for words in (one, other))
        join(desk.connection, desk.user_id, first, second, desk.now)
    say(f"{first} and {second} are now one person. Undo it with `keepwarm split {first} {second}`.")


def split(
    ctx: typer.Context,
    person: Person,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address that belongs to someone else.")],
) -> None:
    """Separate an address from a person: undo a merge, or correct a wrong match."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.decide import split as part
    from worker.identity.find_person import find_person

    with deciding(ctx) as desk:
        key = find_person(desk.connection, desk.user_id, person)
        done = part(desk.connection, desk.user_id, key, address, desk.now)
    say(f"{address} no longer belongs to {key}: {done}.")


def block(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="ADDRESS|@DOMAIN", help="An address, or everyone at a domain.")],
    off: Off = False,
) -> None:
    """Block an address or a domain: nothing of it is kept, past or future."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.decide import block as bar
    from worker.decisions.decide import unblock

    with deciding(ctx) as desk:
        if off:
            done = unblock(desk.connection, desk.user_id, subject)
            say(f"{subject} is unblocked." if done else f"{subject} wasn't blocked.")
        else:
            say(f"{bar(desk.connection, desk.user_id, subject, desk.now)} is blocked.")


def forget(ctx: typer.Context, person: Person, yes: Yes = False) -> None:
    """Erase someone for good. They stay erased even when their emails are read again."""
    from worker.cli.terminal.call import deciding, looking
    from worker.cli.terminal.out import harmless, say
    from worker.decisions.decide import addresses_of
    from worker.decisions.erase.person import forget as erase
    from worker.identity.find_person import find_person
    from worker.storage.engine import scrub
    from worker.wording.lists import numbered

    with looking(ctx) as desk:
        key = find_person(desk.connection, desk.user_id, person)
        theirs = ", ".join(addresses_of(desk.connection, desk.user_id, key))
    if not yes:
        typer.confirm(
            harmless(f"Erase everything about {theirs} for good? This can't be undone."), abort=True, err=True
        )
    with deciding(ctx) as desk:
        settings = desk.call.runtime.settings
        gone = erase(desk.connection, desk.user_id, key, desk.now, keep_subjects=settings.keep_subjects)
    scrub(desk.call.runtime.engine)
    say(f"Erased {numbered(gone, 'interaction')}. Exports you made earlier still contain them.")
