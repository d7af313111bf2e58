"""The reasons of one judgement, each with the touches it stands on."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import msgspec

from models.base import seconds
from models.enums import Touch
from worker.export.rows.scope import stamp
from worker.judgement.beside import introductions
from worker.judgement.facts import DIRECT, MEETINGS
from worker.judgement.histories import histories
from worker.judgement.keep.relationships import history_of, with_histories
from worker.judgement.keep.stored import Relationship
from worker.judgement.timeline import Glimpse, Occasion, occasions
from worker.views.session import View

#: Touches quoted as evidence, for each rule and altogether.
FEW = 3
NOTHING = "nothing has happened yet"


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


def explanation(view: View, one: Relationship) -> Explanation:
    """Gather the reasons, and whether this week's digest names them, which looks at everyone."""
    past = occasions(view.connection, view.user_id, one.person, view.now)
    return explain(view, one, past, _not_in_digest(view, one))


def explain(view: View, one: Relationship, past: list[Occasion], not_in_digest: str | None) -> Explanation:
    """Gather the reasons out of a history (newest first), with the newest touches of the kind each is about."""
    past = [touch for touch in past if touch.touch is not None]
    meetings = [touch for touch in past if touch.touch in MEETINGS]
    direct = [touch for touch in past if touch.touch in DIRECT]
    by_id = {touch.id: touch for touch in past}
    facts = {rule.slug: rule.reason.names for rule in view.rules().depth}
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
        not_in_digest=not_in_digest,
        as_of=stamp(seconds(view.now)),
    )


def worth_quoting(one: Relationship, past: Sequence[Glimpse]) -> set[str]:
    """Choose the interactions that `explain` can quote out of a history (newest first), so that no other is read."""
    quoted = {key for part in one.judgement.contributions for key in part.evidence}
    seen = [touch for touch in past if touch.touch is not None]
    for kinds in (MEETINGS, DIRECT, frozenset(Touch)):
        quoted |= {touch.id for touch in islice((touch for touch in seen if touch.touch in kinds), FEW)}
    return quoted


def _not_in_digest(view: View, one: Relationship) -> str | None:
    """Say why this week's digest doesn't name someone; it is composed for that only where it might."""
    from worker.digest.choose.because import why_not_considered
    from worker.digest.choose.choice import Candidate
    from worker.digest.choose.wanted import may_be_named

    if one.dates.first_at is None and one.dates.next_meeting_at is None:
        return NOTHING
    history = history_of(view.connection, view.user_id, view.now, one.person)
    alone = Candidate(one.person, history, one.judgement, one.name, one.addresses)
    if not _brought_anybody(view, one.person) and not (
        may_be_named(alone, view.now) and may_be_named(alone, view.now, _record(view))
    ):
        return why_not_considered(one.judgement)
    from worker.digest.choose.because import why_not
    from worker.digest.compose import this_week

    everybody = with_histories(view.connection, view.user_id, view.rules, view.now)
    candidates, choice = this_week(view.connection, view.user_id, everybody, view.now)
    found = next((candidate for candidate in candidates if candidate.person == one.person), None)
    return why_not(found, choice) if found else NOTHING


def _record(view: View) -> float:
    """How far the owner's earlier warnings came true, which the histories of those they named tell."""
    from worker.digest.choose.record import own_record
    from worker.digest.compose import period_of
    from worker.digest.history import past

    told = past(view.connection, view.user_id, period_of(view.now, view.zone), view.now)
    named = {line.person for line in told}
    known = dict(histories(view.connection, view.user_id, view.now, named, threads=False)) if named else {}
    return own_record(told, known, view.now)


def _brought_anybody(view: View, person: str) -> bool:
    """Whether they introduced someone to the user: thanks may be due."""
    return any(friend == person for friend, _ in introductions(view.connection, view.user_id, view.now).values())


def _about_meetings(names: Any) -> bool:
    return any(name.startswith("meeting") for name in names)


def _quoted(touches: list[Occasion]) -> list[Evidence]:
    return [
        Evidence(touch.id, stamp(seconds(touch.at)), touch.channel, touch.direction, touch.subject)
        for touch in touches[:FEW]
    ]
