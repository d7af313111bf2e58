"""Finds what lies at the given paths: which files and folders are archives, and of which kind."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from connectors.archive import places
from connectors.archive.mbox import GzippedMbox, Mbox
from connectors.archive.source import Source


def sources(paths: Sequence[Path]) -> list[Source]:
    """Give a source for every archive under `paths`, each once, in order of name."""
    found = {source.stream.name: source for path in paths for source in _at(path)}
    return [found[name] for name in sorted(found)]


def _at(path: Path) -> Iterator[Source]:
    place = places.of_folder(path.name, path.parent.name)
    if path.name.endswith(".gz"):
        yield GzippedMbox(path, place)
    else:
        yield Mbox(path, place)
