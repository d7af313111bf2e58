"""A small disk of its own, which can be filled to the last byte and emptied again."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path


@cache
def suppression_reason() -> str:
    """Say why there can be no such disk here, if so."""
    if os.geteuid():
        return "only root can mount a small disk"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder), 1):
                return ""
        except subprocess.CalledProcessError:
            return "no disk can be mounted here"


class Disk:
    """What is mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self) -> int:
        """Leave no room; returns how many bytes that took."""
        with self.ballast.open("ab", buffering=0) as file:
            for piece in (1 << 20, 4096, 1):
                with suppress(OSError):
                    while file.write(bytes(piece)) == piece:
                        pass
        return self.ballast.stat().st_size

    def free(self) -> None:
        """Give the room back."""
        self.ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mount an empty disk at an empty folder while the block runs.

    Raises:
        CalledProcessError: it cannot be mounted.
    """
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)],
        check=True,
        capture_output=True,
    )
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
