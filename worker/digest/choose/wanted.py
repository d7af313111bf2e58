"""Whom there is a reason to name this week, one line each, whatever may stand against it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from models.enums import Stage, Warmth
from worker.digest.choose.choice import Candidate, Chosen
from worker.digest.choose.occasions.anniversaries import anniversary, beginning
from worker.digest.choose.occasions.season import season_of
from worker.digest.choose.occasions.silences import THRESHOLD, Bar, silence_line
from worker.digest.choose.occasions.thanks import thanks_because, unthanked
from worker.digest.choose.steps import anniversary_because, growth, line_of
from worker.digest.digest import LineKind
from worker.judgement.facts import contact_days, day_of

#: a young relationship is worth a line when it is younger than this, and has been silent for a while, in days
YOUNG = 180
#: where the two have not met it goes on for so many days at least: one exchange with a pause in it is none
TAKEN = 14
SILENT_AT_LEAST, SILENT_AT_MOST = 10, 45
#: log odds by which an owner's record could raise any probability at most, and a day before all histories
ALWAYS_RIGHT = 100.0
LONG_AGO = -(10**6)


def wanted(people: Mapping[str, Candidate], bar: Bar, now: datetime) -> Iterable[Chosen]:
    """Everybody there is a reason to name, one line each, whatever may stand against it."""
    thanked: set[str] = set()
    begins = beginning(people.values())
    for one in people.values():
        if (line := _own_line(one, bar, begins, now)) is not None:
            yield line
        friend = people.get(one.history.introduced_by or "")
        if friend is None or friend.person in thanked:
            continue
        if (at := unthanked(one, friend, now)) is not None:
            thanked.add(friend.person)
            why = thanks_because(one, friend, at, now)
            yield replace(line_of(friend, LineKind.THANKS, why, 2.0), about=one.person, began=at)


def _own_line(one: Candidate, bar: Bar, begins: int, now: datetime) -> Chosen | None:
    """The line somebody is a reason for by themselves, whatever may stand against it."""
    if not one.relates:
        return None
    season = season_of(contact_days(one.history.days), day_of(now))
    if season is not None and season.comes:
        return line_of(one, LineKind.SEASONAL, season.why, 1.0)
    if season is None and (line := silence_line(one, bar)) is not None:
        return line
    if (years := anniversary(one, begins, now)) is not None:
        return line_of(one, LineKind.ANNIVERSARY, anniversary_because(years), 1.0)
    if _is_new_relationship(one, now):
        return line_of(one, LineKind.GROWING, growth(one.history), one.assessment.depth / 100.0)
    return None


def may_be_named(one: Candidate, now: datetime, shift: float = ALWAYS_RIGHT) -> bool:
    """Whether there can be a reason of their own to name somebody, whatever the digest knows of everybody else.

    Few reasons are left where the owner's record is known, which shifts what is likely (log odds).
    """
    return _own_line(one, Bar(THRESHOLD, shift), LONG_AGO, now) is not None


def _is_new_relationship(one: Candidate, now: datetime) -> bool:
    """Whether a young relationship has taken, and now has been silent long enough for a line."""
    first, silent = one.history.first_at, one.assessment.silent_days
    contacts = contact_days(one.history.days)
    return (
        first is not None
        and (one.history.last_met_at is not None or contacts[-1] - contacts[0] >= TAKEN)
        and silent is not None
        and one.assessment.stage is Stage.GROWING
        and one.assessment.warmth in {Warmth.WARM, Warmth.COOLING}
        and day_of(now) - day_of(first) <= YOUNG
        and SILENT_AT_LEAST <= silent <= SILENT_AT_MOST
    )
