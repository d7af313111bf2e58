"""Text that came from outside, made safe to show: in a terminal, on a page, in a mail header."""

import re
import unicodedata

# What reverses text or hides it: bidirectional controls, line and paragraph separators, invisible fillers, tags.
_DISGUISE = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def clean(text: str, limit: int = 300) -> str:
    """Make one line of a text, with nothing hidden in it, cut at `limit` characters."""
    seen = "".join(
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
        for char in _DISGUISE.sub("", text[: limit * 4])
    )
    # lone surrogates cannot be written as UTF-8
    line = " ".join(seen.encode("utf-8", "replace").decode("utf-8").split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def name_of(name: str, address: str = "") -> str:
    """Choose what to call someone: the name, or the address if there is none."""
    return clean(name, 60) or clean(address, 80) or "somebody"


def initials(name: str) -> str:
    """Make the one or two initials for the round mark beside a name."""
    words = [word for word in re.split(r"[\s.@_-]+", clean(name, 60)) if word and word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "·"
