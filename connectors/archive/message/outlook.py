"""Outlook's .msg files: the headers a mail came with, or what Outlook keeps instead; bodies are never opened.

Sources: MS-OXMSG (the container and the names of its streams), MS-OXPROPS (the properties).
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, BinaryIO

from connectors.headers import Headers, from_pairs, read_block
from connectors.mail.charsets import decode

LARGEST = 8 << 20  # bytes of one property
MOST_RECIPIENTS = 10_000

_HEADERS, _SUBJECT, _MESSAGE_ID, _REPLY_TO_ID = 0x007D, 0x0037, 0x1035, 0x1042
_CLASS, _SUBMITTED, _RECEIVED, _CODE_PAGE, _FLAGS = 0x001A, 0x0039, 0x0E06, 0x3FFD, 0x0E07
_UNSENT = 0x08  # in _FLAGS
# An SMTP address is best; else what the address type says it is.
_AUTHOR = (0x5D02, 0x0065), 0x0042  # the person it was sent for
_SENDER = (0x5D01, 0x0C1F), 0x0C1A
_RECIPIENT = (0x39FE, 0x3003), 0x3001
_KIND = 0x0C15
_KINDS = {1: "To", 2: "Cc", 3: "Bcc"}
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class UnreadableMessageError(ValueError):
    """A file that is no message; `str(error)` is one sentence."""


def msg_headers(file: BinaryIO) -> Headers:
    """Read the headers of a .msg file.

    Raises:
        UnreadableMessageError: it is damaged, or holds something else than a mail.
    """
    import olefile  # few archives hold such files

    try:
        with olefile.OleFileIO(file) as container:
            return _headers(container)
    except UnreadableMessageError:
        raise
    except Exception as error:  # what a damaged container makes the library raise is not documented
        raise UnreadableMessageError(
            f"this Outlook message is damaged: {str(error) or type(error).__name__}"
        ) from error


def _headers(container: Any) -> Headers:
    root = _Properties(container, "", 32)
    kind = root.text(_CLASS)
    if kind and not kind.upper().startswith(("IPM.NOTE", "IPM.SCHEDULE", "REPORT", "IPM.OUTLOOK")):
        raise UnreadableMessageError(f"this Outlook item is not an email ({kind[:60]})")
    headers = read_block(root.text(_HEADERS).replace("\r\n", "\n").strip("\n").encode("utf-8", "replace"))
    kept = from_pairs(_pairs(container, root))
    if root.number(_FLAGS) & _UNSENT and "received" not in headers:
        kept["x-unsent"] = "1"
    # The headers that came with a mail say more than what Outlook made of them.
    return {**kept, **headers}


def _pairs(container: Any, root: "_Properties") -> Iterator[tuple[str, str]]:
    for name, (author, title) in (("From", _AUTHOR), ("Sender", _SENDER)):
        if address := root.address(author):
            yield name, _named(root.text(title), address)
    for _, recipient in zip(range(MOST_RECIPIENTS), _recipients(container, root.codec), strict=False):
        if address := recipient.address(_RECIPIENT[0]):
            kind = _KINDS.get(recipient.number(_KIND) & 0xF, "To")
            yield kind, _named(recipient.text(_RECIPIENT[1]), address)
    for name, tag in (("Subject", _SUBJECT), ("Message-ID", _MESSAGE_ID), ("In-Reply-To", _REPLY_TO_ID)):
        if text := root.text(tag):
            yield name, " ".join(text.split())
    for name, tag in (("Date", _SUBMITTED), ("Received", _RECEIVED)):
        if at := root.moment(tag):
            yield name, f"{'; ' if name == 'Received' else ''}{format_datetime(at)}"


def _named(name: str, address: str) -> str:
    quoted = name.replace("\\", "").replace('"', "'")
    return f'"{quoted}" <{address}>' if quoted else address


def _recipients(container: Any, codec: str) -> Iterator["_Properties"]:
    for path in container.listdir(streams=False, storages=True):
        if len(path) == 1 and path[0].startswith("__recip_version1.0_"):
            yield _Properties(container, f"{path[0]}/", 8, codec)


class _Properties:
    """The properties of a message or of one of its recipients."""

    def __init__(self, container: Any, folder: str, head: int, codec: str = "") -> None:
        self._container = container
        self._folder = folder
        fixed = self._stream("__properties_version1.0")[head:]
        self._fixed = {
            tag >> 16: value for tag, _, value in struct.iter_unpack("<II8s", fixed[: len(fixed) // 16 * 16])
        }
        self.codec = codec or f"cp{self.number(_CODE_PAGE) or 1252}"

    def _stream(self, name: str) -> bytes:
        path = self._folder + name
        if not self._container.exists(path):
            return b""
        with self._container.openstream(path) as stream:
            content: bytes = stream.read(LARGEST)
        return content

    def text(self, tag: int) -> str:
        """Return a text property, "" where there is none."""
        if wide := self._stream(f"__substg1.0_{tag:04X}001F"):
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self._stream(f"__substg1.0_{tag:04X}001E")
        return decode(narrow, self.codec).rstrip("\0") if narrow else ""

    def address(self, tags: tuple[int, ...]) -> str:
        """Return the first of these that is an SMTP address; an internal name has none."""
        return next((text for tag in tags if "@" in (text := self.text(tag))), "")

    def number(self, tag: int) -> int:
        """Return a number, 0 where there is none."""
        return int.from_bytes(self._fixed.get(tag, b"")[:4], "little")

    def moment(self, tag: int) -> datetime | None:
        """Return a time, which is counted in tenths of microseconds since 1601."""
        ticks = int.from_bytes(self._fixed.get(tag, b""), "little")
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None
