"""Maildir folders: a file a mail, named by its arrival; flags at the end of the name say draft and deleted."""

import re
from itertools import islice
from pathlib import Path

from connectors.archive.folders.listing import MailFolder
from connectors.archive.message.block import looks_like_mail
from connectors.archive.source import printable
from connectors.base import Stream
from models.enums import Place, StreamKind

FEW = 10  # files looked at to see what a folder called "cur" or "new" is

_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")  # file systems without ":" in names see ";" or "!" written instead


class Maildir(MailFolder):
    """One Maildir folder (its `cur` and `new`); a mail's key is its name without flags, which it keeps when moved."""

    def __init__(self, path: Path, place: Place) -> None:
        """Read the folder at `path`, whose name says that its mails lie in `place`."""
        folders = [path / name for name in ("cur", "new") if (path / name).is_dir()]
        super().__init__(Stream(StreamKind.MAIL, printable(str(path)), printable(path.name)), place, folders)

    def key(self, name: str) -> str | None:
        """Every file but the hidden ones is a mail."""
        return None if name.startswith(".") else _FLAGS.sub("", name)

    def place_of(self, path: str) -> Place:
        """A deleted or unfinished mail is marked so by its flags."""
        return by_flags(path, self.place)


def by_flags(name: str, place: Place) -> Place:
    """Say where a mail of a folder of `place` lies, by the flags in its file's name."""
    found = _FLAGS.search(name)
    flags = found[1] if found else ""
    if "T" in flags:
        return Place.TRASH
    return Place.DRAFT if "D" in flags else place


def is_maildir(path: Path) -> bool:
    """Recognize a Maildir folder by its subfolders, or the content of the one that is left: copies lose empty ones."""
    inner = [path / name for name in ("cur", "new", "tmp") if (path / name).is_dir()]
    if len(inner) > 1:
        return True
    return bool(inner) and inner[0].name != "tmp" and any(map(_is_delivered, islice(inner[0].iterdir(), FEW)))


def _is_delivered(path: Path) -> bool:
    if path.name.startswith(".") or not path.is_file():
        return False
    return looks_like_mail(path)
