"""Finds what lies at the given paths: which files and folders are archives, and of which kind."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from connectors import places
from connectors.archive.ics import CalendarFile, CalendarFolder, is_ics
from connectors.archive.kinds import BEGINNING, OUTLOOK, REFUSED, Kind, ending, is_saved_mail, kind_of, refusal
from connectors.archive.mbox.files import CompressedMbox, Mbox
from connectors.archive.packed.opening import unpacked_beginning
from connectors.archive.source import Source, Unreadable
from models.enums import Place

_ARCHIVE_NAMES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")


def sources(paths: Sequence[Path], now: datetime) -> list[Source]:
    """Return a source for every archive under `paths`, each once, in order of name."""
    found = {source.stream.name: source for path in paths for source in _at(path, now)}
    return [found[name] for name in sorted(found)]


def _at(path: Path, now: datetime) -> Iterator[Source]:
    if path.is_dir():
        yield from _in_folder(path, now)
        return
    if _endless(path):
        yield Unreadable(path, "archive.not_a_file")
        return
    # Apple Mail keeps each mailbox as a file called "mbox" in a folder of the mailbox's name.
    place = places.of_folder(path.parent.name if path.name == "mbox" else path.name)
    # A file that was named is an archive, whatever it is called: what cannot be read in it is reported.
    yield from _named(path, place, now)


def _named(path: Path, place: Place, now: datetime) -> Sequence[Source]:
    beginning = _beginning(path)
    kind, inner = _kinds(path, beginning)
    if kind is Kind.COMPRESSED and inner in {Kind.CALENDAR, Kind.ZIP, Kind.EXPORT, Kind.REFUSED}:
        return [Unreadable(path, "archive.unpack_first")]
    if kind is Kind.UNKNOWN:
        return _sources(path, Kind.MAIL if beginning.startswith(OUTLOOK) else Kind.MBOX, inner, place, now)
    return _sources(path, kind, inner, place, now, named=True)


def _in_folder(root: Path, now: datetime) -> Iterator[Source]:
    from connectors.archive.folders.maildir import Maildir, is_maildir

    barred: list[OSError] = []
    for name, folders, files in os.walk(root, onerror=barred.append):
        folder = Path(name)
        inward = folder.relative_to(root.parent).parts[::-1]
        if is_maildir(folder):
            yield Maildir(folder, places.of_folder(*inward))
            folders[:] = sorted(set(folders) - {"cur", "new", "tmp"})
            continue
        folders.sort()
        yield from _files(folder, sorted(files), inward, now)
    for error in barred:
        yield Unreadable(Path(error.filename), "archive.not_allowed", path=error.filename)


def _files(folder: Path, files: Sequence[str], inward: Sequence[str], now: datetime) -> Iterator[Source]:
    """Yield the archives that lie directly in a folder."""
    from connectors.archive.folders.mh import MhFolder, is_mh, is_numbered
    from connectors.archive.folders.saved import SavedMails

    place = places.of_folder(*inward)
    numbered = is_mh(folder, files)
    if numbered:
        yield MhFolder(folder, place)
    if any(map(is_ics, files)):
        yield CalendarFolder(folder, now)
    mails = set()
    for file in files:
        if file.startswith(".") or is_saved_mail(file) or is_ics(file) or (numbered and is_numbered(file)):
            continue
        path = folder / file
        if _endless(path):
            continue
        kind, inner = _kinds(path, _beginning(path))
        if kind is Kind.MAIL:
            mails.add(file)
        elif _is_wanted(file, kind, inner):
            yield from _sources(path, kind, inner, places.of_folder(file, *inward), now)
    if mails or any(map(is_saved_mail, files)):
        yield SavedMails(folder, place, mails)


def _is_wanted(name: str, kind: Kind, inner: Kind) -> bool:
    """Whether a file that was met, not named, is read: many documents are zip files, anyone can write an export."""
    if kind in {Kind.ZIP, Kind.TAR} or (kind is Kind.COMPRESSED and inner is Kind.TAR):
        return name.lower().endswith(_ARCHIVE_NAMES)
    if kind is Kind.COMPRESSED:
        return inner in {Kind.MBOX, Kind.MAIL}
    if kind is Kind.EXPORT:
        return name.lower().endswith(".jsonl")
    return kind is not Kind.UNKNOWN and not (kind is Kind.REFUSED and name.lower().endswith((".rar", ".7z")))


def _kinds(path: Path, beginning: bytes) -> tuple[Kind, Kind]:
    """Say what a file is, and what is in it where it is compressed."""
    kind = kind_of(path.name, beginning)
    if kind is not Kind.COMPRESSED:
        return kind, Kind.UNKNOWN
    inner = kind_of(path.stem, unpacked_beginning(path, BEGINNING))
    return kind, Kind.MBOX if inner is Kind.UNKNOWN and ".mb" in path.name.lower() else inner


def _sources(
    path: Path, kind: Kind, inner: Kind, place: Place, now: datetime, *, named: bool = False
) -> Sequence[Source]:
    """Return what reads a file of a kind; the rarer ones are loaded where they are met."""
    match kind:
        case Kind.MBOX:
            return [Mbox(path, place)]
        case Kind.MAIL:
            from connectors.archive.folders.saved import SavedMail

            return [SavedMail(path, place)]
        case Kind.CALENDAR:
            return [CalendarFile(path, now)]
        case Kind.EXPORT:
            from connectors.archive.exported import Export

            return [Export(path, named=named)]
        case Kind.REFUSED:
            return [Unreadable(path, refusal(path.name), what=REFUSED[ending(path.name)])]
        case Kind.COMPRESSED if inner is not Kind.TAR:
            return [CompressedMbox(path, place)]
        case Kind.ZIP | Kind.TAR | Kind.COMPRESSED:
            from connectors.archive.packed.sources import packed

            return list(packed(path, now))
        case _:
            return []


def _endless(path: Path) -> bool:
    """Whether it is a pipe or a device, which would be waited for or never end."""
    try:
        return path.exists() and not (path.is_file() or path.is_dir())
    except OSError:
        return False  # it cannot be read: reported when its records are asked for


def _beginning(path: Path) -> bytes:
    """Return a file's first bytes; nothing of an unreadable one, which is reported when its records are asked for."""
    try:
        with path.open("rb") as file:
            return file.read(BEGINNING)
    except OSError:
        return b""
