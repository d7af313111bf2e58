"""What follows from the evidence about an address: thresholds that no single foreign email reaches (pure)."""

from typing import NamedTuple

DAY = 86400
#: Weeks in which emails must have come through a mailing list.
THROUGH = 3
#: Who was written to so long before the first of them is a person: a list is heard from before, or soon after.
KNOWN_BEFORE = 30 * DAY
#: Weeks in which emails must have been sent from an address of one's own.
SENT = 4


class ListEvidence(NamedTuple):
    """What is known of an address that emails name in List-Post; times are seconds."""

    weeks: int = 0  # in which emails came through it
    first: int = 0
    written: int | None = None  # when the user first wrote to it
    wrote: bool = False  # some email from it came in person, through no list


def is_list(known: ListEvidence) -> bool:
    """Whether an address is a mailing list: never one that writes itself, or that was written to long before."""
    if known.wrote or (known.written is not None and known.written < known.first - KNOWN_BEFORE):
        return False
    return known.weeks >= THROUGH


def is_mine(sent: int, reached: int) -> bool:
    """Whether an address is the user's own.

    Args:
        sent: weeks in which emails lie among the sent ones that were sent from it.
        reached: weeks in which emails to it alone were delivered to the user's mailbox. Anyone can write one, so it
            only makes up for weeks that are missing: no one else puts anything among what was sent.
    """
    return sent >= SENT or (sent > 0 and reached > 0)
