"""Headers as they are met in the wild, and what is read from them."""

from datetime import UTC, datetime
from email.utils import formataddr

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.addresses import mailboxes
from connectors.dates import date_header, from_line
from connectors.headers import READ, Beside, email_record, from_pairs, read_block
from connectors.text import clean
from models.records import BadRecord, EmailRecord


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.example", [("a@b.example", "")]),
        ("A@B.Example", [("A@b.example", "")]),
        ("Ann <a@b.example>", [("a@b.example", "Ann")]),
        ("<a@b.example>", [("a@b.example", "")]),
        ('"Roe, Ann" <a@b.example>, c@d.example', [("a@b.example", "Roe, Ann"), ("c@d.example", "")]),
        (r'"Ann \"Nan\" Roe" <a@b.example>', [("a@b.example", 'Ann "Nan" Roe')]),
        ("a@b.example,\n c@d.example", [("a@b.example", ""), ("c@d.example", "")]),
        ("a@b.example,,, c@d.example,", [("a@b.example", ""), ("c@d.example", "")]),
        ("a@b.example (Ann Roe)", [("a@b.example", "Ann Roe")]),
        ("Team: a@b.example, Cy <c@d.example>;", [("a@b.example", ""), ("c@d.example", "Cy")]),
        ("undisclosed-recipients:;", []),
        ("Ann <a@b.example", [("a@b.example", "Ann")]),
        ("Roe, Ann <a@b.example>", [("a@b.example", "Ann")]),
        ('"a@b.example" <a@b.example>', [("a@b.example", "")]),
        ("=?utf-8?q?J=C3=BCrgen?= <j@b.example>", [("j@b.example", "Jürgen")]),
        ('"=?utf-8?b?SsO8cmdlbg==?=" <j@b.example>', [("j@b.example", "Jürgen")]),
        ("Jürgen <j@b.example>", [("j@b.example", "Jürgen")]),
        ("=?no-such-charset?q?x=41?= <j@b.example>", [("j@b.example", "xA")]),
        ("<@relay.example:a@b.example>", [("a@b.example", "")]),
        ("nobody at all", []),
        ("", []),
        ("(" * 5000, []),
        ("Ann\0 <a@b.example>", [("a@b.example", "Ann")]),
    ],
)
def test_address_headers(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(mailbox.address, mailbox.name) for mailbox in mailboxes(value)] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 1 Jul 2024 19:00:00 +0200", datetime(2024, 7, 1, 17, tzinfo=UTC)),
        ("1 Jul 2024 19:00 GMT", datetime(2024, 7, 1, 19, tzinfo=UTC)),
        ("Mon, 01 Jul 2024 10:00:01 -0700 (PDT)", datetime(2024, 7, 1, 17, 0, 1, tzinfo=UTC)),
        ("Mon, 1 Jul 24 19:00:00 EST", datetime(2024, 7, 2, 0, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 23:59:60 +0000", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Mon, 1 Jul 0000 19:00:00 +0200", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Mon, 31 Feb 2024 19:00:00 +0200", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(value: str, expected: datetime | None) -> None:
    assert date_header(value) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("From ann@example.org Mon Jan  1 09:30:00 2024", datetime(2024, 1, 1, 9, 30, tzinfo=UTC)),
        ("From 17@xxx Mon Jan 01 09:30:00 +0100 2024", datetime(2024, 1, 1, 8, 30, tzinfo=UTC)),
        ("From - Mon Jan 01 09:30:00 2024", datetime(2024, 1, 1, 9, 30, tzinfo=UTC)),
        ("From me", None),
    ],
)
def test_from_lines(line: str, expected: datetime | None) -> None:
    assert from_line(line) == expected


def record(text: str | bytes) -> EmailRecord:
    raw = text if isinstance(text, bytes) else text.encode()
    made = email_record("k", read_block(raw), Beside("here"))
    assert isinstance(made, EmailRecord)
    return made


def test_pairs_and_raw_bytes_give_the_same_record() -> None:
    pairs = [("FROM", "Ann <a@b.example>"), ("To", "c@d.example"), ("to", "e@f.example"), ("Subject", "Hi")]
    raw = "\r\n".join(f"{name}: {value}" for name, value in pairs)
    assert email_record("k", from_pairs(pairs), Beside("here")) == record(raw)
    assert [mailbox.address for mailbox in record(raw).to] == ["c@d.example", "e@f.example"]


