"""Mails saved as single files, .eml, .emlx or .msg: a folder of them, or one alone."""

from collections.abc import Collection
from pathlib import Path

from connectors.archive.folders.listing import MailFolder
from connectors.archive.kinds import is_saved_mail
from connectors.archive.message.proton import place_beside
from connectors.archive.source import printable
from connectors.base import Stream
from models.enums import Place, StreamKind


class SavedMails(MailFolder):
    """The saved mails that lie directly in a folder; a mail's key is the name of its file."""

    def __init__(self, path: Path, place: Place, others: Collection[str] = ()) -> None:
        """Read the folder at `path`, whose name says that its mails lie in `place`.

        `others` are the names of files that are mails by what they hold.
        """
        super().__init__(Stream(StreamKind.MAIL, printable(str(path)), printable(path.name)), place, [path])
        self._others = others

    def key(self, name: str) -> str | None:
        """Recognize mails by the ending of their names."""
        return name if is_saved_mail(name) or name in self._others else None

    def place_of(self, path: str) -> Place:
        """Proton Mail's export says it in a file beside."""
        return place_beside(Path(path), self.place)


class SavedMail(MailFolder):
    """One mail in a file."""

    def __init__(self, path: Path, place: Place) -> None:
        """Read the file at `path`."""
        super().__init__(Stream(StreamKind.MAIL, printable(str(path)), printable(path.name)), place, [path.parent])
        self._name = path.name

    def key(self, name: str) -> str | None:
        """Only the one."""
        return name if name == self._name else None
