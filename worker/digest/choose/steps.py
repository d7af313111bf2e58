"""Words of a line: its sentences, when the two last met and wrote, and the next step that fits (pure)."""

from collections.abc import Sequence
from datetime import timedelta

from models.enums import Direction, Stage
from worker.digest.choose.choice import Candidate, Chosen
from worker.digest.digest import Last, LineKind
from worker.judgement.assess import Assessment
from worker.judgement.cooling.words import still_silent_in_words
from worker.judgement.facts import History
from worker.wording.lists import counted

#: reasons quoted in one line, what is usual and what is different now: it shall fit a phone
QUOTED = 2
#: days after which no one waits for a reply any more
STALE = 60
#: the reader's word so soon after theirs closes an exchange; later ones wait for an answer
CLOSING = timedelta(days=10)
#: their word so soon after the reader's is a reply to it
REPLY = timedelta(days=7)
LATE_REPLY = "A late reply is still welcome. Say what's new with you."
PICK_UP = "Pick the thread up again, or ask how things turned out."
#: where their last word was a reply: no thread is left open
TURNED_OUT = "Ask how things turned out."
ASK_NEWS = "Say what's new with you, and ask what's new with them."
LET_IT_REST = "Perhaps this one has run its course. Let it rest? You won't be reminded again."


def sentences(reasons: Sequence[str]) -> str:
    """At most two sentences out of a few reasons."""
    return " ".join(f"{reason[:1].upper()}{reason[1:]}." for reason in reasons[:QUOTED])


def still_silent(found: Assessment) -> str:
    """What to say of a silence that was named before."""
    if found.rhythm is None or found.silent_days is None:
        return sentences(found.reasons)
    return sentences([still_silent_in_words(found.rhythm, found.silent_days)])


def growth(history: History) -> str:
    """What to say of a young relationship."""
    if history.last_met_at is not None:
        return "New and off to a good start: you've met, and stayed in touch."
    return "New and off to a good start: you've been writing back and forth."


def anniversary_because(years: int) -> str:
    """What to say of round years."""
    return f"It's {counted(years, 'year')} this week since you two were first in touch."


def last_of(history: History) -> Last:
    """When the two last met and wrote, and who wrote last."""
    written = [at for at in (history.last_in_at, history.last_out_at) if at is not None]
    wrote_at = max(written, default=None)
    wrote = None
    if wrote_at is not None:
        wrote = Direction.OUT if wrote_at == history.last_out_at else Direction.IN
    return Last(met_at=history.last_met_at, talked_at=history.last_talked_at, wrote_at=wrote_at, wrote=wrote)


def next_step(kind: LineKind, one: Candidate) -> str:
    """What fits next: one suggestion."""
    met = one.history.last_met_at is not None
    match kind:
        case LineKind.THANKS:
            return "A thank-you, and how it went, would be welcome."
        case LineKind.SEASONAL:
            return "Ask whether you'll see each other this year."
        case LineKind.ANNIVERSARY:
            return "A good reason for a few words."
        case LineKind.GROWING:
            return "Follow up on what you talked about." if met else "Suggest meeting up."
    return _after_silence(one)


def _after_silence(one: Candidate) -> str:
    """What fits after a silence, by what came last: a meeting, their word, or the reader's."""
    last = last_of(one.history)
    stale = (one.assessment.silent_days or 0) > STALE
    if last.met_at is not None and (last.wrote_at is None or last.met_at > last.wrote_at):
        return "Suggest meeting again." if stale else "Pick up where you left off when you met."
    if last.wrote is Direction.IN:
        if not stale:
            return "They wrote last. Reply, or ask how things turned out."
        return TURNED_OUT if _replied(one.history) else PICK_UP
    if one.assessment.stage not in {Stage.ROOTED, Stage.DEEP}:
        return "A short note that asks for nothing is enough."
    if _answered(one.history):
        met = last.met_at is not None
        return "Suggest a call or a coffee." if met else "Share what's new with you, or suggest a call."
    return "You wrote last. A call or a coffee may work better than another email."


def second_step(one: Candidate, before: int) -> str:
    """What fits when a silence is named for the second time: something else, as the first suggestion was not taken.

    Args:
        one: the person it is about.
        before: how many days the silence had lasted when it was named first.
    """
    last = last_of(one.history)
    if last.met_at is not None and (last.wrote_at is None or last.met_at > last.wrote_at):
        return "A few words are enough to begin again."
    if last.wrote is Direction.IN:
        if _replied(one.history):
            return TURNED_OUT if before <= STALE else ASK_NEWS
        return PICK_UP if before <= STALE else LATE_REPLY
    if one.assessment.stage not in {Stage.ROOTED, Stage.DEEP}:
        return "Ask how they are, and for nothing else."
    if last.met_at is not None:
        return 'Suggest a date to meet: that\'s easier to answer than "how are you".'
    return "Send something that made you think of them, and ask how they are."


def _answered(history: History) -> bool:
    """Whether the reader's last word only closed an exchange in which the other had a word too."""
    came, went = history.last_in_at, history.last_out_at
    return came is not None and went is not None and went - came <= CLOSING


def _replied(history: History) -> bool:
    """Whether their last word came soon after the reader's."""
    came, went = history.last_in_at, history.last_out_at
    return came is not None and went is not None and timedelta() <= came - went <= REPLY


def line_of(one: Candidate, kind: LineKind, why: str, worth: float) -> Chosen:
    """The line about someone."""
    return Chosen(
        person=one.person,
        kind=kind,
        why=why,
        last=last_of(one.history),
        step=next_step(kind, one),
        stage=one.assessment.stage,
        silent_days=one.assessment.silent_days,
        cold_probability=one.assessment.cold_probability,
        evidence=tuple(one.history.evidence[:3]),
        worth=worth,
    )
