"""One form for each mailbox, so that the ways of writing it are one address."""

from functools import lru_cache

GMAIL = frozenset({"gmail.com", "googlemail.com"})


@lru_cache(maxsize=65536)
def canonical(address: str) -> str:
    """Reduce an address to the mailbox it reaches: lower case, no plus-tag, no dots where Gmail ignores them.

    Source: Gmail delivers with and without dots and after a "+" (support.google.com/mail/answer/7436150);
    subaddressing in general is RFC 5233.
    """
    local, at, domain = address.lower().rpartition("@")
    if not at:
        return domain
    bare = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{bare.replace('.', '') or bare}@gmail.com"
    return f"{bare}@{domain}"
