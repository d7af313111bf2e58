"""Comparing display names (pure)."""

from functools import lru_cache


@lru_cache(maxsize=65536)
def full_name(name: str) -> str:
    """Reduce a display name to compare it: at least two words of two characters, or "" if it identifies no one."""
    words = sorted(name.casefold().replace(",", " ").split())
    return " ".join(words) if sum(len(word.strip(".")) > 1 for word in words) > 1 else ""
