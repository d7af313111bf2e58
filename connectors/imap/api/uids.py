"""Sets of UIDs: spans instead of single numbers, since a folder holds a hundred thousand of them (pure)."""

import zlib
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator

#: Bytes a stored set may unfold to: more than a million spans.
_LARGEST = 1 << 24


class Uids:
    """An immutable set of UIDs in ascending order."""

    __slots__ = ("spans",)

    def __init__(self, spans: tuple[tuple[int, int], ...] = ()) -> None:
        """Hold spans (first, last) that are sorted and don't touch; `of` makes them so."""
        self.spans = spans

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> "Uids":
        """Make a set of spans in any order; 0 is no UID."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted(spans):
            if last < 1:
                continue
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((max(first, 1), last))
        return cls(tuple(merged))

    @classmethod
    def single(cls, numbers: Iterable[int]) -> "Uids":
        """Make a set of single UIDs."""
        return cls.of((number, number) for number in numbers)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Uids) and self.spans == other.spans

    def __hash__(self) -> int:
        return hash(self.spans)

    def __contains__(self, uid: int) -> bool:
        at = bisect_right(self.spans, (uid, 1 << 62)) - 1
        return at >= 0 and self.spans[at][0] <= uid <= self.spans[at][1]

    def __iter__(self) -> Iterator[int]:
        for first, last in self.spans:
            yield from range(first, last + 1)

    def __or__(self, other: "Uids") -> "Uids":
        return Uids.of((*self.spans, *other.spans)) if self and other else self or other

    def __and__(self, other: "Uids") -> "Uids":
        return self - (self - other)

    def __sub__(self, other: "Uids") -> "Uids":
        left: list[tuple[int, int]] = []
        holes = iter(other.spans)
        hole = next(holes, None)
        for first, last in self.spans:
            at = first
            while hole is not None and hole[1] < at:
                hole = next(holes, None)
            while hole is not None and hole[0] <= last:
                if hole[0] > at:
                    left.append((at, hole[0] - 1))
                at = hole[1] + 1
                if at > last:
                    break
                hole = next(holes, None)
            if at <= last:
                left.append((at, last))
        return Uids(tuple(left))

    def __repr__(self) -> str:
        return f"Uids({self.text.decode()})"

    @property
    def last(self) -> int:
        """The highest UID, 0 if there is none."""
        return self.spans[-1][1] if self.spans else 0

    @property
    def first(self) -> int:
        """The lowest UID, 0 if there is none."""
        return self.spans[0][0] if self.spans else 0

    @property
    def text(self) -> bytes:
        """The set as a command names it: 1:4,7."""
        return b",".join(b"%d:%d" % span if span[0] < span[1] else b"%d" % span[0] for span in self.spans)

    def newest(self, count: int) -> "Uids":
        """The highest `count` of them."""
        taken: list[tuple[int, int]] = []
        for first, last in reversed(self.spans):
            if count <= 0:
                break
            taken.append((max(first, last - count + 1), last))
            count -= last - first + 1
        return Uids(tuple(reversed(taken)))

    def oldest(self, count: int) -> "Uids":
        """The lowest `count` of them."""
        taken: list[tuple[int, int]] = []
        for first, last in self.spans:
            if count <= 0:
                break
            taken.append((first, min(last, first + count - 1)))
            count -= last - first + 1
        return Uids(tuple(taken))


def written(uids: Uids) -> str:
    """Return a set as a cursor keeps it: the lengths of gaps and spans alternating, packed."""
    before, steps = 0, []
    for first, last in uids.spans:
        steps.append(f"{first - before} {last - first}")
        before = last
    return b64encode(zlib.compress(",".join(steps).encode())).decode()


def read_back(text: str) -> Uids:
    """Read what `written` gave.

    Raises:
        ValueError: this is something else.
    """
    try:
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(b64decode(text, validate=True), _LARGEST).decode()
        if not unpacking.eof:
            raise ValueError("too long, or cut off")
    except zlib.error as error:
        raise ValueError("not packed") from error
    spans, at = [], 0
    for step in plain.split(",") if plain else ():
        gap, length = map(int, step.split(" "))
        if gap < 1 or length < 0:
            raise ValueError("not ascending")
        spans.append((at + gap, at + gap + length))
        at += gap + length
    return Uids(tuple(spans))
