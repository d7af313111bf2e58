"""The fingerprint of a text of rules: a judgement by other rules is noticed by it (pure)."""

from hashlib import blake2b


def fingerprint_of(text: str) -> str:
    """Name the text of rules by 32 hex digits."""
    return blake2b(text.encode(), digest_size=16).hexdigest()