def test_headers_that_are_no_mail_are_a_value() -> None:
    assert isinstance(email_record("k", read_block(b"\x00\xff" * 500), Beside("here")), BadRecord)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?iso-8859-1*de?q?Gr=FC=DFe?=", "Grüße"),
        ("=?utf-8?q?one?= =?utf-8?q?two?=", "onetwo"),
        ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
        ("=?utf-8?b?w7w=?=\n =?utf-8?b?w58=?=", "üß"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("=?utf-8?q?under_score=5F?=", "under score_"),
        ("folded\r\n\ttext", "folded text"),
        ("=?utf-8?q?never ends", "=?utf-8?q?never ends"),
        ("Grüße", "Grüße"),
    ],
)
def test_subjects(value: str, expected: str) -> None:
    assert record(f"From: a@b.example\nSubject: {value}").subject == expected


NEW, OLD = "Wed, 3 Jul 2024 10:00:00 +0000", "Mon, 1 Jan 2018 10:00:00 +0000"


@pytest.mark.parametrize(
    ("lines", "sent", "received", "note"),
    [
        (f"Date: {NEW}\nReceived: by x; {NEW}", 2024, 2024, None),
        (f"Date: {NEW}", 2024, None, None),
        (f"Received: by x; {NEW}", None, 2024, "there is no Date header: the time is that of receipt"),
        (
            f"Date: soon\nReceived: by x; {NEW}",
            None,
            2024,
            "the Date header is unreadable: the time is that of receipt",
        ),
        ("Date: soon", None, 2010, "the Date header is unreadable: the time is that of the mbox From line"),
        (f"Date: {OLD}\nReceived: by x; {NEW}\nReceived: by y; {OLD}", 2018, 2018, None),
        (f"Date: {OLD}\nReceived: by x; {NEW}", 2018, 2024, None),
        (f"Date: {NEW}\nReceived: by x (no date)", 2024, None, None),
    ],
)
def test_times(lines: str, sent: int | None, received: int | None, note: str | None) -> None:
    """A mailbox that was moved has newer hops than its mails; the From_ line is the last resort."""
    saved = datetime(2010, 1, 1, tzinfo=UTC)
    made = email_record("k", read_block(f"From: a@b.example\n{lines}".encode()), Beside("here", saved_at=saved))
    assert isinstance(made, EmailRecord)
    assert (made.sent_at.year if made.sent_at else None) == sent
    assert (made.received_at.year if made.received_at else None) == received
    assert made.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("Subject: hello", ()),
        ("Auto-Submitted: no", ("auto-submitted=no",)),
        ("Auto-Submitted: Auto-Replied; owner-email=x", ("auto-submitted=auto-replied",)),
        ("List-Id: Talk <talk.lists.example>\nList-Unsubscribe: <mailto:x@y>", ("list-id", "list-unsubscribe")),
        ("List-Unsubscribe-Post: List-Unsubscribe=One-Click", ("list-unsubscribe-post",)),
        ("Precedence: Bulk", ("precedence=bulk",)),
        ("X-Auto-Response-Suppress: All", ("x-auto-response-suppress=all",)),
        ("Return-Path: <>", ("return-path=<>",)),
        ("Return-Path: <a@b.example>", ()),
        ("Content-Type: multipart/report; report-type=delivery-status", ("report",)),
        ("Feedback-ID: a:b:c", ("feedback-id",)),
        ("X-Autoreply: yes", ("x-autoreply",)),
        ("X-Auto-Reply: yes", ("x-autoreply",)),
        ("X-Failed-Recipients: c@d.example", ("report",)),
        ("X-MS-Exchange-Inbox-Rules-Loop: a@b.example", ("automatic-reply",)),
        ("X-MS-Exchange-Inbox-Rules-Loop: boss@d.example", ()),  # redirected by a rule of boss's: a person wrote it
    ],
)
def test_signals_of_automation(lines: str, expected: tuple[str, ...]) -> None:
    assert record(f"From: a@b.example\n{lines}").signals == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('Content-Type: text/calendar; method=REPLY; charset="utf-8"', True),
        ("Content-Type: multipart/alternative; method=REQUEST; boundary=x", True),
        ('Content-Type: multipart/alternative; boundary="calendar"', False),
        ("Content-Type: text/plain; name=method=x", False),
        ("Content-Class: urn:content-classes:calendarmessage", True),
        ("Sender: Google Calendar <calendar-notification@google.com>", True),
        ("Subject: Invitation: lunch", False),
    ],
)
def test_invitations_by_mail(lines: str, expected: bool) -> None:
    assert record(f"From: a@b.example\n{lines}").invitation is expected


