"""Whether it is time to ask somebody for something: a verdict from evidence, and what would root it first (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.enums import Stage, Warmth
from worker.judgement.assess import Assessment
from worker.judgement.facts import INWARD, MEETINGS, OUTWARD, History, contact_days, day_of
from worker.wording.lists import times
from worker.wording.spans import span

#: With fewer days of contact than this, or in a shorter time, nothing has had the chance to grow.
OCCASIONS, DAYS_KNOWN = 5, 60
#: Mails of the user's in a row without an answer from which on one does not ask for more.
UNANSWERED = 2


class Verdict(StrEnum):
    """Whether a request fits the relationship."""

    TOO_EARLY = "too early"
    FINE = "fine"
    WELL_ROOTED = "well rooted"


@dataclass(frozen=True, slots=True)
class Advice:
    """The verdict, the facts it stands on, and what would root the relationship first; whole sentences."""

    verdict: Verdict
    evidence: tuple[str, ...]
    first: tuple[str, ...]


def advise(history: History, judgement: Assessment, now: datetime) -> Advice:
    """Say whether it is time to ask, as of `now`."""
    contacts = contact_days(history.days)
    counts = {kind: sum(day.count for day in history.days if day.touch in touches) for kind, touches in _KINDS.items()}
    both = bool(counts["met"] or (counts["out"] and counts["in"]))
    known = day_of(now) - contacts[0] if contacts else 0
    waiting = _unanswered(history)
    rooted = judgement.stage in {Stage.ROOTED, Stage.DEEP}
    quiet = judgement.warmth is Warmth.COLD
    if not both or (not rooted and (judgement.stage is Stage.CONTACT or quiet or waiting >= UNANSWERED)):
        verdict = Verdict.TOO_EARLY
    elif rooted and not quiet and waiting < UNANSWERED:
        verdict = Verdict.WELL_ROOTED
    else:
        verdict = Verdict.FINE
    return Advice(
        verdict,
        tuple(_evidence(contacts, counts, known, waiting, judgement)),
        () if verdict is Verdict.WELL_ROOTED else tuple(_first(history, contacts, counts, known, waiting, judgement)),
    )


_KINDS = {"out": OUTWARD, "in": INWARD, "met": MEETINGS}


def _unanswered(history: History) -> int:
    """Count the days on which the user wrote since the other last wrote or met."""
    days = 0
    for day in reversed(history.days):
        if day.touch in INWARD or day.touch in MEETINGS:
            return days
        days += day.touch in OUTWARD
    return days


def _evidence(
    contacts: Sequence[int], counts: dict[str, int], known: int, waiting: int, judgement: Assessment
) -> list[str]:
    if not contacts:
        return ["You two have never been in direct touch."]
    said = [f"In touch on {_counted(len(contacts), 'day')} over {span(known)}."]
    if counts["out"] or counts["in"]:  # yes or no, never how often each: nobody keeps a score here
        both = counts["out"] and counts["in"]
        said.append(
            "Mail goes both ways."
            if both
            else "So far only you have written."
            if counts["out"]
            else "So far only they have written."
        )
    said.append(f"You have met {times(counts['met'])}." if counts["met"] else "You have never met.")
    if waiting:
        said.append(f"Your last {_counted(waiting, 'mail')} had no answer yet." if waiting > 1 else "You wrote last.")
    said += [f"{reason[:1].upper()}{reason[1:]}." for reason in judgement.reasons]
    return said


def _first(
    history: History,
    contacts: Sequence[int],
    counts: dict[str, int],
    known: int,
    waiting: int,
    judgement: Assessment,
) -> list[str]:
    said = []
    if waiting >= UNANSWERED:
        said.append("Let them answer first: another mail would weigh on them.")
    elif counts["in"] and not counts["out"]:
        said.append("Answer them: they wrote, and you have not yet.")
    elif not counts["in"] and not counts["met"]:
        said.append("Write something they like to answer, and offer something of use to them.")
    if judgement.warmth is Warmth.COLD and contacts:
        said.append("Get in touch first, without a wish: ask how they are.")
    if not counts["met"]:
        said.append("Meet, or talk on the phone: a meeting roots more than many mails.")
    if contacts and (len(contacts) < OCCASIONS or known < DAYS_KNOWN):
        said.append(f"Give it time: {OCCASIONS} occasions over two months are where roots begin.")
    if history.introduced_by:
        said.append(f"Say what became of the introduction by {history.introduced_by}.")
    return said or ["Keep in touch a little longer: it is growing."]


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
