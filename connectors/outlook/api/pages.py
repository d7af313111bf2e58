"""A page of Graph items decoded at once, and one by one where one of them cannot be read (pure)."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from connectors.errors import ProtocolError
from models.records import BadRecord

Item = TypeVar("Item")


class _Page(Struct, Generic[Item], frozen=True):
    value: list[Item]
    next_link: str | None = field(name="@odata.nextLink", default=None)
    delta_link: str | None = field(name="@odata.deltaLink", default=None)


class _Named(Struct, frozen=True):
    id: str | None = None


class Pages(Generic[Item]):
    """Decodes pages of one kind of item."""

    def __init__(self, kind: type[Item]) -> None:
        """Build the decoders once."""
        self._page: Callable[[bytes], _Page[Item]] = msgspec.json.Decoder(_Page[kind]).decode  # type: ignore[valid-type] # built here
        self._raw = msgspec.json.Decoder(_Page[Raw]).decode
        self._item: Callable[[Raw], Item] = msgspec.json.Decoder(kind).decode

    def read(self, body: bytes, where: str) -> "DecodedPage[Item]":
        """The items of a page, its links, and what of it could not be read.

        Raises:
            ProtocolError: it is no page at all.
        """
        try:
            page = self._page(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._one_by_one(body, where)
        return DecodedPage(page.value, (), page.next_link, page.delta_link)

    def _one_by_one(self, body: bytes, where: str) -> "DecodedPage[Item]":
        try:
            page = self._raw(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProtocolError("microsoft.unknown_answer", detail=str(error)) from error
        items, bad = [], []
        for raw in page.value:
            try:
                items.append(self._item(raw))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                bad.append(_bad(raw, where, error))
        return DecodedPage(items, bad, page.next_link, page.delta_link)


class DecodedPage(NamedTuple, Generic[Item]):
    """What a page holds: its items, what of it could not be read, and its links."""

    items: Sequence[Item]
    bad: Sequence[BadRecord]
    next_link: str | None
    delta_link: str | None


def _bad(raw: Raw, where: str, error: Exception) -> BadRecord:
    try:
        key = msgspec.json.decode(raw, type=_Named).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        key = None
    place = f"{where}: {key or 'an item without an id'}"
    return BadRecord(place, f"Microsoft's answer can't be read: {error}", key)
