"""Whether a file has only grown or was changed: digests of its beginning and of the bytes before a position."""

from hashlib import blake2b
from pathlib import Path

SPAN = 4096


def before(path: Path, at: int) -> str:
    """Return a digest of the first and of the last SPAN bytes of the first `at` bytes of the file."""
    digest = blake2b(digest_size=12)
    with path.open("rb") as file:
        digest.update(file.read(min(SPAN, at)))
        file.seek(max(at - SPAN, 0))
        digest.update(file.read(min(SPAN, at)))
    return digest.hexdigest()


def whole(path: Path) -> str:
    """Give a digest that changes when a compressed file does: its size, beginning and end (which holds a checksum)."""
    size = path.stat().st_size
    return f"{size}-{before(path, size)}"
