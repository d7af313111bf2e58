"""Field masks (`messages(id,payload/headers),nextPageToken`): read once, applied to answers."""

import re
from functools import lru_cache
from typing import Any

from tests.sandbox.google.wire import Refusal

Mask = dict[str, "Mask"]  # an empty mask keeps everything below

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*|\*|[(),/]")


@lru_cache(maxsize=256)
def parse(text: str) -> Mask:
    """Read a mask.

    Raises:
        Refusal: it is not one.
    """
    words = _WORD.findall(text)
    if "".join(words) != text or not words:
        raise _bad(text)
    mask, rest = _choices(words, text)
    if rest:
        raise _bad(text)
    return mask


def apply(mask: Mask, value: Any) -> Any:
    """Keep of `value` what the mask names."""
    if isinstance(value, list):
        return [apply(mask, item) for item in value]
    if not isinstance(value, dict) or not mask or "*" in mask:
        return value
    return {name: apply(below, value[name]) for name, below in mask.items() if name in value}


def _choices(words: list[str], text: str) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        name, *words = words or [")"]
        if name in "(),/":
            raise _bad(text)
        below: Mask = {}
        if words[:1] == ["/"]:
            below, words = _one(words[1:], text)
        elif words[:1] == ["("]:
            below, words = _choices(words[1:], text)
            if words[:1] != [")"]:
                raise _bad(text)
            words = words[1:]
        mask[name] = mask.get(name, {}) | below
        if words[:1] != [","]:
            return mask, words
        words = words[1:]


def _one(words: list[str], text: str) -> tuple[Mask, list[str]]:
    if not words or words[0] in "(),/":
        raise _bad(text)
    name, *words = words
    below: Mask = {}
    if words[:1] == ["/"]:
        below, words = _one(words[1:], text)
    elif words[:1] == ["("]:
        below, words = _choices(words[1:], text)
        if words[:1] != [")"]:
            raise _bad(text)
        words = words[1:]
    return {name: below}, words


def _bad(text: str) -> Refusal:
    return Refusal(400, "invalidParameter", f"Invalid field selection {text}", parameter="fields")
