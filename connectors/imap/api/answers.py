"""What the untagged responses of an IMAP server say (pure); tolerant of everything servers were seen to do."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connectors.errors import ProtocolError
from connectors.imap.api.uids import Uids
from connectors.imap.api.wire import Parts

#: One value in a FETCH: an atom, a string or literal, NIL, or a list of these.
Value = bytes | None | list["Value"]
#: What one FETCH said of a mail, by item; the header fields stand under HEADERS whatever they are echoed as.
Items = dict[bytes, Value]
HEADERS = b"BODY[HEADER.FIELDS"

_FETCH = re.compile(rb"\* \d+ FETCH (?=\()", re.IGNORECASE)
# Each repetition is possessive and stops where the next could begin: whatever comes, it costs as much as it is long.
_TOKEN = re.compile(
    rb"""
        (\() | (\))
        | "((?:[^"\\]++|\\.)*+)(?:"|\\?$)
        | ((?: [^\s\0()"\[]++ | \[[A-Z.]++(?:\ \([^)\]\[]*+\))?+\] | \[ )++)
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_DEEPEST = 8
_SEARCH = re.compile(rb"\* SEARCH\b([ \d]*)", re.IGNORECASE)
_ESEARCH = re.compile(rb"\* ESEARCH\b.*? ALL ([\d:,]+)", re.IGNORECASE)
_LIST = re.compile(rb'\* X?LIST \(([^)]*)\) (NIL|"(?:[^"\\]|\\.)?") ?(.*)$', re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_COUNT = re.compile(rb"\* (\d+) (EXISTS|EXPUNGE)\b", re.IGNORECASE)
_VALIDITY = re.compile(rb"\* OK \[UIDVALIDITY (\d+)\]", re.IGNORECASE)


class Listed(NamedTuple):
    """A folder as LIST shows it: its flags in lower case, the bytes between the levels of its name, and the name."""

    flags: frozenset[str]
    delimiter: bytes
    name: bytes


def fetched(parts: Parts) -> tuple[int, Items] | None:
    """Return the UID and the items of a FETCH response; None where it is none, or says no UID.

    Raises:
        ValueError: it is a FETCH that can't be read.
    """
    found = _FETCH.match(parts[0])
    if found is None:
        return None
    said = _values([parts[0][found.end() :], *parts[1:]])[0]
    if not isinstance(said, list):
        raise ValueError("no list")  # noqa: TRY004 - a value of the answer, not of ours
    items: Items = {}
    for name, value in zip(said[::2], said[1::2], strict=False):
        if isinstance(name, bytes):
            upper = name.upper()
            items[HEADERS if upper.startswith(HEADERS) else upper] = value
    uid = items.get(b"UID")
    return (int(uid), items) if isinstance(uid, bytes) and uid.isdigit() and int(uid) else None


def searched(untagged: Iterable[Parts]) -> Uids:
    """Return the UIDs that a SEARCH answered, in whatever form.

    Raises:
        ProtocolError: they can't be read: taken as none, every email would look deleted.
    """
    try:
        return Uids.of(pair for parts in untagged for pair in _pairs(parts[0]))
    except ValueError as error:
        raise ProtocolError("imap.not_understood") from error


def folders(untagged: Iterable[Parts]) -> Iterator[Listed]:
    """Yield the folders of a LIST or XLIST."""
    for parts in untagged:
        found = _LIST.match(parts[0])
        if found is None:
            continue
        # Flags were seen without a blank between them.
        flags = frozenset(flag.decode().lower() for flag in re.findall(rb"\\([A-Za-z]+)", found[1]))
        delimiter = b"" if found[2].upper() == b"NIL" else _unescaped(found[2][1:-1])
        name = _name(found[3], parts)
        if name:
            yield Listed(flags, delimiter, name)


def counted(parts: Parts, exists: int) -> int:
    """Return how many mails there are after this response."""
    found = _COUNT.match(parts[0])
    if found is None:
        return exists
    return int(found[1]) if found[2].upper() == b"EXISTS" else max(0, exists - 1)


def validity(untagged: Iterable[Parts]) -> int:
    """Return the UIDVALIDITY that EXAMINE reports, 0 where it reports none."""
    return next((int(found[1]) for parts in untagged if (found := _VALIDITY.match(parts[0]))), 0)


def _name(rest: bytes, parts: Parts) -> bytes:
    if len(parts) > 1:
        return parts[1].strip(b"\0")
    quoted = _QUOTED.match(rest)
    return (_unescaped(quoted[1]) if quoted else rest.strip()).strip(b"\0")


def _pairs(line: bytes) -> Iterator[tuple[int, int]]:
    if found := _ESEARCH.match(line):
        for span in found[1].split(b","):
            first, _, last = span.partition(b":")
            if first:
                yield _span(int(first), int(last or first))
    elif found := _SEARCH.match(line):
        for number in map(int, found[1].split()):
            yield number, number


def _span(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one <= other else (other, one)


def _values(parts: Parts) -> list[Value]:
    stack: list[list[Value]] = [[]]
    for number, part in enumerate(parts):
        if number % 2:
            stack[-1].append(part)
            continue
        for token in _TOKEN.finditer(part):
            kind = token.lastindex
            if kind == 4:
                atom = token[4]
                stack[-1].append(None if atom.upper() == b"NIL" else atom)
            elif kind == 3:
                stack[-1].append(_unescaped(token[3]))
            elif kind == 1:
                if len(stack) > _DEEPEST:
                    raise ValueError("too deep")
                inner: list[Value] = []
                stack[-1].append(inner)
                stack.append(inner)
            elif len(stack) > 1:
                stack.pop()
    return stack[0] or [None]


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(rb"\1", text) if b"\\" in text else text
