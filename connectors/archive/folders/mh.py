"""MH folders (nmh, Claws, Gnus), and the spool of Cyrus: a file a mail, named by a number."""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from connectors.archive.folders.listing import MailFolder
from connectors.archive.message.block import looks_like_mail
from connectors.archive.source import printable
from connectors.base import Stream
from models.enums import Place, StreamKind

FEW = 5  # files looked at to see whether numbers are the names of mails

_NUMBER = re.compile(r"\d{1,10}\.?")


class MhFolder(MailFolder):
    """The mails that lie directly in one MH folder; a mail's key is its number."""

    def __init__(self, path: Path, place: Place) -> None:
        """Read the folder at `path`, whose name says that its mails lie in `place`."""
        super().__init__(Stream(StreamKind.MAIL, printable(f"{path}/1"), printable(path.name)), place, [path])

    def key(self, name: str) -> str | None:
        """Only numbers are mails: a deleted one has another character before it."""
        return name if is_numbered(name) else None


def is_numbered(name: str) -> bool:
    """Recognize a mail of an MH folder by its file's name."""
    return _NUMBER.fullmatch(name) is not None


def is_mh(folder: Path, files: Sequence[str]) -> bool:
    """Recognize an MH folder by the content of its numbered files."""
    return any(looks_like_mail(folder / name) for name in islice(filter(is_numbered, files), FEW))
