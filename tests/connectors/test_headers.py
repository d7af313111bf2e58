"""Headers as they are met in the wild, and what is read from them."""

from datetime import UTC, datetime

import pytest

from connectors.addresses import mailboxes
from connectors.dates import date_header, from_line
from connectors.headers import email_record, from_pairs, read_block
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
    made = email_record("k", read_block(raw), where="here")
    assert isinstance(made, EmailRecord)
    return made


def test_pairs_and_raw_bytes_give_the_same_record() -> None:
    pairs = [("FROM", "Ann <a@b.example>"), ("To", "c@d.example"), ("to", "e@f.example"), ("Subject", "Hi")]
    raw = "\r\n".join(f"{name}: {value}" for name, value in pairs)
    assert email_record("k", from_pairs(pairs), where="here") == record(raw)
    assert [mailbox.address for mailbox in record(raw).to] == ["c@d.example", "e@f.example"]


def test_headers_that_are_no_mail_are_a_value() -> None:
    assert isinstance(email_record("k", read_block(b"\x00\xff" * 500), where="here"), BadRecord)
