"""Address headers that are not ordinary: groups, comments, routes, unclosed brackets and quotes, and worse.

RFC 5322 sections 3.4 and 4.4, read as leniently as mail programs do: every address in the value is found once, and a
name that holds an "@" never is one where an address in angle brackets follows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.mail.mailbox import mailbox
from models.records import Mailbox

LONGEST = 1 << 18  # characters read token by token; beyond them addresses are looked for without their names

# Each character belongs to one token; an encoded word is one, whatever stands in it.
_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*+")
    | (?P<mark>[()<>,;:])
    | (?P<text>(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?<>]*+\?= | \\. | [^"()<>,;:\\])++)
    | ["\\]""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r'[^\s<>"(),;:\\\[\]]+')
_BLANKS = re.compile(r"\s*([@.])\s*")  # allowed there by the obsolete grammar


@dataclass(slots=True)
class _Pending:
    """What has been read of one mailbox."""

    words: list[str] = field(default_factory=list)  # a name, or a bare address
    quoted: list[str] = field(default_factory=list)
    phrase: list[str] = field(default_factory=list)  # both, in their order
    comments: list[str] = field(default_factory=list)
    angled: list[str] | None = None  # within angle brackets

    def mailboxes(self) -> Iterator[Mailbox]:
        # A name may mix both (RFC 5322 section 3.2.5); an address beside a quoted name is no part of it.
        said = self.quoted if self.quoted and "@" in "".join(self.words) else self.phrase
        name = " ".join("".join(said).split()) or "".join(self.comments).strip()
        if self.angled is not None:
            inner = "".join(self.angled)
            # A route (RFC 5322 section 4.4) names relays before the address.
            inner = _BLANKS.sub(r"\1", inner.rpartition(":")[2] if inner.count("@") > 1 else inner)
            found = mailbox(inner.strip(), name)
            if found:
                yield found
                return
        for text in ("".join(self.words) + " ".join(self.angled or ()), " ".join(self.quoted)):
            if bare := _addresses(text):
                break
        else:
            return
        rest = " ".join(text.replace(bare[0], " ", 1).split()).strip("\"'[] ") if len(bare) == 1 else ""
        for address in bare:
            if found := mailbox(address, rest or "".join(self.quoted or self.comments).strip()):
                yield found


def odd_mailboxes(value: str) -> Iterator[Mailbox]:
    """Yield the mailboxes of a value, groups flattened, in order; each character is looked at twice at most."""
    pending, depth = _Pending(), 0
    for token in _TOKEN.finditer(value[:LONGEST]):
        text, mark = token[0], token["mark"]
        if depth or mark == "(":
            depth += (mark == "(") - (mark == ")")
            if depth > 1 or (depth and mark != "("):
                pending.comments.append(text)
        elif mark in {">", ",", ";"} or (mark == ":" and pending.angled is None):
            # What stands before a colon is the name of a group, or "mailto".
            if mark != ":" or "@" in "".join(pending.words):
                yield from pending.mailboxes()
            pending = _Pending()
        elif mark == "<":
            pending.words += pending.angled or ()
            pending.angled = []
        elif token["quoted"] and pending.angled is None and not value.startswith("@", token.end()):
            pending.quoted.append(re.sub(r"\\(.)", r"\1", text[1:-1]))
            pending.phrase.append(pending.quoted[-1])
        elif pending.angled is None:
            pending.words.append(text.strip('"'))
            pending.phrase.append(pending.words[-1])
        else:
            pending.angled.append(text.strip('"'))
    yield from pending.mailboxes()
    yield from filter(None, map(mailbox, _addresses(value[LONGEST:])))


def _addresses(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if 0 < word.find("@") < len(word) - 1]
