"""Mail by IMAP from a real Dovecot: the same records as an archive gives, whatever is moved, deleted or renumbered."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from connectors.archive.connector import ArchiveConnector
from connectors.base import Cursor, Page, Stream
from connectors.errors import CursorExpired, ProtocolError, TokenRevoked
from connectors.imap.auth import PLAIN, STARTTLS, Access, connect
from connectors.imap.connector import ImapConnector
from models.enums import Place
from models.records import BadRecord, EmailRecord, Record, Tombstone
from tests.connectors.contract import LONG_AGO
from tests.connectors.imap.dovecot import PASSWORD, Dovecot, put
from tests.connectors.insisting import insisting
from tests.connectors.mails import START, mail
from tests.connectors.relay import Relay, relay
from tests.sandbox.microsoft.tls import Certificates

SECRET = "what nobody but the two may read"
ODD = (
    mail(1, extra="X-Secret-Header: " + SECRET + "\n", body=SECRET + "\n"),
    b"""Message-ID: <one@x.example>
Message-ID: <two@x.example>
From: a@x.example
To: Team: b@x.example, c@x.example;
Date: Tue, 02 Jan 2024 10:00:00 +0000

""",
    b"""From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>
To: =?gb2312?b?uqO2+w==?= <h@y.example>
Subject: =?utf-8?b?w7w=?=

""",
    "From: Jürgen <j@x.example>\nTo: undisclosed-recipients:;\nSubject: ü\n".encode("latin-1") + b"\nbody\n",
    b'From: "With \\"quotes\\"" <q@x.example>\nTo: x@y.example\nSubject: folded\n over\n\tlines\n\nb\n',
    b"""From: list@x.example
To: x@y.example
List-Id: <l.x.example>
List-Post: <mailto:l@x.example>
Precedence: bulk
Auto-Submitted: auto-generated
Return-Path: <>
References: <a@x> <b@x>

