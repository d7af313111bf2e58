"""Address headers, each distinct one parsed once: ordinary forms by one regular expression, the rest by the library."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email.utils import getaddresses
from functools import lru_cache

from connectors.text import decoded
from models.records import Mailbox

LONGEST_ADDRESS = 320  # 64 for the local part, "@", 255 for the domain (RFC 5321)
LONGEST_NAME = 998  # characters, still encoded
LONGEST_ODD = 1 << 16  # what the library is asked to make sense of; only the addresses are looked for in more

# Every repetition is possessive: whatever a value holds, each of its characters is looked at once.
_MAILBOX = re.compile(
    r"""\s*+(?:
        (?: "((?:[^"\\]|\\.)*+)"\s*+ | ([^"<>(),;:@\\]*+) ) <\s*+([^\s<>@"(),;:\\]++@[^\s<>@"(),;:\\]++)\s*+>
        | ([^\s<>@"(),;:\\]++@[^\s<>@"(),;:\\]++)
    )\s*+(?:,[\s,]*+|$)""",
    re.VERBOSE,
)
_ADDRESS = re.compile(r'[^\s<>@"(),;:\\\[\]]{1,64}@[^\s<>@"(),;:\\\[\]]{1,255}')


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Give the mailboxes of an address header, groups flattened, in order; what holds no address is left out."""
    return _cached(value) if len(value) < 1000 else tuple(_parsed(value))


@lru_cache(maxsize=16384)
def _cached(value: str) -> tuple[Mailbox, ...]:
    return tuple(_parsed(value))


def _parsed(value: str) -> Iterator[Mailbox]:
    at, end = 0, len(value)
    while at < end:
        found = _MAILBOX.match(value, at)
        if found is None:
            yield from _odd(value[at:])
            return
        quoted, plain, angled, bare = found.groups()
        at = found.end()
        name = re.sub(r"\\(.)", r"\1", quoted) if quoted else plain or ""
        if mailbox := _mailbox(name, angled or bare):
            yield mailbox


def _odd(value: str) -> Iterator[Mailbox]:
    """Groups, comments, routes, unclosed brackets and worse."""
    if value.isspace():
        return
    people: list[tuple[str, str]] = []
    if len(value) <= LONGEST_ODD:
        with suppress(RecursionError, ValueError, IndexError):  # comments nested by the thousand
            people = getaddresses([value])
    found = [mailbox for name, address in people if (mailbox := _mailbox(name, address))]
    if not found:
        found = [mailbox for address in _ADDRESS.findall(value) if (mailbox := _mailbox("", address))]
    yield from found


def _mailbox(name: str, address: str) -> Mailbox | None:
    # What is remembered must be short, or memory would be a stranger's to fill.
    return _remembered(name[:LONGEST_NAME], address) if len(address) <= LONGEST_ADDRESS else None


@lru_cache(maxsize=16384)
def _remembered(name: str, address: str) -> Mailbox | None:
    address = address.strip()
    local, _, domain = address.rpartition("@")
    if not local or not domain or " " in address or not address.isprintable():
        return None
    name = decoded(name)
    # Many programs repeat the address as the name.
    repeated = name.strip("'\"").casefold() == address.casefold()
    return Mailbox(f"{local}@{domain.lower()}", "" if repeated else name)
