"""Every parser of what strangers write, with a few honest inputs to begin with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from connectors.archive.connector import ArchiveConnector
from connectors.caldav.api import multistatus
from connectors.dates import date_header, from_line, received_header
from connectors.gmail import parse as gmail
from connectors.gmail.push import address_in
from connectors.headers import Beside, email_record, read_block
from connectors.imap.api import answers
from connectors.imap.parse import Mail
from connectors.outlook import parse as outlook
from connectors.outlook.api import wire
from connectors.outlook.push import notices
from connectors.vcalendar.read import records
from models.enums import Place
from tests.connectors.archive.feeds import NOW
from tests.connectors.contract import LONG_AGO
from tests.fuzz.mutate import spoiled, spoiled_json
from tests.fuzz.seeds import (
    BOUNCE,
    CALENDAR,
    DAV,
    ENCODE,
    EXPORTED,
    GMAIL,
    GOOGLE_EVENT,
    GRAPH_EVENT,
    GRAPH_MAIL,
    IMAP,
    IMAP_OTHER,
    MAIL,
    NOTICE,
    PUBSUB,
)  # fmt: skip
from worker.judgement.rules import check
from worker.judgement.rules.book import default_text

_any = msgspec.json.Decoder().decode
_message, _event = msgspec.json.Decoder(wire.Message).decode, msgspec.json.Decoder(wire.Event).decode


@dataclass(frozen=True)
class Target:
    """One parser: honest inputs, how they are spoiled, and reading one to its end."""

    name: str
    seeds: list[bytes]
    read: Callable[[bytes], object]
    spoil: Callable[..., bytes] = spoiled
    share: int = 1  # of the cases


def _mail(data: bytes) -> object:
    return ENCODE(email_record("1", read_block(data), Beside("here")))


def _calendar(data: bytes) -> object:
    return ENCODE(list(records([("a.ics", data)], NOW)))


def _decoded(decode: Callable[[bytes], Any], read: Callable[[Any], object]) -> Callable[[bytes], object]:
    """Read what the client has decoded; what is not of the wire's form it refuses itself, as a ProtocolError."""

    def both(data: bytes) -> object:
        try:
            value = decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return read(value)

    return both


def _gmail(shown: Any) -> object:
    return ENCODE(gmail.mail(shown)) if isinstance(shown, dict) else None


def _google_event(shown: Any) -> object:
    return ENCODE(gmail.meeting(shown, own=True, primary=True)) if isinstance(shown, dict) else None


def _dates(data: bytes) -> object:
    text = data.decode("utf-8", "replace")
    return [read(line) for read in (date_header, received_header, from_line) for line in text.splitlines()]


def _imap(data: bytes) -> object:
    parts = data.split(b"\n")
    try:
        found = answers.fetched(parts)
    except ValueError:  # as it says
        found = None
    lines = [[line] for line in parts]
    parsed = answers.searched(lines), list(answers.folders(lines)), answers.validity(lines), answers.counted(parts, 1)
    if found is not None:
        uid, items = found
        return ENCODE(Mail(str(uid), items, where="here", place=Place.ORDINARY).record())
    return parsed


def _packed(name: str) -> Callable[[bytes], object]:
    """Read a spoiled archive that was packed from honest files, or from the spoiled bytes."""
    read = _file(name)

    def both(data: bytes) -> object:
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            archive.writestr("Takeout/Mail/a.mbox", data)
        whole = packed.getvalue()
        at = len(data) % len(whole)
        return read(whole), read(whole[:at] + data[:9] + whole[at + 9 :])

    return both


def _file(name: str) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            connector = ArchiveConnector([path], now=NOW)
            return [
                ENCODE(page.records)
                for stream in connector.streams()
                for page in connector.changes(stream, None, since=LONG_AGO)
            ]

    return read


def targets() -> Iterable[Target]:
    """Every parser, the cheap ones with more of the cases."""
    box = (
        b"From a@x Sun Nov 29 12:00:00 2026\n"
        + MAIL
        + b"text\n\nFrom b@x Sun Nov 29 12:00:00 2026\n"
        + BOUNCE
        + b"text\n\n"
    )
    dates = b"Sun, 29 Nov 2026 12:00:00 +0100\n29 Nov 26 1:02 PM EST\n2026-11-29T12:00:00Z\nSun Nov 29 12:00:00 2026\n"
    return [
        Target("mail headers", [MAIL, BOUNCE], _mail, share=8),
        Target("dates", [dates], _dates, share=2),
        Target("iCalendar", [CALENDAR], _calendar, share=4),
        Target("mbox file", [box], _file("a.mbox"), share=2),
        Target("eml file", [MAIL + b"text", BOUNCE + b"text"], _file("a.eml")),
        Target("ics file", [CALENDAR], _file("a.ics")),
        Target("zip file", [box], _packed("a.zip")),
        Target("IMAP answer", [IMAP, IMAP_OTHER], _imap, share=4),
        Target("export file", [EXPORTED], _file("a.jsonl"), spoiled_json, share=2),
        Target("Gmail message", [GMAIL], _decoded(_any, _gmail), spoiled_json, share=6),
        Target("Google event", [GOOGLE_EVENT], _decoded(_any, _google_event), spoiled_json, share=6),
        Target(
            "Graph message", [GRAPH_MAIL],
            _decoded(_message, lambda one: ENCODE(outlook.email_record(one, Place.ORDINARY))), spoiled_json, share=4,
        ),
        Target(
            "Graph event", [GRAPH_EVENT],
            _decoded(_event, lambda one: ENCODE(outlook.meeting_record(one, "me@h.example", "c"))), spoiled_json, share=4,
        ),
        Target("CalDAV answer", [DAV], lambda data: multistatus.read(data, "https://dav.example/c/"), share=2),
        Target("Pub/Sub", [PUBSUB], address_in, spoiled_json, share=2),
        Target("Graph notification", [NOTICE], lambda data: list(notices(data)), spoiled_json, share=2),
        Target("rules", [default_text().encode()[-2500:]], lambda data: check(data.decode("utf-8", "replace"))),
    ]  # fmt: skip
