"""What follows from the evidence about an address: thresholds that no single foreign email reaches (pure)."""

from typing import NamedTuple

DAY = 86400
#: Emails that must have come through a mailing list, and the time over which.
THROUGH, SPAN = 3, 7 * DAY
#: Who was written to so long before the first of them is a person: a list is heard from before, or soon after.
KNOWN_BEFORE = 30 * DAY
#: Emails that must have been sent from an address of one's own, and the weeks in which they were.
SENT, WEEKS = 5, 4


class ListEvidence(NamedTuple):
    """What is known of an address that emails name in List-Post; times are seconds."""

    through: int = 0  # emails that came through it
    first: int = 0
    last: int = 0
    written: int | None = None  # when the user first wrote to it
    wrote: bool = False  # some email from it came in person, through no list


def is_list(known: ListEvidence) -> bool:
    """Whether an address is a mailing list: never one that writes itself, or that was written to long before."""
    if known.wrote or (known.written is not None and known.written < known.first - KNOWN_BEFORE):
        return False
    return known.through >= THROUGH and known.last - known.first >= SPAN


class SentEvidence(NamedTuple):
    """How many emails were sent from an address, in how many weeks."""

    emails: int
    weeks: int


def is_mine(known: SentEvidence) -> bool:
    """Whether an address is the user's own, by what the provider marks as sent from it."""
    return known.emails >= SENT and known.weeks >= WEEKS