def test_ids_and_threads() -> None:
    made = record(
        "From: a@b.example\nMessage-ID:\r\n <new@x>\r\nIn-Reply-To: <mid@x> (note)\r\nReferences: <old@x>\r\n\t<mid@x>"
    )
    assert (made.message_id, made.in_reply_to, made.thread) == ("new@x", "mid@x", "old@x")
    made = record("From: a@b.example\nIn-Reply-To: <mid@x>")
    assert (made.message_id, made.thread) == (None, "mid@x")
    assert record("From: a@b.example\nMessage-ID: < new@x >").message_id == "new@x"


def test_an_empty_header_says_nothing_and_a_block_may_begin_with_a_blank() -> None:
    made = record(" From: a@b.example\nSubject:\nSubject: hello\nDate: \nDate: Mon, 1 Jul 2024 10:00:00 +0200")
    assert made.sender
    assert made.sender.address == "a@b.example"
    assert made.subject == "hello"
    assert made.sent_at == datetime(2024, 7, 1, 8, tzinfo=UTC)
    assert record("From: a@b.example\nMessage-ID: bare@x").message_id == "bare@x"


def test_everybody_named_is_kept() -> None:
    made = record(
        "From: a@b.example, second@b.example\nTo: c@d.example\nTO: e@d.example\nCc: f@d.example\nBcc: g@d.example\n"
        "Reply-To: r@b.example\nDelivered-To: me@d.example\nDelivered-To: other@d.example\nList-Post: <mailto:Talk@L.example>"
    )
    assert made.sender
    assert made.sender.address == "a@b.example"
    assert [mailbox.address for mailbox in (*made.to, *made.cc, *made.bcc)] == [f"{x}@d.example" for x in "cefg"]
    assert (made.reply_to.address if made.reply_to else None, made.delivered_to) == ("r@b.example", "me@d.example")
    assert made.list_post == "talk@l.example"
    assert record("From: a@b.example\nList-Post: NO").list_post is None


ATOM = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-_", min_size=1, max_size=12).map(
    lambda text: f"x{text}x".replace("..", ".")
)
NAME = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='"\\'), min_size=1, max_size=20)


@given(st.lists(st.tuples(NAME, ATOM, ATOM), max_size=8), st.sampled_from(["\n ", " ", "\r\n\t", ""]))
def test_what_the_library_writes_is_read_back(people: list[tuple[str, str, str]], gap: str) -> None:
    expected = [(name, f"{local}@{domain}") for name, local, domain in people]
    value = f",{gap}".join(formataddr((name, address)) for name, address in expected)
    made = record(f"Message-ID: <x@y>\nTo: {value}")
    # A name that is the address is dropped.
    assert [(m.name or m.address, m.address) for m in made.to] == [
        (address if clean(name).strip("'").casefold() == address else clean(name) or address, address)
        for name, address in expected
    ]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(sorted(READ)), st.text(max_size=120)), max_size=12))
def test_any_pairs_give_a_record_that_can_be_stored(pairs: list[tuple[str, str]]) -> None:
    made = email_record("k", from_pairs(pairs), Beside("here"))
    written = msgspec.json.encode(made)
    assert b"\\u0000" not in written
    assert msgspec.json.decode(written, type=EmailRecord | BadRecord) == made


@given(st.binary(max_size=600))
def test_any_bytes_give_a_record_that_can_be_stored(raw: bytes) -> None:
    msgspec.json.encode(email_record("k", read_block(b"From: a@b.example\n" + raw), Beside("here")))
