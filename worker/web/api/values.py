"""What the API gives and takes: the schema of every request and answer is made from these."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from models.enums import Channel, Direction, Stage, Warmth
from worker.decisions.actions import Action
from worker.digest.digest import LineKind
from worker.views.people.people import Sort

Text = Annotated[str, Meta(max_length=400, pattern=r"^[^\x00]*$")]
Limit = Annotated[int, Meta(ge=1, le=200)]
Moment = Annotated[datetime, Meta(tz=True)]
Cursor = Annotated[str, Meta(max_length=2000, pattern=r"^[A-Za-z0-9_-]*$")]


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """What every query and body is: unknown names are refused, so that a typing error is found."""


class Nothing(Asked, frozen=True):
    """No parameters."""


class PeopleAsked(Asked, frozen=True):
    """Which people: `search` wants all its words in a name or an address, `needing` only who is going or gone cold."""

    search: Text = ""
    stage: Stage | None = None
    warmth: Warmth | None = None
    needing: bool = False
    sort: Sort = Sort.NEED
    cursor: Cursor = ""
    limit: Limit = 50


class TouchesAsked(Asked, frozen=True):
    """Which part of the history: since <= occurred < until."""

    person: Text = ""
    since: Moment | None = None
    until: Moment | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class DigestsAsked(Asked, frozen=True):
    """Which earlier digests: those of weeks before `before`, such as 2026-W47."""

    before: Annotated[str, Meta(pattern=r"^(\d{4}-W\d{2})?$")] = ""
    limit: Annotated[int, Meta(ge=1, le=50)] = 20


class ActionsAsked(Asked, frozen=True):
    """How many of the newest actions."""

    limit: Limit = 50


class ExportAsked(Asked, frozen=True):
    """Which part of an export: since <= occurred < until, with one person or all."""

    person: Text = ""
    since: Moment | None = None
    until: Moment | None = None


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


class DigestItem(Struct, frozen=True):
    """Someone a digest names; `why` and `step` are whole sentences, null where a digest was erased in part."""

    person: str
    name: str
    kind: LineKind
    why: str | None = None
    step: str | None = None
    address: str | None = None
    silent_days: int | None = None


class DigestAnswer(Struct, frozen=True):
    """One digest."""

    period: str
    as_of: datetime
    sent_at: datetime | None
    lines: tuple[DigestItem, ...]
    notes: tuple[str, ...]


class Digests(Struct, frozen=True):
    """Earlier digests, the newest first."""

    items: tuple[DigestAnswer, ...]


class OfPerson(Asked, frozen=True):
    """Of one person, by key, or of everyone."""

    person: Text = ""


class IntroductionsAsked(Asked, frozen=True):
    """Which introductions: of or by one person, or all; the newest first."""

    person: Text = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class SeasonAsked(Asked, frozen=True):
    """Which quarter, such as 2026-Q3; the last one that has ended unless given."""

    quarter: Annotated[str, Meta(pattern=r"^(\d{4}-Q[1-4])?$")] = ""


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


class StreamItem(Struct, frozen=True):
    """One stream: found = kept + skipped + later + unreadable."""

    title: str
    kind: str
    found: int
    kept: int
    skipped: int
    later: int
    unreadable: int
    complete: float
    synced_at: datetime | None
    trouble: str | None


class SourceItem(Struct, frozen=True):
    """One account; past `known_until` a silence proves nothing."""

    account: str
    provider: str
    state: str
    trouble: str | None
    known_until: datetime | None
    streams: tuple[StreamItem, ...]


class Status(Struct, frozen=True):
    """All accounts."""

    accounts: tuple[SourceItem, ...]


class NewAction(Asked, frozen=True):
    """An action to take; `person` is a person's key, left out for fewer, more and stop.

    `by` is who introduced them, or did not: of introduced and not-introduced; left out, it is whoever seems to have.
    """

    action: Action
    person: Text = ""
    by: Text = ""
    until: Moment | UnsetType = UNSET  # of a snooze
    talked_at: Moment | UnsetType = UNSET  # of a talk


class ActionItem(Struct, frozen=True):
    """An action that was taken; POST to actions/{id}/undo takes it back."""

    id: str
    action: Action
    person: str
    at: datetime
    until: datetime | None
    undone: bool


class Actions(Struct, frozen=True):
    """The newest actions, the newest first."""

    items: tuple[ActionItem, ...]


class Problem(Struct, frozen=True):
    """What went wrong (RFC 9457)."""

    title: str
    status: int
    detail: str
    type: Literal["about:blank"] = "about:blank"
    code: str | None = None
