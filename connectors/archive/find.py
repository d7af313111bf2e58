"""Finds what lies at the given paths: which files and folders are archives, and of which kind."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from connectors import places
from connectors.archive.eml import EmlFile, EmlFolder, is_eml
from connectors.archive.exported import Export
from connectors.archive.ics import CalendarFile, CalendarFolder, is_ics
from connectors.archive.maildir import Maildir, is_maildir
from connectors.archive.mbox import GzippedMbox, Mbox
from connectors.archive.source import Source, Unreadable
from connectors.archive.takeout import zipped
from connectors.headers import read_block
from models.enums import Place

BEGINNING = 4096  # bytes that tell what a file is


def sources(paths: Sequence[Path], now: datetime) -> list[Source]:
    """Give a source for every archive under `paths`, each once, in order of name."""
    found = {source.stream.name: source for path in paths for source in _at(path, now)}
    return [found[name] for name in sorted(found)]


def _at(path: Path, now: datetime) -> Iterator[Source]:
    if path.is_dir():
        yield from _in_folder(path, now)
        return
    if _endless(path):
        yield Unreadable(path, f"{path} is neither a file nor a folder: name one that holds mail or a calendar.")
        return
    # Apple Mail keeps each mailbox as a file called "mbox" in a folder of the mailbox's name.
    place = places.of_folder(path.parent.name if path.name == "mbox" else path.name)
    # A file that was named is an archive, whatever it is called: what cannot be read in it is told.
    yield from _kind(path, _beginning(path), place, now, named=True) or [_bare(path, place)]


def _bare(path: Path, place: Place) -> Source:
    headed = is_eml(path.name) or not {"from", "message-id", "date"}.isdisjoint(read_block(_beginning(path)))
    return EmlFile(path, place) if headed else Mbox(path, place)


def _in_folder(root: Path, now: datetime) -> Iterator[Source]:
    barred: list[OSError] = []
    for name, folders, files in os.walk(root, onerror=barred.append):
        folder = Path(name)
        inward = folder.relative_to(root.parent).parts[::-1]
        if is_maildir(folder):
            yield Maildir(folder, places.of_folder(*inward))
            folders[:] = sorted(set(folders) - {"cur", "new", "tmp"})
            continue
        folders.sort()
        if any(map(is_eml, files)):
            yield EmlFolder(folder, places.of_folder(*inward))
        if any(map(is_ics, files)):
            yield CalendarFolder(folder, now)
        for file in sorted(files):
            if not (file.startswith(".") or is_eml(file) or is_ics(file)):
                yield from _among_others(folder / file, places.of_folder(file, *inward), now)
    for error in barred:
        yield Unreadable(Path(error.filename), f"{error.filename} may not be read: {error.strerror}")


def _among_others(path: Path, place: Place, now: datetime) -> Iterator[Source]:
    """Give the archive that a file met in a folder is; most files are none."""
    if _endless(path):
        return
    beginning, name = _beginning(path), path.name.lower()
    if beginning.startswith(b"PK"):
        wanted = name.endswith(".zip")  # many documents are zip files too
    elif beginning.startswith(b"\x1f\x8b"):
        wanted = name.endswith((".mbox.gz", ".mbx.gz"))
    else:
        wanted = True
    if wanted:
        yield from _kind(path, beginning, place, now)


def _kind(path: Path, beginning: bytes, place: Place, now: datetime, *, named: bool = False) -> Sequence[Source]:
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return list(zipped(path, now))
    if beginning.startswith(b"\x1f\x8b"):
        return [GzippedMbox(path, place)]
    if text[:15].upper() == b"BEGIN:VCALENDAR":
        return [CalendarFile(path, now)]
    if text.startswith(b"{") and b'"occurred_at"' in text and (named or path.suffix.lower() == ".jsonl"):
        return [Export(path, named=named)]
    if text.startswith(b"From ") or path.suffix.lower() in {".mbox", ".mbx"}:
        return [Mbox(path, place)]
    return []


def _endless(path: Path) -> bool:
    """Whether it is a pipe or a device, which would be waited for or never end."""
    try:
        return path.exists() and not (path.is_file() or path.is_dir())
    except OSError:
        return False  # it cannot be read: told when its records are asked for


def _beginning(path: Path) -> bytes:
    """Give a file's first bytes; nothing of one that cannot be read, which is told when its records are asked for."""
    try:
        with path.open("rb") as file:
            return file.read(BEGINNING)
    except OSError:
        return b""
