"""Files that a browser sends: written into a private folder as they arrive, never kept whole in memory."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import anyio.to_thread
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from models.errors import CodedError

#: Files of one upload, characters of one field, and bytes that stay free on the disk.
FILES, FIELD, SPARE = 100, 2000, 1 << 30


class UploadRefused(CodedError):  # noqa: N818 - says what is wrong
    """Files that were sent cannot be taken."""


class Upload:
    """One multipart body, part by part; fields come before files, as the page has them."""

    def __init__(self, folder: Path, allowed: Callable[[dict[str, str]], bool], room: int) -> None:
        """Write at most `room` bytes into `folder`, once `allowed` has seen the fields."""
        self.folder = folder
        self.room = room
        self.allowed = allowed
        self.fields: dict[str, str] = {}
        self.paths: list[Path] = []
        self._header = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._text = b""
        self._file: BinaryIO | None = None

    def callbacks(self) -> Any:
        """Return what the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_part_end": self._end,
        }

    def require_files(self) -> None:
        """Insist that something came.

        Raises:
            UploadRefused: no file came, or only empty ones.
        """
        if not any(path.stat().st_size for path in self.paths):
            raise UploadRefused("upload.empty")

    def close(self) -> None:
        """Close what was being written when the browser went."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self._headers, self._name, self._text = {}, "", b""

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode(errors="replace")[:100]
        sent = options.get(b"filename")
        if not sent:
            return
        if not self.allowed(self.fields):
            raise UploadRefused("upload.out_of_date")
        if len(self.paths) >= FILES:
            raise UploadRefused("upload.too_many", most=FILES)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / safe_name(sent.decode(errors="replace"), len(self.paths))
        self._file = path.open("xb")
        self.paths.append(path)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self.room -= end - start
            if self.room < 0:
                raise UploadRefused("upload.no_room")
            self._file.write(data[start:end])
        elif len(self._text) + end - start <= FIELD:
            self._text += data[start:end]

    def _end(self) -> None:
        if self._file is not None:
            self.close()
        elif self._name:
            self.fields[self._name] = self._text.decode(errors="replace")


def safe_name(sent: str, number: int) -> str:
    """Make a name of our own from the one that was sent: no folder, no hidden file, the ending kept (pure)."""
    bare = re.sub(r"[^\w.\- ]", "_", re.split(r"[/\\]", sent)[-1]).strip(". ")[-80:].lstrip(". ")
    return f"{number + 1:03}-{bare or 'file'}"


async def receive(request: Request, home: Path, allowed: Callable[[dict[str, str]], bool]) -> Upload:
    """Take an upload into a new folder below the home; whatever goes wrong, nothing of it stays.

    Raises:
        UploadRefused: with what to do about it.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    said = request.headers.get("content-length", "")
    room = shutil.disk_usage(home).free - SPARE
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise UploadRefused("upload.out_of_date")
    if said.isdecimal() and int(said) > room:
        raise UploadRefused("upload.no_room")
    upload = Upload(home / "uploads" / uuid4().hex, allowed, room)
    parser = MultipartParser(options[b"boundary"], upload.callbacks())
    try:
        async for part in request.stream():
            await anyio.to_thread.run_sync(parser.write, part)
        parser.finalize()
        upload.require_files()
    except BaseException:
        upload.close()
        shutil.rmtree(upload.folder, ignore_errors=True)
        raise
    return upload
