"""Whether it is time to ask someone for something: a verdict from evidence, and what to do first (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.enums import Stage, Touch, Warmth
from worker.judgement.assessment import Assessment
from worker.judgement.facts import INWARD, MEETINGS, OUTWARD, History, contact_days, day_of
from worker.wording.spans import since

#: With fewer conversations than this, or in a shorter time, nothing has had the chance to grow.
OCCASIONS, DAYS_KNOWN = 5, 60
#: Emails of the user's in a row without an answer from which on one does not write another.
UNANSWERED = 2


class Verdict(StrEnum):
    """Whether a request fits the relationship."""

    TOO_EARLY = "too early"  # it was never rooted
    RENEW_FIRST = "renew first"  # it was, and has lapsed
    FINE = "fine"
    WELL_ROOTED = "well rooted"


@dataclass(frozen=True, slots=True)
class Advice:
    """The verdict, the facts it stands on, and what to do before asking; whole sentences."""

    verdict: Verdict
    evidence: tuple[str, ...]
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a history says that matters to a request: yes or no, never how often each wrote."""

    days: int  # since the first contact
    wrote: bool  # the user did
    answered: bool  # they did
    met: bool  # or talked
    only_talked: bool
    waiting: int  # emails of the user's since they last wrote or met

    @property
    def touched(self) -> bool:
        return self.wrote or self.answered or self.met


def advise(history: History, judgement: Assessment, now: datetime) -> Advice:
    """Say whether it is time to ask, as of `now`."""
    kinds = {day.touch for day in history.days}
    contacts = contact_days(history.days)
    known = _Known(
        days=day_of(now) - contacts[0] if contacts else 0,
        wrote=not kinds.isdisjoint(OUTWARD),
        answered=not kinds.isdisjoint(INWARD),
        met=not kinds.isdisjoint(MEETINGS),
        only_talked=kinds & MEETINGS == {Touch.TALKED},
        waiting=_unanswered(history),
    )
    verdict = _verdict(judgement, known)
    return Advice(verdict, tuple(_evidence(judgement, known)), tuple(_first(history, judgement, known, verdict)))


def _verdict(judgement: Assessment, known: _Known) -> Verdict:
    if judgement.no_relationship is not None or judgement.occasions < OCCASIONS or known.days < DAYS_KNOWN:
        return Verdict.TOO_EARLY
    rhythm = judgement.rhythm
    overdue = rhythm is not None and judgement.awake_days >= rhythm.overdue
    if overdue or judgement.warmth is Warmth.COLD or known.waiting >= UNANSWERED:
        return Verdict.RENEW_FIRST
    return Verdict.WELL_ROOTED if judgement.stage in {Stage.ROOTED, Stage.DEEP} else Verdict.FINE


def _unanswered(history: History) -> int:
    """Count the days on which the user wrote since the other last wrote or met."""
    days = 0
    for day in reversed(history.days):
        if day.touch in INWARD or day.touch in MEETINGS:
            return days
        days += day.touch in OUTWARD
    return days


def _evidence(judgement: Assessment, known: _Known) -> list[str]:
    if not known.touched:
        return ["You two have never been in direct touch."]
    said = [f"You've been in touch {since(known.days)}."]
    met = f"you've {'talked' if known.only_talked else 'met'}" if known.met else "you haven't met"
    if known.wrote and known.answered:
        said.append(f"You write to each other, and {met}.")
    elif known.wrote or known.answered:
        said.append(f"So far only {'you have' if known.wrote else 'they have'} written, and {met}.")
    else:
        said.append(f"{met[:1].upper()}{met[1:]}.")
    if judgement.no_relationship is not None:
        said.append(_sentence(judgement.no_relationship))
    said += map(_sentence, judgement.reasons)
    if known.waiting:
        said.append("You wrote last." if known.waiting == 1 else "Your last emails haven't been answered yet.")
    return list(dict.fromkeys(said))


def _first(history: History, judgement: Assessment, known: _Known, verdict: Verdict) -> list[str]:
    if verdict is Verdict.RENEW_FIRST:
        if known.waiting >= UNANSWERED:
            return ["A call may work better than another email."]
        return ["Get in touch first, without asking for anything: ask how they are."]
    if verdict is not Verdict.TOO_EARLY:
        return []
    said = []
    if known.waiting >= UNANSWERED:
        said.append("Wait for their answer: another email now would be too much.")
    elif known.answered and not known.wrote:
        said.append("Reply first: they wrote, and you haven't yet.")
    elif not known.answered and not known.met:
        said.append("Write something they'd like to answer, and offer something useful to them.")
    if not known.met:
        said.append("Meet, or talk on the phone: that builds more than many emails.")
    if judgement.occasions < OCCASIONS or known.days < DAYS_KNOWN:
        said.append("Give it time: roots grow over several conversations and a few months.")
    if history.introduced_by:
        said.append(f"Tell {history.introduced_by} what came of the introduction.")
    return said or ["Keep in touch a little longer first."]


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
