"""An Outlook mailbox that can be changed while it is watched: folders, mail and the log its delta links read."""

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from models.records import Mailbox
from tests.sandbox.microsoft.message import EventMessage, Message, public_id, recipient, wire_fields
from tests.sandbox.microsoft.odata import stamp

WELL_KNOWN = {
    "inbox": "Posteingang",
    "sentitems": "Gesendete Elemente",
    "drafts": "Entwürfe",
    "deleteditems": "Gelöschte Elemente",
    "junkemail": "Junk-E-Mail",
    "outbox": "Postausgang",
    "archive": "Archiv",
    "conversationhistory": "Aufgezeichnete Unterhaltungen",
    "syncissues": "Synchronisierungsprobleme",
}
UNDER_SYNC_ISSUES = {"conflicts": "Konflikte", "localfailures": "Lokale Fehler", "serverfailures": "Serverfehler"}
HIDDEN = {"conversationhistory", "syncissues"}
ROOT = "folder-root"


@dataclass
class Folder:
    """A mail folder; `name` is the well-known one, "" for the person's own."""

    id: str
    title: str
    parent: str
    name: str = ""
    hidden: bool = False
    search: bool = False  # a mailSearchFolder: shows mail that lies elsewhere


@dataclass(frozen=True)
class Change:
    """One line of the log: a message came into `folder`, changed some fields there, or left."""

    seq: int
    folder: str
    key: str
    what: Literal["came", "changed", "left"]
    fields: frozenset[str] = frozenset()


@dataclass
class MailStore:
    """Folders and messages of one mailbox; every change is logged for the delta links."""

    address: str
    folders: dict[str, Folder] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    log: list[Change] = field(default_factory=list)
    outgoing: list[bytes] = field(default_factory=list)  # what was sent through Graph, as it was handed over
    headers: bool = True  # False: this service refuses internetMessageHeaders in $select

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.listeners: list[Callable[[str, str], None]] = []  # told the address and the id of what came
        self.numbers = itertools.count(1)
        self.by_folder: dict[str, dict[str, None]] = {}
        for name, title in WELL_KNOWN.items():
            self._add(Folder(f"folder-{name}", title, ROOT, name, hidden=name in HIDDEN))
        for name, title in UNDER_SYNC_ISSUES.items():
            self._add(Folder(f"folder-{name}", title, "folder-syncissues", name, hidden=True))

    def deliver(
        self,
        sender: Mailbox | None,
        to: Sequence[Mailbox],
        *,
        at: datetime,
        subject: str = "Hello",
        message_id: str | None = None,
        cc: Sequence[Mailbox] = (),
        bcc: Sequence[Mailbox] = (),
        reply_to: Sequence[Mailbox] = (),
        headers: Iterable[tuple[str, str]] = (),
        folder: str = "inbox",
        thread: str = "",
        kind: EventMessage = "",
        received_at: datetime | None = None,
        draft: bool = False,
    ) -> str:
        """Put a new message into `folder` (a well-known name or an id); its immutable key."""
        with self.lock:
            key = f"{next(self.numbers):06d}"
            message_id = message_id or f"{key}@sandbox.example"
            fields = wire_fields(
                sender=sender,
                to=to,
                cc=cc,
                bcc=bcc,
                reply_to=reply_to,
                at=at,
                received_at=received_at or at,
                subject=subject,
                message_id=message_id,
                thread=thread or message_id,
                headers=headers,
            )
            fields["isDraft"] = draft
            message = Message(key, self.folder(folder).id, fields, kind)
            self.messages[key] = message
            self._came(message)
            return key

    def send(self, to: Sequence[Mailbox], *, at: datetime, me: Mailbox | None = None, **more: Any) -> str:
        """Put a message of the owner's into Sent Items."""
        return self.deliver(me or Mailbox(self.address, "Owner"), to, at=at, folder="sentitems", **more)

    def draft(self, to: Sequence[Mailbox], *, at: datetime, **more: Any) -> str:
        """Begin a message in Drafts."""
        return self.deliver(None, to, at=at, folder="drafts", draft=True, **more)

    def send_draft(self, key: str, *, at: datetime) -> None:
        """Send a draft: it becomes a message of Sent Items."""
        owner = recipient(Mailbox(self.address, "Owner"))
        with self.lock:
            sent = {"isDraft": False, "sentDateTime": stamp(at), "receivedDateTime": stamp(at)}
            self.messages[key].fields |= {**sent, "from": owner, "sender": owner}
        self.move(key, "sentitems")

    def move(self, key: str, folder: str) -> None:
        """Move: it leaves one folder's log and comes into another's."""
        with self.lock:
            message = self.messages[key]
            self._left(message)
            message.folder = self.folder(folder).id
            self._came(message)

    def delete(self, key: str) -> None:
        self.move(key, "deleteditems")

    def junk(self, key: str) -> None:
        self.move(key, "junkemail")

    def purge(self, key: str) -> None:
        """Remove for good."""
        with self.lock:
            self._left(self.messages.pop(key))

    def change(self, key: str, **fields: Any) -> None:
        """Change properties in place: the next delta tells these alone."""
        with self.lock:
            message = self.messages[key]
            message.fields |= fields
            self._log(message, "changed", frozenset(fields))

    def read(self, key: str) -> None:
        self.change(key, isRead=True)

    def new_folder(self, title: str, *, parent: str = "", search: bool = False, hidden: bool = False) -> str:
        with self.lock:
            above = self.folder(parent).id if parent else ROOT
            folder = Folder(f"folder-{next(self.numbers):04d}", title, above, search=search, hidden=hidden)
            self._add(folder)
            return folder.id

    def delete_folder(self, folder: str) -> None:
        """Remove a folder with its mail for good."""
        with self.lock:
            for key in list(self.by_folder[folder]):
                self.purge(key)
            del self.folders[folder], self.by_folder[folder]

    def folder(self, name: str) -> Folder:
        """By id or well-known name.

        Raises:
            KeyError: there is none.
        """
        return self.folders.get(name) or self.folders[f"folder-{name}"]

    def children(self, parent: str) -> list[Folder]:
        return [folder for folder in self.folders.values() if folder.parent == parent]

    def _add(self, folder: Folder) -> None:
        self.folders[folder.id] = folder
        self.by_folder[folder.id] = {}

    def _came(self, message: Message) -> None:
        self.by_folder[message.folder][message.key] = None
        self._log(message, "came")
        for tell in self.listeners:
            tell(self.address, public_id(message, immutable=True))

    def _left(self, message: Message) -> None:
        del self.by_folder[message.folder][message.key]
        self._log(message, "left")

    def _log(
        self,
        message: Message,
        what: Literal["came", "changed", "left"],
        fields: frozenset[str] = frozenset(),
    ) -> None:
        self.log.append(Change(len(self.log) + 1, message.folder, message.key, what, fields))
