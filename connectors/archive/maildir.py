"""Maildir folders: a file a mail, named by its arrival; flags at the end of the name say draft and deleted."""

import re
from pathlib import Path

from connectors.archive.listing import MailFolder
from connectors.archive.source import printable
from connectors.base import Stream
from models.enums import Place, StreamKind

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
        found = _FLAGS.search(path)
        flags = found[1] if found else ""
        if "T" in flags:
            return Place.TRASH
        return Place.DRAFT if "D" in flags else self.place


def is_maildir(path: Path) -> bool:
    """Tell a Maildir folder by the folders it must have."""
    return (path / "cur").is_dir() and ((path / "new").is_dir() or (path / "tmp").is_dir())
