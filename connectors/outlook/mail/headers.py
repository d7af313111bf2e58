"""Picking the few headers that are read out of the many a mail has, still in JSON (pure).

A received mail has thirty headers and more, some four fifths of what Graph sends; decoding only what is read halves the
cost of a mail.
"""

import re

import msgspec
from msgspec import Raw, Struct

from connectors.automation import NAMES
from connectors.headers import Headers, from_pairs
from connectors.mail.writers import NAMES as WRITERS

#: The header in which Exchange says how it verified a mail; it leaves out its own name.
AUTHENTICATION = "authentication-results"
READ = NAMES | WRITERS | {AUTHENTICATION, "in-reply-to", "delivered-to", "content-type", "resent-from", "resent-sender"}

_NAME = b'"name":"'
_FOLLOWED = b'","value":'
_ANY = b"|".join(re.escape(name.encode()) for name in sorted(READ))
_WANTED = re.compile(rb'"name":"((?i:' + _ANY + rb'))","value":("[^"\\]*(?:\\.[^"\\]*)*")')


class _Header(Struct, frozen=True, gc=False):
    name: str
    value: str | None = None


_decode_all = msgspec.json.Decoder(list[_Header] | None).decode
_decode_text = msgspec.json.Decoder(str).decode


def headers_in(raw: Raw) -> Headers:
    """The headers that are read, of an internetMessageHeaders array.

    Raises:
        msgspec.DecodeError: it is no such array.
    """
    text = bytes(raw)
    # Quotes inside of text are escaped, so these cannot stand there. As often as each other: each name is directly
    # followed by its value, and the pattern misses none.
    if text.count(_NAME) == text.count(_FOLLOWED) > 0:
        pairs = [(name.decode(), _decode_text(value)) for name, value in _WANTED.findall(text)]
    else:
        pairs = [(each.name, each.value or "") for each in _decode_all(text) or () if each.name.lower() in READ]
    headers = from_pairs(pairs)
    for name, value in pairs:
        if name.lower() == AUTHENTICATION:  # the topmost is that of the last hop
            return {**headers, AUTHENTICATION: value}
    return headers
