"""What a digest says, before it is HTML, text or JSON: plain values that the composer makes and the renderers read."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.enums import Direction, Stage
from worker.network.season.standing import Standing


class LineKind(StrEnum):
    """Why a person is named."""

    COLD = "cold"
    COOLING = "cooling"
    GROWING = "growing"
    THANKS = "thanks"
    SEASONAL = "seasonal"
    ANNIVERSARY = "anniversary"
    OFFER = "pass-on"  # two who might like to know each other
    REST = "rest"  # some who could rest, when there are more than one can tend
    MOVED = "moved"  # shown as a note, not as a line


@dataclass(frozen=True, slots=True)
class Last:
    """When the two last met, talked and wrote (aware UTC), and which of the two wrote last (out: the reader did)."""

    met_at: datetime | None = None
    wrote_at: datetime | None = None
    wrote: Direction | None = None
    talked_at: datetime | None = None  # as the reader said


@dataclass(frozen=True, slots=True)
class Other:
    """Someone else a line is about."""

    person: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person, one reason, one next step. `why` and `step` are whole sentences without markup."""

    person: str  # the person's key: an address
    name: str
    address: str  # where a mail would reach them now
    kind: LineKind
    why: str
    last: Last
    step: str
    stage: Stage
    silent_days: int | None = None
    cold_probability: float | None = None  # 0 to 1; never shown in prose, kept for JSON
    evidence: tuple[str, ...] = ()  # interaction ids
    others: tuple[Other, ...] = ()  # who is meant besides
    draft: str | None = None  # the subject of an email to all of them


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Something the reader asked for by a link or an email, and that was done; `action` is its id."""

    action: str
    sentence: str
    undoable: bool


@dataclass(frozen=True, slots=True)
class Root:
    """Someone who matters, for the first digest: `why` is a sentence quoting facts."""

    person: str
    name: str
    stage: Stage
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class FirstFindings:
    """What the first read found: how much, since when, and who matters (few, the deepest first)."""

    mails: int
    meetings: int
    people: int  # everyone ever heard of
    connections: int  # those with roots on both sides
    since: datetime
    roots: tuple[Root, ...] = ()


@dataclass(frozen=True, slots=True)
class Footer:
    """The facts the judgement stands on."""

    accounts: tuple[str, ...] = ()
    people: int = 0  # relationships looked at
    interactions: int = 0
    complete_until: datetime | None = None  # everything up to here was read


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest. `period` is the key of its week ("2026-W47"), or the quarter of a season digest ("2026-Q3").

    `zone` is the reader's IANA zone.
    """

    reader: str
    as_of: datetime
    zone: str
    period: str
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()  # sentences on the accounts, each said once: "Reconnect x: keepwarm connect gmail"
    first: FirstFindings | None = None
    footer: Footer = field(default_factory=Footer)
    merged: tuple[tuple[str, str], ...] = ()  # address and person of each merge that `notes` announce
    done: tuple[Confirmation, ...] = ()  # what the reader asked for since the digest before
    moved: tuple[str, ...] = ()  # people whose new address a note suggests
    after_holidays: bool = False  # the first week back
    season: tuple[str, ...] = ()  # of a season digest: a heading, and a few sentences
    years: tuple[Standing, ...] = ()  # of a season digest: what its picture shows, the oldest quarter first

    @property
    def says_nothing(self) -> bool:
        """True for a week without a reason to write: every renderer then gives an empty result."""
        return not (self.lines or self.notes or self.first or self.season)
