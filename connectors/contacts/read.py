"""Reading a file of contacts, whichever kind it is."""

from pathlib import Path

from connectors.contacts.card import LARGEST, Book
from connectors.contacts.table import NoContacts, read_table
from connectors.contacts.vcard import read_vcards
from models.errors import CodedError


class NotContacts(CodedError):  # noqa: N818 - says what is wrong
    """The file holds no contacts that can be read."""


def read_contacts(path: Path) -> Book:
    """Read a file of contacts.

    Raises:
        NotContacts: it is none, or too large.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise NotContacts("archive.contacts_large", file=path.name)
    text = _text(content)
    try:
        book = read_vcards(text) if "BEGIN:VCARD" in text[:4096].upper() else read_table(text)
    except NoContacts:
        raise NotContacts("archive.no_contacts", file=path.name) from None
    if not (book.cards or book.without_address):
        raise NotContacts("archive.no_contacts", file=path.name)
    return book


def _text(content: bytes) -> str:
    """Decode it: UTF-16 where it begins so (Google's older files), else UTF-8, else what Windows writes."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
