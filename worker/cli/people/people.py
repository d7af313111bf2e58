"""`people`, `show` and `explain`: the people you know, your history with one, and how it is judged."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.enums import Stage
from worker.cli.terminal.options import AsJson, Person
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.cli.terminal.call import UserSession
    from worker.judgement.keep.stored import Relationship

#: Rows that fit a screen; a pipe gets all.
SCREENFUL = 40


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for each in (people, show, explain):
        command(app, each)


def people(
    ctx: typer.Context,
    stage: Annotated[Stage | None, typer.Option(help="Only people at this stage.")] = None,
    cold: Annotated[bool, typer.Option("--cold", help="Only people who are going cold or have gone cold.")] = False,
    by_depth: Annotated[bool, typer.Option("--by-depth", help="List the deepest relationships first.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the people you know, those who need you first: how deep each relationship is, and how warm."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import NARROW, put_json, put_table, say, screen
    from worker.export.rows.relationships import as_json as as_json_row
    from worker.judgement.keep.relationships import Wanted

    out = screen()
    wanted = Wanted(stage=stage, needing=cold, by_depth=by_depth)
    with looking(ctx, judged=True) as desk:
        page = not as_json and out.is_terminal
        found = desk.relationships(replace(wanted, limit=SCREENFUL + 1) if page else wanted)
    if as_json:
        put_json([as_json_row(one, desk.now) for one in found])
        return
    shown = found[:SCREENFUL] if out.is_terminal else found
    put_table(out, _people_table(shown, desk.now, desk.zone, narrow=out.width < NARROW))
    if len(shown) < len(found):
        say("… and more. Narrow it with --stage or --cold, or add --json for everyone.")
    elif not found:
        say("No one matches." if stage or cold else "No one yet. Read your email first with `keepwarm sync`.")


def _people_table(found: "list[Relationship]", now: datetime, zone: str, *, narrow: bool) -> Any:
    from worker.cli.terminal.out import COLOURS, bar, safe, table
    from worker.wording.dates import day, short_date
    from worker.wording.text import clean, name_of

    wide = ("name", "stage", "depth", "warmth", "last contact", "next meeting")
    rows = table(*(("name", "stage", "warmth") if narrow else wide))
    times = Counter(one.name for one in found)
    for one in found:
        alone = not one.name or times[one.name] == 1
        name = name_of(one.name, one.person) if alone else f"{clean(one.name, 34)} <{one.person}>"
        last, ahead = one.dates.last_at, one.dates.next_meeting_at
        who, stage = safe(name, 34 if alone else 80, "bold"), one.judgement.stage.value
        warmth = safe(one.judgement.warmth.value, style=COLOURS[one.judgement.warmth])
        if narrow:
            rows.add_row(who, stage, warmth)
            continue
        said = day(last, now, zone).removeprefix("on ") if last else ""
        rows.add_row(who, stage, bar(one.judgement.depth), warmth, said, short_date(ahead, now, zone) if ahead else "")
    return rows


def show(ctx: typer.Context, person: Person, as_json: AsJson = False) -> None:
    """Show your history with someone: month by month, the latest contacts, and what is planned."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, screen

    with looking(ctx, judged=True) as desk:
        if as_json:
            put_json(_story(desk, person))
        else:
            screen().print(_picture(desk, person))


def one_of(desk: "UserSession", words: str) -> "Relationship":
    """Find the person who is meant, and how things stand.

    Raises:
        PersonUnclear: no one fits, or more than one does.
    """
    from worker.identity.find_person import find_person
    from worker.judgement.assess import assess
    from worker.judgement.facts import Habits, History
    from worker.judgement.keep.relationships import Wanted
    from worker.judgement.keep.stored import Dates, Relationship

    key = find_person(desk.connection, desk.user_id, words)
    found = desk.relationships(Wanted(people={key}))
    if found:
        return found[0]
    nothing = assess(History(days=()), Habits(), desk.call.rules(), desk.now)  # nothing had happened yet as of --now
    return Relationship(key, "", (key,), Dates(), nothing)


def _story(desk: "UserSession", words: str) -> dict[str, Any]:
    from models.base import seconds
    from worker.export.rows.relationships import as_json as as_json_row
    from worker.export.rows.scope import stamp
    from worker.judgement.timeline import occasions
    from worker.views.people.owned import whose

    one = one_of(desk, words)
    past, ahead = (
        occasions(desk.connection, desk.user_id, one.person, desk.now, ahead=later) for later in (False, True)
    )
    return (
        as_json_row(one, desk.now)
        | {
            name: [
                {
                    "id": touch.id,
                    "at": stamp(seconds(touch.at)),
                    "channel": touch.channel,
                    "direction": touch.direction,
                    "subject": touch.subject,
                    "group_size": touch.group_size,
                    "touch": touch.touch.name.lower() if touch.touch is not None else None,
                }
                for touch in touches
            ]
            for name, touches in (("touches", past), ("booked", ahead))
        }
        | {"whose": [{"address": own.address, "why": own.why} for own in whose(desk.view, one.person)]}
    )


def _picture(desk: "UserSession", words: str) -> Any:
    from models.base import seconds
    from worker.cli.people.timeline import Moment, Portrait, render
    from worker.judgement.facts import DIRECT
    from worker.judgement.timeline import Occasion, occasions
    from worker.views.people.months import by_month
    from worker.views.people.owned import whose

    def moment(one: Occasion) -> Moment:
        return Moment(one.at, one.channel, one.direction, one.subject, one.group_size)

    one = one_of(desk, words)
    past, ahead = (
        occasions(desk.connection, desk.user_id, one.person, desk.now, ahead=later) for later in (False, True)
    )
    direct = [seconds(touch.at) for touch in past if touch.touch in DIRECT]
    theirs = whose(desk.view, one.person)
    portrait = Portrait(
        name=one.name,
        addresses=one.addresses,
        stage=one.judgement.stage,
        warmth=one.judgement.warmth,
        as_of=desk.now,
        zone=desk.zone,
        months=by_month(direct, desk.now, desk.zone),
        moments=tuple(moment(touch) for touch in past[:10]),
        next_meeting=next((moment(touch) for touch in ahead if touch.touch is not None), None),
        remarks=(
            *(f"{reason[:1].upper()}{reason[1:]}." for reason in one.judgement.reasons),
            *(f"{row.address}: {row.why}." for row in theirs if len(theirs) > 1 and row.why),
        ),
    )
    return render(portrait)


def explain(ctx: typer.Context, person: Person, as_json: AsJson = False) -> None:
    """Explain how a relationship is judged: each rule that applies, its points, and the evidence."""
    from worker.cli.people.explaining import picture
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, screen
    from worker.views.judgement.explanation import explanation

    with looking(ctx, judged=True) as desk:
        found = explanation(desk.view, one_of(desk, person))
        if as_json:
            put_json(found)
        else:
            screen().print(picture(found))
