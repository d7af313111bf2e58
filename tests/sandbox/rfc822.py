"""A mail of the made-up world as bytes: headers as real mailers write them (folded, encoded), and a few lines of body."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache

from models.records import Mailbox
from tests.sandbox.people import OWNER
from tests.sandbox.rhythms import HOME
from tests.sandbox.story import WorldMail

_LABELS = {
    "promotions": "Category Promotions",
    "social": "Category Social",
    "updates": "Category Updates",
    "forums": "Category Forums",
}
_FOLD = ",\n "


def message(mail: WorldMail) -> bytes:
    """The whole mail with LF line ends; not yet quoted for an mbox."""
    lines = [f"{name}: {value}" for name, value in headers(mail)]
    return ("\n".join(lines) + "\n\n" + content(mail)).encode()


def headers(mail: WorldMail) -> Iterator[tuple[str, str]]:
    """Header names and values as they stand in the file, in the order mailers use: Takeout's labels, newest trace."""
    yield "X-Gmail-Labels", labels(mail)
    if not mail.sent:
        yield from _trace(mail)
    yield "From", _address(mail.sender)
    yield "To", addresses(mail.to)
    if mail.cc:
        yield "Cc", addresses(mail.cc)
    if mail.bcc:
        yield "Bcc", addresses(mail.bcc)
    yield "Subject", text(mail.subject)
    yield "Date", format_datetime(mail.at.astimezone(HOME))
    yield "Message-ID", f"<{mail.message_id}>"
    if mail.in_reply_to:
        yield "In-Reply-To", f"<{mail.in_reply_to}>"
    if mail.references:
        yield "References", "\n ".join(f"<{one}>" for one in mail.references)
    yield from ((name, value) for name, value in mail.headers.items() if name not in {"Content-Type", "Return-Path"})
    yield "MIME-Version", "1.0"
    yield "Content-Type", mail.headers.get("Content-Type", 'text/plain; charset="utf-8"')
    yield "Content-Transfer-Encoding", "8bit"


def labels(mail: WorldMail) -> str:
    """Where the mail lies, in Takeout's words."""
    if mail.draft:
        return "Drafts"
    place = "Sent" if mail.sent else "Spam" if mail.spam else "Trash" if mail.trash else "Inbox"
    return f"{place},{_LABELS[mail.category]}" if mail.category else place


def content(mail: WorldMail) -> str:
    """The body: plain text, or a minimal object of the type that the headers promise."""
    kind = mail.headers.get("Content-Type", "")
    if kind.startswith("text/calendar"):
        method = kind.rpartition("=")[2]
        return (
            f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//keepwarm//made-up//EN\nMETHOD:{method}\nBEGIN:VEVENT\nUID:{mail.event}\n"
            f"DTSTAMP:{mail.at:%Y%m%dT%H%M%SZ}\nSUMMARY:{mail.subject}\nEND:VEVENT\nEND:VCALENDAR\n"
        )
    if kind.startswith("multipart/"):
        boundary = kind.rpartition("boundary=")[2].strip('"')
        return f"--{boundary}\nContent-Type: text/plain\n\nThe address does not exist.\n--{boundary}--\n"
    return (mail.body or f"{mail.subject}\n\nSent without a body worth reading.") + "\n"


def addresses(boxes: Sequence[Mailbox]) -> str:
    """An address list; a long one is folded at its commas."""
    written = [_address(box) for box in boxes]
    line = ", ".join(written)
    return line if len(line) < 70 else _FOLD.join(written)


@lru_cache(4096)
def _address(box: Mailbox) -> str:
    return formataddr((box.name, box.address))


@lru_cache(4096)
def text(words: str) -> str:
    """Free text in a header: RFC 2047 where it is not ASCII, folded where it is long."""
    return words if words.isascii() and len(words) < 66 else Header(words, "utf-8", header_name="Subject").encode()


def _trace(mail: WorldMail) -> Iterator[tuple[str, str]]:
    mine = mail.to[0].address if mail.to else OWNER.address
    host, theirs = f"mx.{OWNER.address.partition('@')[2]}", mail.sender.address.partition("@")[2]
    mark = mail.message_id[:10]
    yield "Return-Path", mail.headers.get("Return-Path", f"<{mail.sender.address}>")
    yield "Delivered-To", mine if mail.kind != "list" else OWNER.address
    yield (
        "Received",
        (
            f"from out.{theirs} (out.{theirs} [192.0.2.{len(theirs)}])\n\tby {host} (Postfix) with ESMTPS id {mark}\n"
            f"\tfor <{mine}>; {_stamp(mail.at + timedelta(seconds=3))}"
        ),
    )
    yield "Received", f"from [10.0.0.5] (unknown)\n\tby out.{theirs} with ESMTPSA id {mark[::-1]}; {_stamp(mail.at)}"
    yield (
        "DKIM-Signature",
        (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={theirs}; s=s1;\n\th=from:to:subject:date:message-id;\n"
            f"\tbh={mark}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; b={mark[::-1]}BBBBBBBBBBBBBBBBBBBBBBBBBBBB="
        ),
    )


def _stamp(at: datetime) -> str:
    return format_datetime(at)
