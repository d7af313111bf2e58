"""Where mails begin: every way of writing an mbox gives its mails, once, and nothing that only looks like one."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.archive.mbox.scan import End, Found, Scan, Stray
from models.records import BadRecord, EmailRecord, Record
from tests.connectors.archive.feeds import found
from tests.connectors.mails import mail, mbox


def read(tmp_path: Path, content: bytes, name: str = "inbox.mbox") -> tuple[list[str | None], list[BadRecord]]:
    (tmp_path / name).write_bytes(content)
    records: list[Record] = found(tmp_path / name)
    ids = [record.message_id for record in records if isinstance(record, EmailRecord)]
    return ids, [record for record in records if isinstance(record, BadRecord)]


THREE = ["m1@example.org", "m2@example.org", "m3@example.org"]
ASCTIME = "Mon Jan  1 09:30:00 2024"


@pytest.mark.parametrize(
    "line",
    [
        f"From ann@example.org {ASCTIME}",
        f"From ann@example.org  {ASCTIME} +0100",
        "From ann@example.org Mon Jan 01 09:30:00 +0000 2024",
        "From 1790000000000000000@xxx Mon Jan 01 09:30:00 +0000 2024",
        f"From - {ASCTIME}",
        f"From ??? {ASCTIME}",
        f'From "ann park"@example.org {ASCTIME}',
        f"From ann@example.org {ASCTIME} remote from relay",
        f"From  {ASCTIME}",
        "From ann@example.org",
        "From -",
        "From ",
        "From MAILER-DAEMON",
        "From ann@example.org Mon Jan  1 2024",
        f"From {'x' * 3000}@example.org {ASCTIME}",
    ],
)
@pytest.mark.parametrize("between", ["\n", ""])
@pytest.mark.parametrize("feed", ["\n", "\r\n", "\r"])
def test_from_lines_of_many_programs(tmp_path: Path, line: str, between: str, feed: str) -> None:
    content = "".join(f"{line}\n{mail(number).decode()}{between}" for number in (1, 2, 3)).replace("\n", feed)
    assert read(tmp_path, content.encode()) == (THREE, [])


PATCH = f"""From {"0a1b2c3d4e" * 4} Mon Sep 17 00:00:00 2001
From: Ann Example <ann@example.org>
Date: Mon, 1 Jul 2024 10:00:00 +0200
Subject: [PATCH] mend
"""


@pytest.mark.parametrize(
    "body",
    [
        f"See:\n\n{PATCH}\n---\n diff\n",  # what git format-patch wrote, pasted
        "From here on it is prose\n\nFrom me\nTo: you\n",
        "\nFrom the desk of Ann\nNote: call back\nRegards: Ann\n",
        "\nFrom 10:30 to 11:30 we meet.\nBring: cake\n"[:0] + "\nfrom 10:30 we meet\n",
        f"\nFrom ann@example.org {ASCTIME}\n> quoted, and no headers follow\n",
        f"\n>From ann@example.org {ASCTIME}\n>From: x@y.example\n\nquoted as mboxrd quotes\n",
        f"\n>>From ann@example.org {ASCTIME}\n",
        f"\n From ann@example.org {ASCTIME}\n From: x@y.example\n",
    ],
)
def test_no_phantoms(tmp_path: Path, body: str) -> None:
    assert read(tmp_path, mbox(mail(1, body=body), mail(2, body=body), mail(3, body=body))) == (THREE, [])


def test_patches_are_mails_in_a_file_of_patches(tmp_path: Path) -> None:
    content = "\n".join(f"{PATCH}Message-ID: <m{number}@example.org>\n\n---\n diff\n" for number in (1, 2, 3))
    assert read(tmp_path, content.encode()) == (THREE, [])


def test_a_stated_length_that_is_right_covers_mails_pasted_in_the_body(tmp_path: Path) -> None:
    """The form mboxcl2: nothing is quoted, the length says where a body ends."""
    body = f"See:\n\nFrom bob@example.net {ASCTIME}\nFrom: bob@example.net\nMessage-ID: <pasted@x>\n\nhello\n"
    mails = [mail(number, extra=f"Content-Length: {len(body)}\n", body=body) for number in (1, 2, 3)]
    assert read(tmp_path, mbox(*mails)) == (THREE, [])
    assert read(tmp_path, b"".join(mbox(each)[:-1] for each in mails)) == (THREE, [])


@pytest.mark.parametrize("length", [0, 1, 5, 99, 10**6, 10**11])
def test_a_stated_length_that_is_wrong_hides_nothing(tmp_path: Path, length: int) -> None:
    mails = [mail(number, extra=f"Content-Length: {length}\n") for number in (1, 2, 3)]
    assert read(tmp_path, mbox(*mails)) == (THREE, [])


@pytest.mark.parametrize("before", ["Saved by somebody\n\n", "\ufeff", "\n\n", "# mail\n"])
def test_prose_before_the_first_mail(tmp_path: Path, before: str) -> None:
    ids, bad = read(tmp_path, before.encode() + mbox(mail(1), mail(2), mail(3)))
    assert ids == THREE
    assert [record.where for record in bad] == (["inbox.mbox at byte 0"] if before.strip("\ufeff\n") else [])


def test_a_first_mail_without_its_from_line(tmp_path: Path) -> None:
    assert read(tmp_path, mail(1) + b"\n" + mbox(mail(2), mail(3))) == (THREE, [])


def test_blank_lines_and_a_mark_before_the_headers(tmp_path: Path) -> None:
    line = f"From - {ASCTIME}\n".encode()
    content = line + b"\n\n" + mail(1) + b"\n" + line + b"\xef\xbb\xbf" + mail(2) + b"\n" + line + b"\r\n" + mail(3)
    assert read(tmp_path, content) == (THREE, [])


@pytest.mark.parametrize(
    "content",
    [
        b"From the hills came a wind\nthat nobody knew\n",
        b"From ",
        b"From nobody",
        b"From x\nword",
        b"From " + b"x" * 20_000 + b"\nFrom: a@b.example\n\n",
        b"\r\rwords\rmore\r",
        b"\xff\xfewords",
    ],
)
def test_what_holds_no_mail_is_counted(tmp_path: Path, content: bytes) -> None:
    ids, bad = read(tmp_path, content)
    assert not ids
    assert len(bad) == 1


PIECES = st.sampled_from([
    b"From ", f"From a@b {ASCTIME}".encode(), b"\n", b"\n\n", b"\r\n", b"\r", b"From: a@b.example", b"Date: x",
    b"Content-Length: 7", b"words", b" ", b"Message-ID: <x@y>", PATCH.encode(), b"\xef\xbb\xbf", b"x" * 9000,
])  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=30).map(b"".join), st.integers(1, 64))
def test_every_byte_belongs_to_a_mail_or_is_counted(content: bytes, step: int) -> None:
    """However the file comes, in small pieces or in one."""

    def scanned(size: int) -> list[Found | Stray | End]:
        pieces = [content[at : at + size] for at in range(0, len(content), size)][::-1]
        return list(Scan(lambda _: pieces.pop() if pieces else b"", 0))

    once = scanned(max(len(content), 1))
    assert scanned(step) == once
    *things, end = once
    assert isinstance(end, End)
    first = things[0] if things else None
    before = content[: first.at] if isinstance(first, Found) else content if first is None else b""
    assert not before.removeprefix(b"\xef\xbb\xbf").strip()
    starts = [thing.at for thing in things if not isinstance(thing, End)]
    assert starts == sorted(set(starts))
