"""One person, with everything a page shows: contact by month, the reasons, what is booked, introductions, addresses."""

from dataclasses import dataclass
from datetime import datetime

from models.enums import Stage, Warmth
from models.errors import CodedError
from worker.identity.find_person import names_of
from worker.identity.resolve import clusters_of
from worker.judgement.ask import Advice, advise
from worker.judgement.facts import DIRECT
from worker.judgement.keep.relationships import history_of
from worker.judgement.keep.stored import Dates, Relationship, current
from worker.judgement.timeline import Occasion, glimpses, occasions
from worker.network.introductions.known import counted
from worker.views.judgement.explanation import Reason, explain, worth_quoting
from worker.views.judgement.quieted import Quieted, quieted
from worker.views.people.months import by_month
from worker.views.people.owned import OwnedAddress, whose
from worker.views.session import View


class UnknownPerson(CodedError):  # noqa: N818 - says what is wrong
    """No one of that key is known, or nothing has happened with them yet."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """Someone who introduced this person, or was introduced by them."""

    person: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonView:
    """Everything a page on one person shows; times are aware UTC."""

    person: str
    name: str
    addresses: tuple[OwnedAddress, ...]
    stage: Stage
    warmth: Warmth
    sentences: tuple[str, ...]  # how things stand, each a sentence
    silent_days: int | None
    dates: Dates
    months: tuple[int, ...]  # days or emails of direct contact in each month, oldest first, this month last
    reasons: tuple[Reason, ...]  # why the stage is what it is, with evidence
    no_relationship: str | None  # why this is a contact only
    next_meeting: Occasion | None
    recent: tuple[Occasion, ...]  # the newest touches
    ask: Advice  # before you ask
    introduced_by: tuple[Introduced, ...]
    introduced_to: tuple[Introduced, ...]
    quieted: Quieted


#: Touches shown before "all of the history".
RECENT = 10


def person_view(view: View, person: str) -> PersonView:
    """Gather everything about the person of this key; a key that was merged into another finds that one.

    Raises:
        UnknownPerson: no one of that key is known.
    """
    one = relationship(view, person)
    touches = glimpses(view.connection, view.user_id, one.person, view.now)
    shown = worth_quoting(one, touches) | {touch.id for touch in touches[:RECENT]}
    past = occasions(view.connection, view.user_id, one.person, view.now, only=shown)
    ahead = occasions(view.connection, view.user_id, one.person, view.now, ahead=True)
    history = history_of(view.connection, view.user_id, view.now, one.person)
    found = one.judgement
    by, to = _introductions(view, one.person)
    return PersonView(
        person=one.person,
        name=one.name,
        addresses=whose(view, one.person),
        stage=found.stage,
        warmth=found.warmth,
        sentences=tuple(f"{reason[:1].upper()}{reason[1:]}." for reason in found.reasons),
        silent_days=found.silent_days,
        dates=one.dates,
        months=by_month((touch.at for touch in touches if touch.touch in DIRECT), view.now, view.zone),
        reasons=tuple(explain(view, one, past, None).depth_reasons),
        no_relationship=found.no_relationship,
        next_meeting=next((touch for touch in ahead if touch.touch is not None), None),
        recent=tuple(past[:RECENT]),
        ask=advise(history, found, view.now),
        introduced_by=by,
        introduced_to=to,
        quieted=quieted(view, {one.person}).get(one.person, Quieted()),
    )


def relationship(view: View, person: str) -> Relationship:
    """Read how things stand with the person of this key, or of an address that was merged into another.

    Raises:
        UnknownPerson: no one of that key is known.
    """
    found = current(view.connection, view.user_id, {person})
    if not found:
        found = current(view.connection, view.user_id, {clusters_of(view.connection, view.user_id).person(person)})
    if not found:
        raise UnknownPerson("view.no_person")
    return found[0]


def _introductions(view: View, person: str) -> tuple[tuple[Introduced, ...], tuple[Introduced, ...]]:
    """Return who introduced a person to the user, and the people they introduced."""
    known = counted(view.connection, view.user_id, view.now)
    by = [(one.introducer, one.at) for one in known if one.introduced == person]
    to = [(one.introduced, one.at) for one in known if one.introducer == person]
    names = names_of(view.connection, view.user_id, [other for other, _ in (*by, *to)])
    first, second = (tuple(Introduced(other, names[other], at) for other, at in one) for one in (by, to))
    return first, second
