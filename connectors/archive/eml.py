"""Mails saved as single .eml files: a folder of them, or one alone."""

from pathlib import Path

from connectors.archive.listing import MailFolder
from connectors.archive.source import printable
from connectors.base import Stream
from models.enums import Place, StreamKind


class EmlFolder(MailFolder):
    """The .eml files that lie directly in a folder; a mail's key is the name of its file."""

    def __init__(self, path: Path, place: Place) -> None:
        """Read the folder at `path`, whose name says that its mails lie in `place`."""
        super().__init__(Stream(StreamKind.MAIL, printable(str(path)), printable(path.name)), place, [path])

    def key(self, name: str) -> str | None:
        """Tell mails by the ending of their names."""
        return name if is_eml(name) else None


class EmlFile(MailFolder):
    """One mail in a file."""

    def __init__(self, path: Path, place: Place) -> None:
        """Read the file at `path`."""
        super().__init__(Stream(StreamKind.MAIL, printable(str(path)), printable(path.name)), place, [path.parent])
        self._name = path.name

    def key(self, name: str) -> str | None:
        """Only the one."""
        return name if name == self._name else None


def is_eml(name: str) -> bool:
    """Tell a file that holds one mail by its name."""
    return name.lower().endswith(".eml") and not name.startswith(".")
