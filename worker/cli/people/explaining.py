"""The reasons of one judgement, as values and as a picture."""

from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from models.base import seconds
from models.enums import Warmth
from worker.cli.terminal.call import UserSession
from worker.cli.terminal.out import COLOURS, bar, safe, table
from worker.digest.choose.because import why_not
from worker.digest.compose import this_week
from worker.export.rows.scope import stamp
from worker.judgement.facts import DIRECT, MEETINGS
from worker.judgement.relationships import with_histories
from worker.judgement.stored import Relationship
from worker.judgement.timeline import Occasion, occasions
from worker.wording.text import name_of

#: Touches quoted as evidence, for each rule and altogether.
FEW = 3


class Evidence(msgspec.Struct, frozen=True):
    """One interaction a judgement stands on."""

    id: str
    at: str | None
    channel: str
    direction: str
    subject: str | None


class Reason(msgspec.Struct, frozen=True):
    """What one rule said."""

    rule: str
    points: float
    reason: str
    evidence: list[Evidence]


class Explanation(msgspec.Struct, frozen=True):
    """Why a relationship is judged as it is."""

    person: str
    name: str
    depth: float
    stage: str
    depth_reasons: list[Reason]
    warmth: str
    cold_probability: float | None
    warmth_reasons: list[str]
    no_relationship: str | None  # why this is a contact only
    not_in_digest: str | None  # why this week's digest doesn't name them; None if it does
    as_of: str | None


def explanation(desk: UserSession, one: Relationship) -> Explanation:
    """Gather the reasons, with the newest touches of the kind each is about."""
    past = [
        touch for touch in occasions(desk.connection, desk.user_id, one.person, desk.now) if touch.touch is not None
    ]
    meetings = [touch for touch in past if touch.touch in MEETINGS]
    direct = [touch for touch in past if touch.touch in DIRECT]
    by_id = {touch.id: touch for touch in past}
    facts = {rule.slug: rule.reason.names for rule in desk.call.rules().depth}
    judgement = one.judgement
    return Explanation(
        person=one.person,
        name=one.name,
        depth=judgement.depth,
        stage=judgement.stage.value,
        depth_reasons=[
            Reason(
                part.rule,
                part.points,
                part.reason,
                _quoted([by_id[key] for key in part.evidence if key in by_id])
                or _quoted(meetings if _about_meetings(facts.get(part.rule, ())) else direct or past),
            )
            for part in judgement.contributions
        ],
        warmth=judgement.warmth.value,
        cold_probability=judgement.cold_probability,
        warmth_reasons=list(judgement.reasons),
        no_relationship=judgement.no_relationship,
        not_in_digest=_not_in_digest(desk, one),
        as_of=stamp(seconds(desk.now)),
    )


def _not_in_digest(desk: UserSession, one: Relationship) -> str | None:
    everybody = with_histories(desk.connection, desk.user_id, desk.call.rules, desk.now)
    candidates, choice = this_week(desk.connection, desk.user_id, everybody, desk.now)
    found = next((candidate for candidate in candidates if candidate.person == one.person), None)
    return why_not(found, choice) if found else "nothing has happened yet"


def _about_meetings(names: Any) -> bool:
    return any(name.startswith("meeting") for name in names)


def _quoted(touches: list[Occasion]) -> list[Evidence]:
    return [
        Evidence(touch.id, stamp(seconds(touch.at)), touch.channel, touch.direction, touch.subject)
        for touch in touches[:FEW]
    ]


def picture(found: Explanation) -> RenderableType:
    """Draw the reasons for the terminal."""
    warmth = Warmth(found.warmth)
    rules = table("points", "rule", "reason")
    for reason in found.depth_reasons:
        rules.add_row(f"{reason.points:+.1f}", safe(reason.rule, style="cyan"), safe(reason.reason, 200))
    quoted = table("", "", "", "")
    for touch in {touch.id: touch for reason in found.depth_reasons for touch in reason.evidence}.values():
        quoted.add_row((touch.at or "")[:10], touch.direction, safe(touch.subject, 70), Text(touch.id, style="dim"))
    return Group(
        safe(name_of(found.name, found.person), style="bold"),
        Text.assemble("\nDepth  ", bar(found.depth), f"  {found.depth:.0f} of 100: {found.stage}"),
        Padding(rules, (0, 0, 1, 2)),
        Text.assemble("Warmth  ", (warmth.value, COLOURS[warmth])),
        *(
            Padding(safe(f"{reason[:1].upper()}{reason[1:]}.", 300), (0, 0, 0, 2), expand=False)
            for reason in found.warmth_reasons
        ),
        *[
            safe(f"Not a relationship: {why}. `keepwarm keep` says otherwise.", 300)
            for why in filter(None, (found.no_relationship,))
        ],
        safe(f"In the digest: {f'no, because {found.not_in_digest}' if found.not_in_digest else 'yes'}.", 300),
        Text("\nEvidence, the newest", style="dim"),
        Padding(quoted, (0, 0, 0, 2)),
    )
