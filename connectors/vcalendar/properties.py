"""Content lines: a name, parameters and a value (RFC 5545 3.1), read as far as a line can be."""

import re
from typing import NamedTuple

# Possessive: each character is looked at once, whatever a line holds.
_NAME = re.compile(r"[A-Z0-9-]++", re.IGNORECASE)
_PARAMETER = re.compile(r';[ ]*([A-Z0-9-]++)[ ]*=((?:"[^"]*+"|[^;:"]++)*+)', re.IGNORECASE)
_LOOSE = re.compile(r";(?=[A-Z0-9-]+=)", re.IGNORECASE)
_CARET = re.compile(r"\^(['n^])")
_ESCAPED = re.compile(r"\\([\\;,:nN])")
_MEANT = {"'": '"', "n": "\n", "^": "^"}


class Property(NamedTuple):
    """One content line; names are upper case, parameters without their quotes."""

    name: str
    parameters: dict[str, str]
    value: str


Properties = dict[str, list[Property]]


def properties(lines: list[str]) -> Properties:
    """Return the properties of a component by name; what is no content line is passed over."""
    found: Properties = {}
    for line in lines:
        one = content_line(line)
        if one is not None:
            found.setdefault(one.name, []).append(one)
    return found


def content_line(line: str) -> Property | None:
    """Read one unfolded line."""
    named = _NAME.match(line)
    if named is None:
        return None
    at = named.end()
    parameters: dict[str, str] = {}
    while found := _PARAMETER.match(line, at):
        at = found.end()
        parameters[found[1].upper()] = _plain(found[2])
    if line[at : at + 1] == ":":
        return Property(named[0].upper(), parameters, line[at + 1 :].strip())
    return loose(line)


def loose(line: str) -> Property | None:
    """Read a line whose parameters hold unquoted colons or stray quotes: the value stands behind the last colon."""
    head, colon, value = line.rpartition(":")
    named = _NAME.match(head)
    if not colon or named is None:
        return None
    parts = (part.partition("=") for part in _LOOSE.split(head[named.end() :])[1:])
    return Property(named[0].upper(), {name.upper(): _plain(said) for name, _, said in parts}, value.strip())


def _plain(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        value = value[1:].partition('"')[0]  # of a list the first
    # RFC 6868
    return _CARET.sub(lambda found: _MEANT[found[1]], value) if "^" in value else value


def text(value: str) -> str:
    """Return a TEXT value as a person reads it."""
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value) if "\\" in value else value
