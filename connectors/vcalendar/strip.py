"""Calendar texts without what no one here reads: descriptions, attachments, and when a copy was made (pure)."""

import re

_NOISE = (
    rb"DESCRIPTION|X-ALT-DESC|ATTACH|COMMENT|LOCATION|GEO|URL|CONFERENCE|IMAGE|CONTACT|X-GOOGLE-CONFERENCE"
    rb"|X-APPLE-STRUCTURED-LOCATION|X-MICROSOFT-[A-Z-]+"
)
_UNREAD = re.compile(rb"^(?:" + _NOISE + rb")[;:][^\n]*\n(?:[ \t][^\n]*\n)*", re.MULTILINE | re.IGNORECASE)
_COPIED = re.compile(rb"^DTSTAMP[;:][^\n]*\n", re.MULTILINE | re.IGNORECASE)


def without_content(text: bytes) -> bytes:
    """Drop descriptions, attachments and the like, before anything is parsed."""
    return _UNREAD.sub(b"", text)


def without_copying(text: bytes) -> bytes:
    """Drop DTSTAMP too: in a published calendar it says when the copy was made (RFC 5545 3.8.7.2), not the event."""
    return _COPIED.sub(b"", text)
