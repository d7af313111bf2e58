"""Whatever is done to a mailbox while it is watched: what the pages said adds up to what lies in the folders."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Cursor
from connectors.errors import CursorExpired
from models.records import EmailRecord, Mailbox, Tombstone
from tests.connectors.outlook.account import NOW, Account
from tests.sandbox.microsoft.message import public_id
from tests.sandbox.microsoft.server import MicrosoftSandbox

ANNA = Mailbox("anna@example.org", "Anna")
#: What can happen, and to which of the messages there are.
CHANGES = ("move", "delete", "junk", "purge", "read", "rename", "folder", "close", "expire")
DEEDS = st.tuples(
    st.sampled_from((*CHANGES, *["deliver"] * 3, *["sync"] * 3, *["page"] * 2)),
    st.integers(0, 30),
)


class Watcher:
    """Keeps what the pages said, as ingest does, without a database."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.cursors: dict[str, Cursor | None] = {}
        self.known: dict[str, dict[str, tuple[str | None, int]]] = {}
        self.rounds: dict[str, int] = {}
        self.sweeping: set[str] = set()

    def sync(self, pages: int = 1000) -> None:
        """Read up to so many pages of each folder."""
        connector = self.account.connector(page=2)
        for stream in connector.streams()[1:]:
            try:
                for _, page in zip(
                    range(pages), connector.changes(stream, self.cursors.get(stream.name), since=NOW), strict=False
                ):
                    self._keep(stream.name, page.records, begins=page.begins, more=page.more)
                    self.cursors[stream.name] = page.cursor
            except CursorExpired:
                self.cursors[stream.name] = None

    def _keep(self, name: str, records: object, *, begins: bool, more: bool) -> None:
        known = self.known.setdefault(name, {})
        if begins:
            self.rounds[name] = self.rounds.get(name, 0) + 1
            self.sweeping.add(name)
        for record in records:  # type: ignore[attr-defined] # a sequence of records
            if isinstance(record, EmailRecord):
                known[record.key] = (record.subject, self.rounds[name])
            elif isinstance(record, Tombstone):
                known.pop(record.key, None)
        if not more and name in self.sweeping:
            self.sweeping.discard(name)
            for key in [key for key, (_, seen) in known.items() if seen < self.rounds[name]]:
                del known[key]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MicrosoftSandbox]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with pytest.MonkeyPatch.context() as patch, MicrosoftSandbox(folder) as sandbox:
        patch.setenv("SSL_CERT_FILE", str(sandbox.certificates.ca_file))
        yield sandbox


people = count(1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, min_size=20, max_size=40))
def test_what_was_told_adds_up_to_what_is_there(server: MicrosoftSandbox, deeds: list[tuple[str, int]]) -> None:
    mailbox = server.add(f"owner{next(people)}@contoso.example")
    server.entra.signs_in = mailbox.address
    mail, watcher = mailbox.mail, Watcher(Account(server))
    own: list[str] = []
    for hour in range(5):
        mail.deliver(ANNA, [], at=NOW + timedelta(hours=hour))
    watcher.sync()
    for turn, (deed, number) in enumerate(deeds):
        keys = list(mail.messages)
        key = keys[number % len(keys)] if keys else ""
        places = ["inbox", "archive", "sentitems", *own]
        match deed:
            case "deliver":
                mail.deliver(ANNA, [], at=NOW + timedelta(hours=turn), folder=places[number % len(places)])
            case "folder":
                own.append(mail.new_folder(f"Folder {turn}", parent=places[number % len(places)]))
            case "close" if own and not mail.children(own[-1]):
                mail.delete_folder(own.pop())
            case "expire":
                mailbox.delta.expire("gone" if number % 2 else "syncStateNotFound")
            case "sync":
                watcher.sync()
            case "page":
                watcher.sync(pages=1)
            case "move" if key:
                mail.move(key, places[number % len(places)])
            case "delete" if key:
                mail.delete(key)
            case "junk" if key:
                mail.junk(key)
            case "purge" if key:
                mail.purge(key)
            case "read" if key:
                mail.read(key)
            case "rename" if key:
                mail.change(key, subject=f"Subject {turn}")
    watcher.sync()  # the first finds links that ran out
    watcher.sync()
    there = {stream.name: stream.name.partition("/")[2] for stream in watcher.account.connector().streams()[1:]}
    for name, folder in there.items():
        lying = [mail.messages[key] for key in mail.by_folder[folder]]
        assert {key: entry[0] for key, entry in watcher.known.get(name, {}).items()} == {
            public_id(message, immutable=True): message.fields["subject"] for message in lying
        }
