"""What speaks for an introduction, and what against: signs with weights, and a confidence from their sum (pure)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.enums import Role
from worker.network.introductions.events import Event, Opening
from worker.network.introductions.signs import (
    ARRANGING,
    BASE,
    DAY,
    ENOUGH,
    ERRAND,
    EVENTS,
    FOLLOWS,
    MOST,
    WEIGHTS,
    Sign,
    worded,
)


@dataclass(frozen=True, slots=True)
class Score:
    """How sure it is that someone was brought in, since when it is known, and what it stands on."""

    confidence: float  # 0 to 1
    signs: tuple[Sign, ...]
    evidence: tuple[str, ...]  # interaction ids: the first event, and what the two did then
    known_at: int  # seconds: when there was enough to see it; of the first event if there never was

    @property
    def found(self) -> bool:
        """Whether it is sure enough to count."""
        return self.confidence >= ENOUGH


def score_opening(opening: Opening) -> Score | None:
    """Score one opening; None where it cannot be an introduction: the user did nothing, or did not know the friend.

    What others write is never enough: unless the user has written to either of them, no one can fake one.
    """
    first = opening.first
    if opening.known_since is None or opening.known_since >= first.at or first.size > MOST:
        return None
    later = [one for one in opening.later if first.at < one.at <= first.at + FOLLOWS][:EVENTS]
    if not _acted(opening, later):
        return None
    signs = tuple(_signs(opening, later))
    confidence = _confidence(signs)
    known_at = first.at
    if confidence >= ENOUGH:
        moments = [first.at, *(one.at for one in later)]
        known_at = next(
            at for at in moments if _confidence(_signs(opening, [one for one in later if one.at <= at])) >= ENOUGH
            and _acted(opening, [one for one in later if one.at <= at])
        )  # fmt: skip
    own = [one.id for one in later if opening.new in one.people and not one.shows(opening.friend)]
    return Score(round(confidence, 3), signs, (first.id, *own[:3]), known_at)


def _confidence(signs: Iterator[Sign] | Sequence[Sign]) -> float:
    return 1.0 / (1.0 + math.exp(-BASE - sum(WEIGHTS[sign] for sign in signs)))


def _acted(opening: Opening, later: Sequence[Event]) -> bool:
    """Whether the user wrote to whoever is new, or met them."""
    return any(opening.new in one.people and (one.meeting or (one.mine and one.shows(opening.new))) for one in later)


def _signs(opening: Opening, later: Sequence[Event]) -> Iterator[Sign]:
    yield from _signs_of_first(opening)
    new, friend = opening.new, opening.friend
    theirs = [one for one in later if new in one.people]
    alone = [one for one in theirs if not one.shows(friend)]
    if any(one.mine and one.people.get(friend) is Role.BCC for one in theirs):
        yield Sign.MOVED_TO_BCC
    met = any(one.meeting for one in theirs)
    if met or (any(one.author == new for one in theirs) and any(one.mine for one in theirs)):
        yield Sign.BOTH_WAYS
    alone_met = any(one.meeting for one in alone)
    if alone_met or (any(one.author == new for one in alone) and any(one.mine for one in alone)):
        yield Sign.ALONE
    if alone_met or _goes_on(alone):
        yield Sign.LASTING
    spoke = sum(one.author == friend and one.shows(new) and not one.meeting for one in theirs)
    if spoke:
        yield Sign.STAYED if spoke > 1 else Sign.STAYED_ONCE
    if any(one.meeting and one.shows(friend) for one in theirs):
        yield Sign.MET_TOGETHER
    if _arranged(opening, later, alone):
        yield Sign.ARRANGED


def _signs_of_first(opening: Opening) -> Iterator[Sign]:
    first = opening.first
    if first.subject and worded(first.subject):
        yield Sign.WORDED
    if first.size == 3:
        yield Sign.TO_TWO
    elif first.size > 4:
        yield Sign.CROWDED
    if opening.same_firm:
        yield Sign.COLLEAGUES
    if first.meeting:
        yield Sign.IN_MEETING


def _goes_on(alone: Sequence[Event]) -> bool:
    """Whether the two wrote on several days by themselves, and each did."""
    days = sorted({one.at // DAY for one in alone})
    switches = sum(before.mine is not after.mine for before, after in pairwise(alone))
    return len(days) >= 3 and switches >= 2


def _arranged(opening: Opening, later: Sequence[Event], alone: Sequence[Event]) -> bool:
    """Whether someone only found a time: a few days of emails, then the friend and the user met without them."""
    met = [one.at for one in later if one.meeting and opening.friend in one.people and opening.new not in one.people]
    if not met or not alone or any(one.meeting for one in alone):
        return False
    brief = alone[-1].at - alone[0].at <= ERRAND
    return brief and alone[-1].at < met[0] <= opening.first.at + ARRANGING
