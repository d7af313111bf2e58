"""What happened around a first contact, as plain values that introductions are found in (pure)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.enums import Role


class Event(NamedTuple):
    """One email or meeting with few people, as the user saw it."""

    id: str
    at: int  # seconds since 1970 UTC
    meeting: bool
    author: str | None  # who wrote or organized it, as a person; None for the user
    people: Mapping[str, Role]  # person -> the strongest role of any of their addresses; without the user
    size: int  # people in it, the user among them
    subject: str | None = None
    thread: str | None = None

    @property
    def mine(self) -> bool:
        """Whether the user wrote or organized it."""
        return self.author is None

    def shows(self, person: str) -> bool:
        """Whether someone took part for everyone to see: not only in Bcc."""
        return self.people.get(person, Role.BCC) is not Role.BCC


class Opening(NamedTuple):
    """Where someone may have been introduced: the first event, the introducer, and what followed (ascending)."""

    new: str  # person
    friend: str  # person
    first: Event
    later: Sequence[Event]
    same_firm: bool = False  # the two write from one firm's domain
    known_since: int | None = None  # when the user first wrote to or met the friend; None: never
    new_address: str = ""  # as which the first event names them
    friend_address: str = ""
