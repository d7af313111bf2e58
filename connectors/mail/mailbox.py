"""One mailbox out of an address field, whoever wrote it: the many ways of writing one address give one address.

Used for headers, Graph's and Google's fields, and the ATTENDEE and ORGANIZER of calendars.
Sources: RFC 5321 and 5322 (addr-spec), RFC 6068 (mailto: and its escapes), RFC 5891 (IDNA), MS-OXCMAIL 2.2.3.1
(encapsulated addresses), BATV's prvs=, SRS.
"""

import re
from functools import lru_cache
from unicodedata import normalize

import idna

from connectors.text import decoded
from models.records import Mailbox

LONGEST_ADDRESS = 320  # 64 for the local part, "@", 255 for the domain (RFC 5321)
LONGEST_ENCAPSULATED = 1024  # what Exchange wraps takes three characters for each special one
LONGEST_NAME = 998  # characters, still encoded

_AROUND = ' \t\r\n<>"\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff'  # with what no one sees, copied along

_SIMPLE = re.compile(
    r"(?!(?i:imcea|srs[01]|mailto))[A-Za-z0-9._+/~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}"
)
_SCHEME = re.compile(r"^(?:mailto:|smtp:)+", re.IGNORECASE)
_ESCAPE = re.compile(r"%(2[0-9A-F]|3D|40|5F|7E)", re.IGNORECASE)
_NOT_IN_LOCAL = re.compile(r'[\s"(),:;<>@\\\[\]]')
_NOT_IN_DOMAIN = re.compile(r'[\s"(),;<>@\\%]|^(?!\[).*:')
_ENCAPSULATED = re.compile(r"IMCEA(?:SMTP|MAILTO)-(.+)", re.IGNORECASE)
_WRAPPED_CHARACTER = re.compile(r"\+([0-9A-F]{2})", re.IGNORECASE)
_PRVS = re.compile(r"prvs=[0-9a-f]{4,16}=(.+)|prvs=(.+)/[0-9a-f]{6,16}", re.IGNORECASE)
_SRS = re.compile(r"SRS[01][=+-](?:.*==)?[^=]+=[^=]+=([^=@]+)=([^@]+)", re.IGNORECASE)


@lru_cache(maxsize=16384)
def mailbox(address: str, name: str = "") -> Mailbox | None:
    """Give the mailbox that `address` stands for, or None where it names none ("/O=EXCHANGE/CN=...", "invalid:nomail").

    `name` is the display name as it was written; a name that only repeats the address is dropped.
    """
    # What is remembered must be short, or memory would be a stranger's to fill.
    if len(address) > LONGEST_ENCAPSULATED:
        return None
    bare = address if _SIMPLE.fullmatch(address) else _plain(address)
    if bare is None:
        return None
    name = decoded(name[:LONGEST_NAME])
    repeated = name.strip("'\"<> ").casefold() in {bare.casefold(), address.casefold()}
    return Mailbox(bare, "" if repeated else _unquoted(name))


def _unquoted(name: str) -> str:
    """Outlook puts names into single quotes; a name with one in it ("O'Neill") keeps it."""
    return name[1:-1].strip() if len(name) > 2 and name[0] == name[-1] == "'" else name


def _plain(address: str) -> str | None:
    """Take off what was put around an address, and undo any escaping of its characters."""
    text = _SCHEME.sub("", address.strip(_AROUND).replace("\uff20", "@"))
    if "%" in text:
        unescaped = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
        text = _SCHEME.sub("", unescaped) if unescaped.count("@") == 1 else text
    local, _, host = text.strip(_AROUND).rpartition("@")
    if not host.startswith("["):  # a list as programs print it: "[ann@park.example, ben@reed.example]"
        local, host = local.removeprefix("["), host.removesuffix("]")
    domain = host.rstrip(_AROUND + "'.,;")
    if local.startswith("'") and "'" in host[len(domain) :]:
        local = local[1:]
    local, domain = _unwrapped(local.strip('"'), domain)
    if not local or not domain or _NOT_IN_LOCAL.search(local) or _NOT_IN_DOMAIN.search(domain):
        return None
    found = f"{normalize('NFC', local)}@{_ascii(domain)}"
    return found if found.isprintable() and len(found) <= LONGEST_ADDRESS else None


def _unwrapped(local: str, domain: str) -> tuple[str, str]:
    """Return the address that a relay or a filter wrapped into the local part of its own."""
    if found := _ENCAPSULATED.fullmatch(local):
        inner = _WRAPPED_CHARACTER.sub(lambda escape: chr(int(escape[1], 16)), found[1].replace("_", "/"))
        inner_local, _, inner_domain = inner.rpartition("@")
        return (inner_local, inner_domain) if inner_local else (local, domain)
    if found := _PRVS.fullmatch(local):
        return found[1] or found[2], domain
    if found := _SRS.fullmatch(local):
        return found[2], found[1]
    return local, domain


def _ascii(domain: str) -> str:
    """Return a domain in lower case and, where it is an international one, as the network knows it (xn--...)."""
    lower = domain.lower()
    if lower.isascii():
        return lower
    try:
        return idna.encode(lower, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return normalize("NFC", lower)
