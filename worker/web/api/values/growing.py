"""What the API says of introductions, roots and seasons."""

from datetime import datetime

from msgspec import Struct

from models.enums import Stage
from worker.web.api.values.people import NamedPerson


class IntroductionItem(Struct, frozen=True):
    """Who introduced someone to you; `counts` is false for what is likely, but not sure unless you say so."""

    introducer: NamedPerson
    introduced: NamedPerson
    at: datetime
    counts: bool
    confirmed: bool
    because: tuple[str, ...]
    evidence: tuple[str, ...]


class Introductions(Struct, frozen=True):
    """Introductions, the newest first."""

    items: tuple[IntroductionItem, ...]


class DoorItem(Struct, frozen=True):
    """Someone, when they were introduced to you (null: otherwise met), and the people met through them, by time."""

    person: str
    name: str
    since: datetime | None
    led_to: tuple["DoorItem", ...]


class BroughtItem(Struct, frozen=True):
    """Two people you brought together."""

    one: NamedPerson
    other: NamedPerson
    at: datetime


class Roots(Struct, frozen=True):
    """Who you met through whom, as a tree in order of time; and the people you introduced to each other."""

    doors: tuple[DoorItem, ...]
    brought: tuple[BroughtItem, ...]


class DeepenedItem(Struct, frozen=True):
    """Someone you became closer to, and how close."""

    person: str
    name: str
    stage: Stage


class OpenedItem(Struct, frozen=True):
    """A door that opened, and led to something."""

    introducer: NamedPerson
    introduced: NamedPerson


class StandingItem(Struct, frozen=True):
    """How many people there were at the end of a quarter: contacts, and connections by how deep they go."""

    quarter: str
    contacts: int
    seedlings: int
    growing: int
    rooted: int
    deep: int


class SeasonAnswer(Struct, frozen=True):
    """A quarter, looked back on; `sentences` is empty where there is nothing to mention."""

    quarter: str
    heading: str
    sentences: tuple[str, ...]
    took_root: tuple[NamedPerson, ...]
    deepened: tuple[DeepenedItem, ...]
    rested: tuple[NamedPerson, ...]
    doors: tuple[OpenedItem, ...]
    stayed: tuple[NamedPerson, ...]
    years: tuple[StandingItem, ...]
