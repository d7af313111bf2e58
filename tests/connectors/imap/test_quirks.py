"""What servers were seen to do otherwise than the standard says, each provoked by a server that does just that."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.base import Cursor, Page, Stream
from connectors.errors import (
    ConnectorError,
    CursorExpired,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    QuotaSpent,
    RateLimited,
    TokenRevoked,
)
from connectors.imap.api.sessions import Sessions
from connectors.imap.auth import connect, signed_in
from connectors.imap.connector import ImapConnector
from models.enums import Place, StreamKind
from models.records import BadRecord, Deferred, EmailRecord, Mailbox, Record, Tombstone
from tests.connectors.imap.fake import PASSWORD, FakeImap, Mail, fake, letter

SINCE = datetime(2023, 1, 1, tzinfo=UTC)
INBOX = Stream(StreamKind.MAIL, "mail/INBOX", "INBOX")


def pages(server: FakeImap, cursor: Cursor | None = None, stream: Stream = INBOX, page: int = 3) -> list[Page]:
    return list(ImapConnector(server.access().encoded(), page=page).changes(stream, cursor, since=SINCE))


def records(found: list[Page]) -> list[Record]:
    return [record for page in found for record in page.records]


def subjects(found: list[Page]) -> list[str | None]:
    return [record.subject for record in records(found) if isinstance(record, EmailRecord)]


def letters(*uids: int) -> dict[int, Mail]:
    return {uid: letter(uid) for uid in uids}


def test_capabilities_are_read_again_after_the_sign_in() -> None:
    # iCloud's proxy and Dovecot say less before it.
    with fake(letters(1), before="IMAP4rev1 AUTH=PLAIN", after="IMAP4rev1 X-GM-EXT-1", lists=(
        '* LIST (\\HasNoChildren) "/" "INBOX"', '* LIST (\\All \\HasNoChildren) "/" "[Gmail]/All Mail"',
    )) as server:  # fmt: skip
        streams = ImapConnector(server.access().encoded()).streams()
    assert [stream.title for stream in streams] == ["[Gmail]/All Mail"]
    assert len(server.commands("CAPABILITY")) == 2


@pytest.mark.parametrize(
    "quirks",
    [
        {},
        {"empty_esearch": True},
        {"blind_search": True},
        {"capped_search": 4},
        {"after": "IMAP4rev1"},
        {"chatter": True},
        {"chatter": True, "empty_esearch": True, "blind_search": True, "capped_search": 2},
        {"before": "IMAP4rev1 LOGIN-REFERRALS"},
    ],
)
def test_everything_is_read_once_and_in_order(quirks: dict[str, Any]) -> None:
    with fake(letters(1, 2, 5, 6, 9, 10, 11), **quirks) as server:
        first = pages(server)
        assert sorted(subjects(first), key=str) == sorted((f"Letter {uid}" for uid in (1, 2, 5, 6, 9, 10, 11)), key=str)
        assert subjects(first)[0] == "Letter 11"
        end = first[-1].cursor
        # `12:*` is answered with the last mail; it is not told again.
        assert records(pages(server, end)) == []
        server.mails |= letters(12, 13)
        news = pages(server, end)
        assert subjects(news) == ["Letter 12", "Letter 13"]
        del server.mails[5], server.mails[13]
        assert records(pages(server, news[-1].cursor)) == [Tombstone("7.5"), Tombstone("7.13")]


def test_a_mail_gone_and_another_come_between_two_looks() -> None:
    with fake(letters(1, 2, 3)) as server:
        end = pages(server)[-1].cursor
        del server.mails[2]
        server.mails |= letters(4)
        found = records(pages(server, end))
    assert found[0] == Tombstone("7.2")
    assert [record.key for record in found[1:]] == ["7.4"]


def test_nothing_is_said_to_be_gone_by_a_list_that_is_not_whole() -> None:
    with fake(letters(1, 2, 3, 4)) as server:
        end = pages(server)[-1].cursor
        server.quirks.capped_search = 2
        server.quirks.refuse = {"FETCH": "NO not that way"}
        server.mails |= {6: letter(6), 5: letter(5)}
        del server.mails[1]
        with pytest.raises(ProviderUnavailable):
            pages(server, end)
        server.quirks.refuse = {}
        assert [type(record) for record in records(pages(server, end))] == [Tombstone, EmailRecord, EmailRecord]


def test_a_string_in_quotes_where_others_send_a_literal() -> None:
    mails = letters(1, 2)
    mails[2].header = 'From: "Ann \\"of\\" North" <ann@example.org>'
    with fake(mails, quoted=True) as server:
        found = {record.key: record for record in records(pages(server))}
    read = found["7.2"]
    assert isinstance(read, EmailRecord)
    assert read.sender == Mailbox("ann@example.org", 'Ann "of" North')


def test_ok_without_data_is_deferred_and_read_when_it_is_there() -> None:
    with fake(letters(1, 2, 3), without_data={2}) as server:
        first = pages(server)
        assert [record.key for record in records(first) if isinstance(record, Deferred)] == ["7.2", "7.2"]
        still = pages(server, first[-1].cursor)
        assert [type(record) for record in records(still)] == [Deferred]
        server.quirks.without_data = set()
        assert subjects(pages(server, still[-1].cursor)) == ["Letter 2"]


def test_an_answer_that_cannot_be_read_is_counted_and_the_rest_kept() -> None:
    with fake(letters(1, 2, 3), garbled={2}) as server:
        first = pages(server)
        assert sorted(subjects(first), key=str) == ["Letter 1", "Letter 3"]
        assert any(isinstance(record, BadRecord) and "INBOX" in record.where for record in records(first))
        server.quirks.garbled = set()
        assert subjects(pages(server, first[-1].cursor)) == ["Letter 2"]


def test_a_new_uidvalidity_expires_the_cursor() -> None:
    with fake(letters(1, 2)) as server:
        end = pages(server)[-1].cursor
        server.validity = 8
        with pytest.raises(CursorExpired):
            pages(server, end)
        again = pages(server)
    assert again[0].begins
    assert {record.key for record in records(again)} == {"8.1", "8.2"}


def test_a_search_answer_of_more_than_a_megabyte() -> None:
    uids = range(1_000_000, 1_150_000)
    with fake({uid: Mail("") for uid in uids}, after="IMAP4rev1") as server:
        for uid in uids:
            server.mails[uid].date = '"02-Jan-2020 10:00:00 +0000"'
        server.mails[uids[-1]] = letter(1)
        server.quirks.blind_search = False
        first = next(iter(ImapConnector(server.access().encoded()).changes(INBOX, None, since=SINCE)))
    assert [record.key for record in first.records] == [f"7.{uids[-1]}"]
    assert len(first.cursor) < 1000


def test_gmail_shows_each_mail_once_with_thread_and_place() -> None:
    mails = letters(1, 2, 3)
    mails[1].labels, mails[1].thread = '"\\\\Sent" "\\\\Important" odd]label', 0x18C0FFEE
    mails[2].labels = '"\\\\Draft"'
    mails[3].labels = "\\Inbox"
    lists = (
        '* LIST (\\HasNoChildren) "/" "INBOX"',
        '* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
        '* LIST (\\All \\HasNoChildren) "/" "[Gmail]/Alle Nachrichten"',
        '* LIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Gesendet"',
    )
    with fake(mails, after="IMAP4rev1 X-GM-EXT-1 SPECIAL-USE", lists=lists) as server:
        (stream,) = ImapConnector(server.access().encoded()).streams()
        found = {record.key: record for record in records(pages(server, stream=stream))}
    assert stream.title == "[Gmail]/Alle Nachrichten"
    assert isinstance(found["7.1"], EmailRecord)
    assert (found["7.1"].place, found["7.1"].thread) == (Place.SENT, "18c0ffee")
    others = [record for key in ("7.2", "7.3") if isinstance(record := found[key], EmailRecord)]
    assert [record.place for record in others] == [Place.DRAFT, Place.ORDINARY]


def test_gmail_without_all_mail_reads_the_rest_and_says_what_is_missing() -> None:
    lists = ('* LIST () "/" "INBOX"', '* LIST (\\Sent) "/" "[Gmail]/Sent Mail"', '* LIST (\\Trash) "/" "[Gmail]/Bin"')
    with fake(letters(1), after="IMAP4rev1 X-GM-EXT-1 SPECIAL-USE", lists=lists) as server:
        streams = ImapConnector(server.access().encoded()).streams()
        found = pages(server, stream=streams[1])
    assert [stream.title for stream in streams] == ["[Gmail]/Sent Mail", "INBOX"]
    assert all("Show in IMAP" in page.notes[0] for page in found)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", TokenRevoked),
        ("NO LOGIN failed.", TokenRevoked),
        ("BAD Command Argument Error. 11", TokenRevoked),
        (
            "NO [ALERT] Application-specific password required: https://support.google.com/x (Failure)",
            NeedsReauthorisation,
        ),
        ("NO [ALERT] Your account is not enabled for IMAP use. (Failure)", NeedsReauthorisation),
        ("NO [ALERT] Please log in via your web browser: https://x (Failure)", NeedsReauthorisation),
        ("NO [ALERT] Too many simultaneous connections. (Failure)", RateLimited),
        ("NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded", RateLimited),
        ("NO [LIMIT] LOGIN Rate limit hit", RateLimited),
        ("NO [UNAVAILABLE] Temporary authentication failure", ProviderUnavailable),
        ("* BYE [UNAVAILABLE] Shutting down", ProviderUnavailable),
    ],
)
def test_what_a_refused_sign_in_means(answer: str, kind: type[ConnectorError]) -> None:
    with fake(letters(1), refuse={"AUTHENTICATE": answer}) as server, pytest.raises(kind) as caught:
        pages(server)
    assert type(caught.value) is kind
    assert len(server.commands("AUTHENTICATE")) == 1


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("UID FETCH", "NO [OVERQUOTA] Account exceeded command or bandwidth limits", RateLimited),
        ("UID FETCH", "* BYE [OVERQUOTA] Account exceeded command or bandwidth limits", RateLimited),
        ("EXAMINE", "BAD User is authenticated but not connected.", RateLimited),
        ("UID SEARCH", "NO [SERVERBUG] Internal error", ProviderUnavailable),
        ("EXAMINE", "NO [NONEXISTENT] Unknown Mailbox", ProtocolError),
        ("UID FETCH", "BAD Error in IMAP command", ProtocolError),
    ],
)
def test_what_a_refused_command_means(command: str, answer: str, kind: type[ConnectorError]) -> None:
    with fake(letters(1), refuse={command: answer}) as server, pytest.raises(kind) as caught:
        pages(server)
    assert isinstance(caught.value, kind)
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after >= 900


def test_a_wrong_password_is_never_tried_twice() -> None:
    with fake(letters(1)) as server:
        secret = server.access("wrong").encoded()
        connectors = [ImapConnector(secret), ImapConnector(secret)]
        for connector in connectors * 2:
            with pytest.raises(TokenRevoked, match=r"imap\.wrong_password"):
                connector.streams()
            with pytest.raises(TokenRevoked):
                list(connector.changes(INBOX, None, since=SINCE))
        assert len(server.commands("AUTHENTICATE")) == 1
        assert [stream.title for stream in ImapConnector(server.access().encoded()).streams()] == ["INBOX"]


def test_icloud_may_want_the_name_before_the_at_only() -> None:
    # The fake is asked by its real name; the rule goes by the host's.
    with fake(letters(1)) as server:
        with pytest.raises(TokenRevoked):
            connect(replace(server.access(), user="x@fake.example"))
        assert len(server.commands("AUTHENTICATE")) == 1
        assert connect(server.access()).address == "mira@fake.example"


def test_no_more_is_read_in_a_day_than_a_provider_allows() -> None:
    now = [0.0]
    with fake(letters(*range(1, 40))) as server:
        access = server.access()
        sessions = Sessions(lambda: signed_in(access), daily=4000, clock=lambda: now[0])
        connector = ImapConnector(access.encoded(), page=5, sessions=sessions)
        reading = connector.changes(INBOX, None, since=SINCE)
        with pytest.raises(QuotaSpent) as caught:
            list(reading)
        assert 0 < caught.value.retry_after <= 86_400
        now[0] += caught.value.retry_after
        assert next(iter(connector.changes(INBOX, None, since=SINCE))).records


def test_the_password_shows_in_no_words() -> None:
    with fake(letters(1)) as server:
        assert PASSWORD not in repr(server.access())
        with pytest.raises(ConnectorError) as caught:
            connect(server.access("s3cret-words"))
    assert "s3cret-words" not in str(caught.value)


def test_a_connection_that_was_closed_meanwhile_is_opened_anew() -> None:
    with fake(letters(1)) as server:
        connector = ImapConnector(server.access().encoded())
        connector.streams()
        server.quirks.hang_up_at = len(server.said) + 1
        assert [stream.title for stream in connector.streams()] == ["INBOX"]
        assert len(server.commands("AUTHENTICATE")) == 2


@pytest.mark.parametrize("at", range(1, 12))
def test_a_connection_lost_at_any_command_loses_nothing(at: int) -> None:
    with fake(letters(*range(1, 8)), hang_up_at=at) as server:
        found: list[Page] = []
        cursor: Cursor | None = None
        for _ in range(3):
            try:
                connector = ImapConnector(server.access().encoded(), page=2)
                for page in connector.changes(INBOX, cursor, since=SINCE):
                    found.append(page)
                    cursor = page.cursor
                break
            except ProviderUnavailable:
                continue
    assert sorted(subjects(found), key=str) == [f"Letter {uid}" for uid in range(1, 8)]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('* LIST (\\HasNoChildren\\Marked) "/" Work', "Work"),
        ('* LIST () "/" 2024:Q1', "2024:Q1"),
        ('* LIST () NIL "Gr&APwA3w-e 2"', "Grüße 2"),
        ('* LIST () "." "A&-B"', "A&B"),
        ('* LIST () "/" "Br\\"oken\\\\"', 'Br"oken\\'),
        ('* LIST () "/" {4}\r\nWork', "Work"),
        ('* LIST () "/" "padded\0\0"', "padded"),
        ('* LIST () "/" "no &ut-7"', None),
        ('* LIST () "/" Inbox', "INBOX"),
        ('* LIST (\\Sent) "/" "G&AOkA-"', None),
    ],
)
def test_names_of_folders_as_servers_write_them(line: str, title: str | None) -> None:
    with fake(letters(1), lists=(line,)) as server:
        (stream,) = ImapConnector(server.access().encoded()).streams()
        assert subjects(pages(server, stream=stream)) == ["Letter 1"]
    assert title is None or stream.title == title
    stream.title.encode()
