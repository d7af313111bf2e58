"""What the API says of people and what happened with them."""

from datetime import datetime

from msgspec import Struct

from models.enums import Channel, Direction, Stage, Warmth


class Decided(Struct, frozen=True):
    """What you decided about someone."""

    snoozed_until: datetime | None
    muted: bool
    resting: bool


class PersonItem(Struct, frozen=True):
    """One person in a list; `person` is their key, `reason` says how things stand in one sentence."""

    person: str
    name: str
    addresses: tuple[str, ...]
    stage: Stage
    warmth: Warmth
    reason: str
    silent_days: int | None
    last_at: datetime | None
    next_meeting_at: datetime | None
    decided: Decided


class People(Struct, frozen=True):
    """A page of people; `next` is the cursor of the page after it, null after the last."""

    items: tuple[PersonItem, ...]
    next: str | None


class NamedPerson(Struct, frozen=True):
    """A person by key and name."""

    person: str
    name: str


class TouchItem(Struct, frozen=True):
    """One interaction; `said` marks a conversation you noted yourself."""

    id: str
    at: datetime
    ends_at: datetime | None
    channel: Channel
    direction: Direction
    subject: str | None
    group_size: int
    people: tuple[NamedPerson, ...]
    said: bool


class Touches(Struct, frozen=True):
    """A page of the history, newest first; `next` is the cursor of the page after it, null after the last."""

    items: tuple[TouchItem, ...]
    next: str | None


class Because(Struct, frozen=True):
    """Why the stage is what it is: one rule, and the interactions it stands on."""

    rule: str
    reason: str
    evidence: tuple[str, ...]


class Ask(Struct, frozen=True):
    """Whether it is time to ask someone for something, and what to do first."""

    verdict: str
    evidence: tuple[str, ...]
    first: tuple[str, ...]


class PersonDetail(Struct, frozen=True):
    """Everything about one person; `months` counts direct contact month by month, this month last."""

    person: str
    name: str
    addresses: tuple[str, ...]
    stage: Stage
    warmth: Warmth
    sentences: tuple[str, ...]
    silent_days: int | None
    first_at: datetime | None
    last_at: datetime | None
    next_meeting_at: datetime | None
    months: tuple[int, ...]
    because: tuple[Because, ...]
    no_relationship: str | None
    ask: Ask
    introduced_by: tuple[NamedPerson, ...]
    introduced_to: tuple[NamedPerson, ...]
    decided: Decided
