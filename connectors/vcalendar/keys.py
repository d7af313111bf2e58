"""The keys of events within their stream: made of their UID, but never of an address or a host in it.

Most programs end a UID in the host it was made on, some in the address of whoever made it (RFC 5545 3.8.4.7, RFC 7986
5.3 warns of both). A key outlives the record it stood for, even where a person is erased, so it must not name anyone.
"""

from hashlib import blake2b

#: Digits in place of a UID.
DIGITS = 32


def key_of(uid: str) -> str:
    """Return the key of a UID, or of a place that may hold one: itself where it holds no "@", else a digest of it."""
    return uid if "@" not in uid else blake2b(uid.encode(), digest_size=DIGITS // 2).hexdigest()


def without_address(key: str, uid: str | None) -> str:
    """Return a key as it is made now, of one that may have been made before and holds its UID as it is."""
    if "@" not in key:
        return key
    return key_of(uid) + key[len(uid) :] if uid and key.startswith(uid) else key_of(key)
