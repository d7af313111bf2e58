"""Address headers, each distinct one parsed once: ordinary forms by one regular expression, the rest token by token."""

import re
from collections.abc import Iterator
from functools import lru_cache

from connectors.mail.mailbox import mailbox
from connectors.mail.odd_addresses import odd_mailboxes
from connectors.text import LONGEST_REMEMBERED, decoded
from models.records import Mailbox

# Every repetition is possessive: whatever a value holds, each of its characters is looked at once. An "@" may stand in
# a name (who writes it there writes no address), and a bare address is no encoded word.
_MAILBOX = re.compile(
    r"""\s*+(?:
        (?: "((?:[^"\\]|\\.)*+)"\s*+ | ([^"<>(),;:\\]*+) ) <\s*+([^\s<>@"(),;:\\]++@[^\s<>@"(),;:\\]++)\s*+>
        | (?!=\?)([^\s<>@"(),;:\\]++@[^\s<>@"(),;:\\]++)
    )\s*+(?:,[\s,]*+|$)""",
    re.VERBOSE,
)


#: A word that encodes a mailbox whole, and leaves its brackets as they are.
_ENCODED_WHOLE = re.compile(r"=\?[^?\s]{1,40}\?[qQ]\?[^?<]*+<[^?>]*+>[^?]*+\?=")


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes of an address header, groups flattened, in order; what holds no address is left out."""
    return _cached(value) if len(value) < 1000 else tuple(_parsed(value))


def first_mailbox(value: str | None) -> Mailbox | None:
    """Return the first mailbox of an address header, if it is there and names one."""
    if not value:
        return None
    found = _cached(value) if len(value) < LONGEST_REMEMBERED else mailboxes(value)
    return found[0] if found else None


@lru_cache(maxsize=16384)
def _cached(value: str) -> tuple[Mailbox, ...]:
    return tuple(_parsed(value))


def _parsed(value: str) -> Iterator[Mailbox]:
    if "=?" in value and _ENCODED_WHOLE.search(value):
        value = decoded(value, 4 * len(value))
    at, end = 0, len(value)
    while at < end:
        found = _MAILBOX.match(value, at)
        if found is None:
            yield from _rest(value[at:], whole=at == 0)
            return
        quoted, plain, angled, bare = found.groups()
        at = found.end()
        name = re.sub(r"\\(.)", r"\1", quoted) if quoted else plain or ""
        if made := mailbox(angled or bare, name):
            yield made


def _rest(value: str, *, whole: bool) -> Iterator[Mailbox]:
    found = list(odd_mailboxes(value))
    # Some programs encode a whole header, addresses and all.
    if not found and whole and "=?" in value and (text := decoded(value)) != value and "=?" not in text:
        found = list(odd_mailboxes(text))
    yield from found
