"""The port every provider implements. Read this first.

Terminology
    ACCOUNT   one connected mailbox with its calendars
    STREAM    one independently cursored feed of an account: Gmail mail, one calendar, one Outlook folder, one file
    CURSOR    a provider's opaque position in a stream; only the connector that wrote it may read it
    PAGE      records, the cursor that stands after them, and whether more follows
    RECORD    what the provider said, in neutral words (models.records)

Laws (tests/connectors/contract.py holds every connector to them)
    start     no cursor means from `since`; archives always give everything they hold
    replay    the same cursor twice gives the same records, or more
    resume    stopping after any page and going on from its cursor loses nothing: the position of an unfinished
              backfill, with the baseline taken before listing, lives inside the cursor
    values    malformed items are BadRecord values, never exceptions; times are UTC; text holds no NUL
    errors    only ConnectorError escapes (connectors.errors); a repeated page token raises ProtocolError
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, NewType, Protocol, runtime_checkable

from models.enums import Provider, StreamKind
from models.records import Record

Cursor = NewType("Cursor", str)

#: The reason of a BadRecord that the provider failed to give, repeatedly, while it gave others.
UNAVAILABLE = "The provider answers only with errors for this one. keepwarm will try again."


@dataclass(frozen=True, slots=True)
class Stream:
    """A feed of an account: `name` is the provider's id of it (stable, unique in the account), `title` is shown.

    `denied` says why the provider does not let the streams of this kind be listed just now: those that were known are
    still there then, as far as can be known.
    """

    kind: StreamKind
    name: str
    title: str
    denied: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long read has come: `done` of `total` in `unit` (bytes, mails, units); total None if unknown."""

    done: int
    total: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of time [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Records and the cursor after them; store the cursor only in the transaction that stores the records.

    `begins` marks the first page of a full listing (a first sync, or a resynchronization): what was stored before and
    is not shown again until the page with `more=False` is gone. `covers` says that this one page holds every
    meeting that starts within that window, so that a stored one which is missing here is gone.
    """

    records: Sequence[Record]
    cursor: Cursor
    more: bool
    begins: bool = False
    covers: Window | None = None
    listed: int | None = None  # how many ids the provider has listed in this stream so far, where it lists ids
    progress: Progress | None = None
    notes: tuple[str, ...] = field(default=())  # remarks on the stream for the person: "the file was changed"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription to a provider's notifications, until a moment; `name` is its id there, "" where it needs none."""

    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person's consent gave; `credentials` is a secret, to be sealed and handed to the connector.

    `address` is the account's own as the provider states it, `subject` the provider's lasting id of the account (it
    stays when the address is renamed), `aliases` the account's other addresses where the provider states them, `name`
    the person's where it is given, `scopes` what was granted, `notes` what was not granted and what that means.
    """

    address: str
    scopes: tuple[str, ...]
    credentials: str = field(repr=False)
    subject: str = ""
    aliases: tuple[str, ...] = ()
    name: str = ""
    notes: tuple[str, ...] = ()


class Connector(Protocol):
    """One account at one provider, ready to be read. It holds no state that a new object would miss."""

    provider: ClassVar[Provider]

    def streams(self) -> Sequence[Stream]:
        """What there is to read, found again each time.

        Raises:
            ConnectorError: the account cannot be asked.
        """
        ...

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Everything that happened in `stream` after `cursor`, page by page; ends after a page with more=False.

        Raises:
            CursorExpired: the cursor is no longer known; start again from None.
            ConnectorError: see connectors.errors.
        """
        ...


@runtime_checkable
class Fetchable(Protocol):
    """A connector that can fetch records by key."""

    def fetch(self, stream: Stream, keys: Sequence[str]) -> Iterator[Sequence[Record]]:
        """Fetch the records of these keys, some at a time; every key gets one, a Tombstone if it is gone.

        Raises:
            ConnectorError: see connectors.errors.
        """
        ...


@runtime_checkable
class Auditable(Fetchable, Protocol):
    """A connector that can also list every key it shows, to be compared with what is stored."""

    def listed_keys(self, stream: Stream, *, since: datetime) -> Sequence[str]:
        """Every key the provider shows now, newest first, down to `since`.

        Raises:
            ConnectorError: see connectors.errors.
        """
        ...


@runtime_checkable
class Watchable(Protocol):
    """A connector whose provider can notify us of changes."""

    def watch(self, place: str, secret: str, known: str | None, *, keep: bool) -> Subscription:
        """Have notifications sent to `place`, or renew the subscription there is.

        Args:
            place: where they go, in the provider's own terms: a topic, or an address of ours.
            secret: what each of them must carry.
            known: the provider's id of the subscription there is.
            keep: whether that one may go on; otherwise a new one is made.

        Raises:
            ConnectorError: see connectors.errors.
        """
        ...


@runtime_checkable
class Listenable(Protocol):
    """A connector whose provider says over an open connection that something is new."""

    def listen(self, seconds: float, stop: Callable[[], bool]) -> Iterator[None]:
        """Yield whenever there is news, for so many seconds, or until `stop` says so; some may be missed or false.

        Raises:
            ConnectorError: see connectors.errors.
        """
        ...


class Sender(Protocol):
    """One account that its person allowed to send mail, by a consent of its own: reading never needs it."""

    def send(self, mail: bytes) -> None:
        """Hand over one RFC 5322 mail, once: to the recipients in its headers. No error means that it was accepted.

        Raises:
            Unconfirmed: it may have been taken.
            ConnectorError: it was not taken; see connectors.errors.
        """
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