""",
    b"From: cal@x.example\nTo: x@y.example\nContent-Type: text/calendar; method=REQUEST\n\n",
    b"From: a@x.example\nTo: " + b", ".join(b"p%d@many.example" % n for n in range(3000)) + b"\nSubject: many\n\n",
)


def of(
    server: Dovecot, user: str, title: str, access: Access | None = None, *, page: int = 500
) -> tuple[ImapConnector, Stream]:
    connector = ImapConnector((access or server.access(user)).encoded(), page=page)
    return connector, next(stream for stream in connector.streams() if stream.title == title)


def read(
    server: Dovecot, user: str, cursor: Cursor | None = None, *, title: str = "INBOX", since: datetime = LONG_AGO
) -> list[Page]:
    connector, stream = of(server, user, title)
    return list(connector.changes(stream, cursor, since=since))


def records(pages: list[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def test_the_records_are_those_of_an_archive(server: Dovecot, user: str, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, each in enumerate(ODD):
        (folder / f"{number}.eml").write_bytes(each)
        server.put(each, at=START, user=user)
    archive = ArchiveConnector([folder], now=datetime(2026, 11, 1, tzinfo=UTC))
    found = [
        each for stream in archive.streams() for each in records(list(archive.changes(stream, None, since=LONG_AGO)))
    ]
    shown = records(read(server, user))
    assert len(shown) == len(ODD)

    def line_of(each: Record) -> str:
        assert isinstance(each, EmailRecord)
        return repr(msgspec.structs.replace(each, key="", received_at=None, notes=()))

    assert sorted(map(line_of, shown)) == sorted(map(line_of, found))


def test_folders_that_are_read_and_what_lies_in_them(server: Dovecot, user: str) -> None:
    with server.box(user) as box:
        for name in (
            "Entw&APw-rfe",
            "Papierkorb",
            "Projekte",
            "Projekte/A",
            "Trash/Old",
            "Gesendete Elemente",
            "Spam Folder/x",
        ):
            assert box.create(f'"{name}"')[0] == "OK"
    connector = ImapConnector(server.access(user).encoded())
    titles = [stream.title for stream in connector.streams()]
    assert titles == ["Gesendete Elemente", "Sent", "INBOX", "Projekte", "Projekte/A"]
    server.put(mail(1), "Sent", user=user)
    (record,) = records(read(server, user, title="Sent"))
    assert isinstance(record, EmailRecord)
    assert record.place is Place.SENT


def test_reading_changes_nothing(server: Dovecot, user: str) -> None:
    with server.box(user) as box:
        box.append("INBOX", "", "", mail(1).replace(b"\n", b"\r\n"))
    assert len(records(read(server, user))) == 1
    with server.box(user) as box:
        _, (before,) = box.select("INBOX")
        assert before == b"1"
        _, said = box.fetch("1", "(FLAGS)")
        assert said[0] == b"1 (FLAGS (\\Recent))"


def test_deleted_moved_and_new_mails(server: Dovecot, user: str) -> None:
    uids = [server.put(mail(number), user=user) for number in range(6)]
    with server.box(user) as box:
        box.create("Kept")
    inbox, kept = read(server, user)[-1].cursor, read(server, user, title="Kept")[-1].cursor
    with server.box(user) as box:
        box.select("INBOX")
        box.uid("STORE", str(uids[1]), "+FLAGS", "(\\Deleted)")
        box.expunge()
        box.uid("MOVE", str(uids[3]), "Kept")
        put(box, mail(7))
    news = records(read(server, user, inbox))
    gone = {each.key.partition(".")[2] for each in news if isinstance(each, Tombstone)}
    assert gone == {str(uids[1]), str(uids[3])}
    assert [each.message_id for each in news if isinstance(each, EmailRecord)] == ["m7@example.org"]
    moved = records(read(server, user, kept, title="Kept"))
    assert [each.message_id for each in moved if isinstance(each, EmailRecord)] == ["m3@example.org"]


def test_new_uids_expire_one_folder_and_no_other(server: Dovecot, user: str) -> None:
    server.put(mail(1), user=user)
    server.put(mail(2), "Sent", user=user)
    inbox, sent = read(server, user)[-1].cursor, read(server, user, title="Sent")[-1].cursor
    server.renumber(user=user)
    with pytest.raises(CursorExpired):
        read(server, user, inbox)
    assert records(read(server, user, sent, title="Sent")) == []
    assert len(records(read(server, user))) == 1


def test_a_mailbox_that_was_moved_keeps_the_times_of_its_mails(server: Dovecot, user: str) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    hops = "Received: from a by b; Tue, 02 Jan 2024 09:31:00 +0000\n"
    server.put(mail(1, extra=hops), at=now, user=user)
    server.put(mail(2), at=now, user=user)
    server.put(mail(3), at=START + timedelta(days=3, minutes=1), user=user)
    server.put(b"From: a@x.example\nTo: b@x.example\nMessage-ID: <x@y>\n\n", at=now, user=user)
    found = {each.message_id: each for each in records(read(server, user)) if isinstance(each, EmailRecord)}
    assert found["m1@example.org"].received_at == datetime(2024, 1, 2, 9, 31, tzinfo=UTC)
    assert found["m2@example.org"].received_at is None
    assert found["m3@example.org"].received_at == START + timedelta(days=3, minutes=1)
    assert found["x@y"].received_at == now


def test_what_is_older_than_the_horizon_is_passed_over(server: Dovecot, user: str) -> None:
    for day in range(10):
        server.put(mail(day), at=START + timedelta(days=day), user=user)
    since = START + timedelta(days=6)
    pages = read(server, user, since=since)
    assert {each.message_id for each in records(pages) if isinstance(each, EmailRecord)} == {
        f"m{day}@example.org" for day in range(6, 10)
    }
    assert pages[-1].listed == 4
    # What comes later is read, however old it is: somebody filed it just now.
    server.put(mail(20), at=START, user=user)
    connector, stream = of(server, user, "INBOX")
    assert len(records(list(connector.changes(stream, pages[-1].cursor, since=since)))) == 1


def test_only_header_fields_ever_pass_the_wire(server: Dovecot, user: str) -> None:
    for number, each in enumerate(
        (*ODD, mail(9, extra="Received: from a by b; Wed, 3 Jan 2024 09:31:00 +0000\n", body=SECRET))
    ):
        server.put(each, at=START + timedelta(days=40 * number), user=user)
    with relay(server.plain) as tap:
        access = server.access(user, security=PLAIN, port=tap.port)
        connector, stream = of(server, user, "INBOX", access)
        cursor: Cursor | None = None
        for _ in range(2):
            cursor = list(connector.changes(stream, cursor, since=LONG_AGO))[-1].cursor
            server.put(mail(50), user=user)
        connector.sessions.close()
    assert SECRET.encode() not in tap.received
    _only_permitted(tap)
    assert tap.connections == 1
    assert PASSWORD.encode() not in tap.sent  # AUTHENTICATE, in base64; over TLS anyway unless on this machine


def _only_permitted(tap: Relay) -> None:
    """Look at every command with eyes of the test's own: read-only, and header fields by name."""
    field = r"BODY\.PEEK\[HEADER\.FIELDS \([A-Z -]+\)\]"
    permitted = re.compile(
        rf"K\d+ (CAPABILITY|NOOP|LOGOUT|AUTHENTICATE PLAIN|ID \(.*\)|LIST \"\" \"\*\".*|EXAMINE \"[^\"]+\"|UID SEARCH .*|"
        rf"UID FETCH [\d:,*]+ \(UID( INTERNALDATE)?( {field})?\))|[A-Za-z0-9+/=]+"
    )
    assert [line for line in tap.lines if not permitted.fullmatch(line)] == []
    asked = set(re.findall(r"[A-Z-]+", " ".join(re.findall(r"FIELDS \(([^)]*)\)", tap.sent.decode()))))
    assert not asked & {"X-SECRET-HEADER", "X-ORIGINATING-IP", "USER-AGENT", "X-MAILER"}
    assert sum("(RECEIVED)" in line for line in tap.lines) == 2  # only of the mails whose times disagree


