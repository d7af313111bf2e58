"""Conversations: what two people would call one exchange. Rhythm, gaps and occasions are of these, not of days.

A contact day belongs to the conversation before it if it comes at most QUIET days after its last day, or at most
THREAD days after and a mail thread runs through both, and the conversation has not gone on for LONGEST days; or if it
is the first meeting of that conversation and at most PREPARED days after its last day: the mails found the date.
What goes on without a pause in the AFTER days after that meeting still belongs to it, however long the date had been in
the making.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from worker.judgement.facts.history import AGREED, DIRECT, INWARD, MEETINGS, OUTWARD, Day, Span

#: days: a weekend, or somebody's day off, does not end an exchange
QUIET = 3
#: days for which an answer in the same thread may be awaited
THREAD = 10
#: days from the mails that find a date to the meeting
PREPARED = 14
#: days after which even an exchange that never pauses is called another one: who writes daily has weekly conversations
LONGEST = 10
#: days after a meeting in which thanks and notes still belong to it
AFTER = 7
#: days from the first mail about a meeting to the meeting, at the very most
WHOLE = LONGEST + THREAD + PREPARED


class Conversation(NamedTuple):
    """One exchange: its first and last contact day, and whose words are in it."""

    begins: int
    ends: int
    met: bool
    outward: bool  # the user wrote to them among few, or met them
    inward: bool  # likewise they; a meeting they never answered is none of theirs
    meeting: int = -1  # the day of its first meeting; -1 where there is none
    days: int = 1  # on how many the two were in touch


def conversations(days: Iterable[Day], threads: Sequence[Span] = ()) -> list[Conversation]:
    """Part the direct touches of a pair into conversations.

    Args:
        days: sorted by day; touches that are no contact are passed over.
        threads: of mail between the two, in any order.
    """
    return list(parted(days, threads))


def parted(days: Iterable[Day], threads: Sequence[Span] = ()) -> Iterator[Conversation]:
    """Yield the same conversations, each once it is over: whoever has seen enough reads no further."""
    # one long loop on purpose: it passes every day of every history
    made = tuple.__new__  # what Conversation(...) ends in, without the way there
    longer = _Threads(threads) if threads else _NONE
    begins = ends = meeting = -1
    count = 0
    open_ = led = outward = inward = False  # `led` to a meeting
    for day, touch, _ in days:
        if touch not in DIRECT:
            continue
        met = touch in MEETINGS
        near = open_ and day - ends <= PREPARED  # the longest pause within a conversation
        if near and (
            day == ends
            or (day - ends <= QUIET and day - begins <= LONGEST)  # decided fast: the most of `_continues`
            or (led and _follows(begins, ends, meeting, day))
            or _continues(begins, ends, day, prepared=met and not led, threads=longer)
        ):
            if met and not led:
                led, meeting = True, day
            count += day != ends
        else:
            if open_:
                yield made(Conversation, (begins, ends, led, outward, inward, meeting, count))
            open_, begins, led, meeting = True, day, met, day if met else -1
            outward = inward = False
            count = 1
        ends = day
        outward = outward or met or touch in OUTWARD
        inward = inward or touch in AGREED or touch in INWARD
    if open_:
        yield made(Conversation, (begins, ends, led, outward, inward, meeting, count))


class _Threads:
    """Mail threads that pause, passed once from the oldest on."""

    def __init__(self, threads: Sequence[Span]) -> None:
        self._left = sorted((span for span in threads if span.last - span.first > QUIET), reverse=True)
        self._until: int | None = None

    def span(self, before: int, day: int) -> bool:
        """Whether a thread runs from the day `before` or earlier to `day` or later; asked of later and later days."""
        while self._left and self._left[-1].first <= before:
            last = self._left.pop().last
            self._until = last if self._until is None else max(self._until, last)
        return self._until is not None and day <= self._until


_NONE = _Threads(())


def whole(found: Sequence[Conversation]) -> list[Conversation]:
    """Join what found the date of a meeting with the reminder just before it: one occasion, as far as a rhythm goes."""
    joined: list[Conversation] = []
    for one in found:
        if joined and _reminds(joined[-1], one):
            first = joined[-1]
            joined[-1] = one._replace(
                begins=first.begins,
                outward=one.outward or first.outward,
                inward=one.inward or first.inward,
                days=first.days + one.days,
            )
        else:
            joined.append(one)
    return joined


def _reminds(before: Conversation, one: Conversation) -> bool:
    return (
        one.met
        and not before.met
        and 0 < one.meeting - one.begins <= QUIET
        and one.meeting - before.ends <= PREPARED
        and one.ends - before.begins <= WHOLE
    )


def _follows(begins: int, ends: int, meeting: int, day: int) -> bool:
    """Whether a day still belongs to the meeting that a conversation led to: a word of thanks, the notes."""
    return day - meeting <= AFTER and day - ends <= QUIET and day - begins <= WHOLE


def _continues(begins: int, ends: int, day: int, *, prepared: bool, threads: _Threads) -> bool:
    pause = day - ends
    if prepared and pause <= PREPARED:
        return True
    if day - begins > LONGEST + (THREAD if pause > QUIET else 0):
        return False
    return pause <= QUIET or (pause <= THREAD and threads.span(ends, day))


def gaps_between(found: Sequence[Conversation]) -> list[int]:
    """Days from the start of each conversation to the start of the next."""
    return [after.begins - before.begins for before, after in pairwise(found)]


def starts_of(contacts: Iterable[int]) -> list[int]:
    """The first days of conversations, from contact days alone: for what is pooled over many pairs."""
    starts: list[int] = []
    last = None
    for day in contacts:
        if last is None or day - last > QUIET or day - starts[-1] > LONGEST:
            starts.append(day)
        last = day
    return starts
