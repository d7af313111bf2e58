"""One Google account as it stands: mail with labels, threads and history; its calendars are in `agenda`."""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from tests.sandbox.google.agenda import Agenda

Headers = Sequence[tuple[str, str]]
CATEGORIES = ("CATEGORY_PROMOTIONS", "CATEGORY_SOCIAL", "CATEGORY_UPDATES", "CATEGORY_FORUMS")
HIDDEN = frozenset({"SPAM", "TRASH"})


@dataclass(slots=True)
class Message:
    """One mail; headers only, because nothing else is ever asked for under gmail.metadata."""

    id: str
    thread_id: str
    labels: set[str]
    headers: tuple[tuple[str, str], ...]
    internal_ms: int
    history_id: int = 0
    size: int = 4096


@dataclass(frozen=True, slots=True)
class Change:
    """One history record; `kind` is the key it has in Gmail's answer, `now` the labels after it."""

    id: int
    kind: str  # messagesAdded, messagesDeleted, labelsAdded, labelsRemoved
    message_id: str
    thread_id: str
    now: tuple[str, ...]
    labels: tuple[str, ...] = ()


@dataclass
class GoogleMailbox:
    """A mailbox that can be changed while it is watched; ids and history ids have gaps, as Gmail's have."""

    address: str
    name: str = ""
    seed: int = 1
    mail_enabled: bool = True
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)
    history_id: int = 4711
    history_floor: int = 4000  # smaller ids are no longer known
    forgetful: int = 0  # so many of the next questions for the history find it forgotten
    broken: set[str] = field(default_factory=set)  # ids that Google cannot give: 500 each time
    largest_page: int = 500  # of lists of mail and events
    outgoing: list[bytes] = field(default_factory=list)  # what was sent through the API, as it was handed over
    agenda: Agenda = field(init=False)
    listeners: list[Callable[["GoogleMailbox"], None]] = field(default_factory=list)  # told of every change

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._by_message_id: dict[str, str] = {}
        self._orders: dict[tuple[frozenset[str], bool], list[tuple[int, str]]] = {}
        self.agenda = Agenda(self.address)

    def deliver(self, headers: Headers, at: datetime, *, labels: Iterable[str] = ("INBOX", "UNREAD")) -> str:
        """Take a mail in at `at`; it joins the thread of a mail that its References or In-Reply-To names."""
        ms = int(at.timestamp() * 1000)
        id_ = f"{(ms << 20) | self._random.getrandbits(20):x}"
        while id_ in self.messages:
            id_ = f"{(ms << 20) | self._random.getrandbits(20):x}"
        thread = self._thread_of(headers) or id_
        message = Message(id_, thread, set(labels), tuple(headers), ms, size=self._random.randrange(900, 90_000))
        self.messages[id_] = message
        self.threads.setdefault(thread, []).append(id_)
        for name, value in headers:
            if name.lower() == "message-id":
                self._by_message_id[value] = id_
        self._record(message, "messagesAdded")
        return id_

    def send(self, headers: Headers, at: datetime) -> str:
        return self.deliver(headers, at, labels=("SENT",))

    def save_draft(self, headers: Headers, at: datetime) -> str:
        return self.deliver(headers, at, labels=("DRAFT",))

    def draft_sent(self, id_: str) -> None:
        """A draft goes out: history shows labels that change, never a message that is added."""
        self.label(id_, add=("SENT",), remove=("DRAFT",))

    def label(self, id_: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        message = self.messages[id_]
        if gained := set(add) - message.labels:
            message.labels |= gained
            self._record(message, "labelsAdded", gained)
        if lost := set(remove) & message.labels:
            message.labels -= lost
            self._record(message, "labelsRemoved", lost)

    def trash(self, id_: str) -> None:
        self.label(id_, add=("TRASH",), remove=("INBOX",))

    def delete(self, id_: str) -> None:
        message = self.messages.pop(id_)
        self.threads[message.thread_id].remove(id_)
        if not self.threads[message.thread_id]:
            del self.threads[message.thread_id]
        self._record(message, "messagesDeleted")

    def expire_cursors(self) -> None:
        """Forget all history, as Google may after a week or a few hours."""
        self._tick()
        self.history.clear()
        self.history_floor = self.history_id
        self.agenda.expire_tokens()

    def order(self, labels: frozenset[str], *, hidden_too: bool) -> list[tuple[int, str]]:
        """Sort keys (-internal_ms, id) of the mails that carry all `labels`, newest first."""
        key = (labels, hidden_too)
        if key not in self._orders:
            show_hidden = hidden_too or bool(labels & HIDDEN)
            self._orders[key] = sorted(
                (-message.internal_ms, message.id)
                for message in self.messages.values()
                if labels <= message.labels and (show_hidden or not message.labels & HIDDEN)
            )
        return self._orders[key]

    def changes_after(self, history_id: int) -> list[Change]:
        return self.history[bisect_right(self.history, history_id, key=lambda change: change.id) :]

    def _thread_of(self, headers: Headers) -> str | None:
        for name, value in headers:
            if name.lower() in {"references", "in-reply-to"}:
                for reference in reversed(value.split()):
                    known = self.messages.get(self._by_message_id.get(reference, ""))
                    if known:
                        return known.thread_id
        return None

    def _tick(self) -> int:
        self.history_id += self._random.randrange(1, 40)
        return self.history_id

    def _record(self, message: Message, kind: str, labels: Iterable[str] = ()) -> None:
        message.history_id = self._tick()
        now = tuple(sorted(message.labels))
        self.history.append(Change(self.history_id, kind, message.id, message.thread_id, now, tuple(sorted(labels))))
        self._orders.clear()
        for tell in self.listeners:
            tell(self)


def plain_mail(
    sender: str,
    to: Sequence[str],
    at: datetime,
    message_id: str,
    *,
    cc: Sequence[str] = (),
    subject: str = "Hello",
    reply_to: str | None = None,
    more: Headers = (),
) -> list[tuple[str, str]]:
    """Headers as a mail program writes them; `reply_to` is the Message-ID that is answered."""
    headers = [("Received", f"by mx.example.net; {format_datetime(at)}"), ("From", sender), ("To", ", ".join(to))]
    if cc:
        headers.append(("Cc", ", ".join(cc)))
    headers += [("Subject", subject), ("Date", format_datetime(at)), ("Message-ID", f"<{message_id}>")]
    if reply_to:
        headers += [("In-Reply-To", f"<{reply_to}>"), ("References", f"<{reply_to}>")]
    return [*headers, ("DKIM-Signature", "v=1; a=rsa-sha256; d=example.net; b=AbC"), *more]