def test_a_wrong_password_is_said_and_not_tried_again(server: Dovecot, user: str) -> None:
    with relay(server.plain) as tap:
        access = server.access(user, security=PLAIN, port=tap.port, password="wrong")
        connector = ImapConnector(access.encoded())
        for _ in range(3):
            with pytest.raises(TokenRevoked, match=r"imap\.wrong_password"):
                connector.streams()
    assert tap.sent.count(b"AUTHENTICATE") == 1


def test_a_server_that_does_not_prove_itself_is_told_nothing(
    server: Dovecot, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with relay(server.tls) as tap, pytest.raises(ProtocolError, match=r"imap\.untrusted"):
        connect(replace(server.access(user), port=tap.port))
    assert tap.connections == 1


def test_starttls_on_this_machine_takes_the_certificate_of_a_bridge(
    server: Dovecot, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with relay(server.plain) as tap:
        grant = connect(server.access(user, security=STARTTLS, port=tap.port))
    assert b"STARTTLS" in tap.sent
    assert b"AUTHENTICATE" not in tap.sent
    assert "opens the whole mailbox" in grant.notes[0]
    assert PASSWORD not in repr(grant)


def test_one_connection_serves_every_folder(server: Dovecot, user: str) -> None:
    for number in range(4):
        server.put(mail(number), "Sent" if number % 2 else "INBOX", user=user)
    with relay(server.plain) as tap:
        secret = server.access(user, security=PLAIN, port=tap.port).encoded()
        connectors = [ImapConnector(secret, page=1) for _ in range(2)]
        readings = [
            connector.changes(stream, None, since=LONG_AGO)
            for connector, stream in zip(connectors, connectors[0].streams(), strict=True)
        ]
        turns = [next(reading) for _ in range(2) for reading in readings]
        assert all(len(page.records) == 1 for page in turns)
    assert tap.connections == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_tenth_of_all_pieces_lost_and_the_end_is_the_same(server: Dovecot, user: str, seed: int) -> None:
    for number in range(60):
        server.put(mail(number), at=START + timedelta(days=number), user=user)
    server.put(b"X-No: mail\n\n", user=user)
    chance = random.Random(seed)
    with relay(server.plain, lambda _: chance.random() < 0.1) as tap:
        found = insisting(lambda: of(server, user, "INBOX", server.access(user, security=PLAIN, port=tap.port), page=5))
    whole = records(read(server, user))
    assert {each.key: each for each in found} == {each.key: each for each in whole}
    assert sum(isinstance(each, BadRecord) for each in whole) == 1
