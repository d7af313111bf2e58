"""What classifying answers: contact with all that is known of it, or a skip with its reason."""

from dataclasses import dataclass, field
from typing import NamedTuple

from models.enums import Channel, Direction, Response, Role, Touch

#: 1971 and 2100: a time outside is a mistake of whoever wrote it.
EARLIEST, LATEST = 31_536_000, 4_102_444_800

#: An address in an interaction: role, response, touch, and what it is called there or "".
Part = tuple[Role, Response | None, Touch | None, str]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not contact, and why."""

    reason: str


class SamePerson(NamedTuple):
    """Two addresses of one person, and why; `sure` where it needs no answer from the user to be believed."""

    address: str
    other: str
    why: str
    sure: bool = False


@dataclass(slots=True)
class Accepted:
    """Contact, as one record shows it. Times are seconds since 1970 UTC; `people` leaves the user out."""

    account: str
    channel: Channel
    direction: Direction
    occurred_at: int
    counts_at: int
    group_size: int
    people: dict[str, Part]
    ends_at: int | None = None
    subject: str | None = None
    thread: str | None = None
    message_id: str | None = None
    ical_uid: str | None = None
    recurrence_at: int | None = None
    my_role: Role | None = None
    my_response: Response | None = None
    same_person: list[SamePerson] = field(default_factory=list)


def sane(at: int) -> int | None:
    """Return a time in seconds if it can be one at all."""
    return at if EARLIEST <= at <= LATEST else None
