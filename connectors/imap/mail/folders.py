"""Which folders are read, each as a stream of its own, and what lying in one of them means for a mail (pure)."""

import binascii
import re
from base64 import b64decode
from collections.abc import Sequence
from urllib.parse import quote, unquote_to_bytes

from connectors.base import Stream
from connectors.errors import ProtocolError
from connectors.imap.api.answers import Listed
from connectors.places import of_folder
from connectors.text import clean
from models.enums import Place, StreamKind

#: A stream's name is one of these, a slash and the folder's name, its bytes percent-encoded.
SENT, MAIL, GMAIL, PARTIAL = "sent", "mail", "gmail", "part"
_PLACES = {SENT: Place.SENT, MAIL: Place.ORDINARY, GMAIL: Place.ORDINARY, PARTIAL: Place.ORDINARY}
_ROLES = {
    "sent": Place.SENT,
    "drafts": Place.DRAFT,
    "junk": Place.SPAM,
    "spam": Place.SPAM,
    "trash": Place.TRASH,
}
#: Views of mails that lie elsewhere, and folders that can't be opened.
_VIEWS = frozenset(("all", "allmail", "flagged", "starred", "important"))
_CLOSED = frozenset(("noselect", "nonexistent"))
NO_ALL_MAIL = (
    "Gmail hides its folder All Mail from mail programs, so archived emails may be missing. Switch on "
    '"Show in IMAP" for All Mail in Gmail\'s settings under Labels.'
)
_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")


def streams_of(listed: Sequence[Listed], *, gmail: bool) -> list[Stream]:
    """Choose the folders that are read: the sent ones first, since they say who matters."""
    whole = [folder for folder in listed if folder.flags & {"all", "allmail"} and not folder.flags & _CLOSED]
    if gmail and whole:
        return [_stream(GMAIL, whole[0])]
    found: dict[str, Stream] = {}
    roles = {folder.name: _role(folder) for folder in listed}
    for folder in listed:
        place = _inherited(folder, roles)
        if folder.flags & (_CLOSED | _VIEWS) or place not in {Place.SENT, Place.ORDINARY}:
            continue
        stream = _stream(SENT if place is Place.SENT else PARTIAL if gmail else MAIL, folder)
        found[stream.name] = stream
    order = {SENT: 0, MAIL: 2, PARTIAL: 2}
    inbox = {f"{MAIL}/INBOX", f"{PARTIAL}/INBOX"}
    return sorted(
        found.values(), key=lambda each: (1 if each.name in inbox else order[each.name.partition("/")[0]], each.name)
    )


def folder_of(stream: Stream) -> tuple[str, bytes]:
    """Return the kind of a stream's folder, and its name as the server knows it.

    Raises:
        ProtocolError: the stream is no folder of an IMAP mailbox.
    """
    kind, _, name = stream.name.partition("/")
    if kind not in _PLACES or not name:
        raise ProtocolError("imap.not_a_folder", title=stream.title)
    return kind, unquote_to_bytes(name)


def place_in(kind: str) -> Place:
    """Say what lies in folders of a kind."""
    return _PLACES[kind]


def title_of(name: bytes) -> str:
    """Return a folder's name as a person reads it: modified UTF-7 undone (RFC 3501 5.1.3), UTF-8 taken as it is."""
    try:
        return clean(_SHIFTED.sub(_unshifted, name).decode(), 200)
    except (UnicodeDecodeError, binascii.Error):
        return clean(name.decode("utf-8", "replace"), 200)


def _unshifted(found: re.Match[bytes]) -> bytes:
    if not found[1]:
        return b"&"
    packed = found[1].replace(b",", b"/")
    return b64decode(packed + b"=" * (-len(packed) % 4)).decode("utf-16-be").encode()


def _stream(kind: str, folder: Listed) -> Stream:
    # INBOX is the one name that means the same in any case; Yahoo writes Inbox.
    name = b"INBOX" if folder.name.upper() == b"INBOX" else folder.name
    return Stream(StreamKind.MAIL, f"{kind}/{quote(name, safe='/ ')}", title_of(name) or "a folder")


def _role(folder: Listed) -> Place:
    for flag, place in _ROLES.items():
        if flag in folder.flags:
            return place
    if folder.name.upper() == b"INBOX":
        return Place.ORDINARY
    name = title_of(folder.name)
    delimiter = title_of(folder.delimiter)
    return of_folder(name.rpartition(delimiter)[2] if delimiter else name)


def _inherited(folder: Listed, roles: dict[bytes, Place]) -> Place:
    """Say what a folder is by its own role, or by that of the nearest folder above it that has one."""
    name = folder.name
    while True:
        place = roles.get(name, Place.ORDINARY)
        if place is not Place.ORDINARY or not folder.delimiter or folder.delimiter not in name:
            return place
        name = name.rpartition(folder.delimiter)[0]
