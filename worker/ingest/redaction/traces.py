"""Traces of a forgotten person in what others wrote: their addresses and names in text, their host in references."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from urllib.parse import unquote

from worker.ingest.classify.filters import Filters

#: What stands where something was taken out.
GONE = "…"
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@=]+@[^\s<>()\[\],;:\"'@=]+")
_WORD = re.compile(r"\w+")
#: Words a name has: one word alone is shared with too many others.
WORDS = range(2, 5)


def name_fingerprints(names: Iterable[str]) -> set[str]:
    """Recognize the names of a forgotten person without keeping them; single words are left out."""
    found = (tuple(_WORD.findall(name.casefold())) for name in names)
    return {_fingerprint(words) for words in found if len(words) in WORDS}


def _fingerprint(words: tuple[str, ...]) -> str:
    return sha256(f"name {' '.join(words)}".encode()).hexdigest()


def without_traces(text: str, filters: Filters) -> str:
    """Return a subject without the addresses and names of forgotten people."""
    if "@" in text:
        text = _ADDRESS.sub(lambda found: GONE if filters.is_forgotten(found[0].strip(".")) else found[0], text)
    for begin, end in reversed(list(_named(text, filters))):
        text = text[:begin] + GONE + text[end:]
    return text


def _named(text: str, filters: Filters) -> Iterator[tuple[int, int]]:
    words = [(found[0].casefold(), found.start(), found.end()) for found in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        for count in reversed(WORDS):
            run = words[at : at + count]
            if len(run) == count and _fingerprint(tuple(word for word, _, _ in run)) in filters.forgotten:
                yield run[0][1], run[-1][2]
                at += count
                break
        else:
            at += 1


def holds_forgotten(text: str, filters: Filters) -> bool:
    """Whether an address of a forgotten person stands in a text."""
    return "@" in text and any(filters.is_forgotten(found.strip(".")) for found in _ADDRESS.findall(text))


def belongs_to_forgotten(stream: str, filters: Filters) -> bool:
    """Whether a stream is called after a forgotten person's address, as the calendar someone shares is."""
    return holds_forgotten(unquote(stream).replace("/", " ").replace(":", " "), filters)


def unlinked(text: str, filters: Filters) -> str:
    """Return the words for a place without names and addresses of forgotten people, and without hosts in references."""
    return _ADDRESS.sub(lambda found: reference(found[0]) or "", without_traces(text, filters))


def reference(text: str | None) -> str | None:
    """Name another mail, or a thread, without its host: a forgotten person's answers would give them away.

    All references are written so, because no one can know any more which of them lead to a forgotten mail.
    """
    if text is None or "@" not in text:
        return text
    return sha256(f"reference {text}".encode()).hexdigest()[:32]
