"""One form for each mailbox, so that the ways of writing it are one address."""

from collections.abc import Container
from functools import lru_cache

#: Gmail ignores the dots in a local part, and both its domains are one (support.google.com/mail/answer/7436150).
GMAIL = frozenset({"gmail.com", "googlemail.com"})
#: Providers known to deliver "name+tag" to "name" (RFC 5233). Elsewhere a "+" may be an escape or a token.
TAGGING = GMAIL | {
    "outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "outlook.jp",
    "hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.fr", "hotmail.it", "hotmail.es",
    "live.com", "live.co.uk", "live.de", "live.fr", "live.nl", "msn.com", "passport.com",
    "icloud.com", "me.com", "mac.com",
    "fastmail.com", "fastmail.fm", "messagingengine.com", "proton.me", "protonmail.com", "protonmail.ch", "pm.me",
    "yandex.com", "yandex.ru", "ya.ru", "zoho.com", "zohomail.com", "zohomail.eu", "hey.com",
    "mailbox.org", "posteo.de", "posteo.net", "runbox.com", "pobox.com", "startmail.com", "kolabnow.com", "riseup.net",
}  # fmt: skip


@lru_cache(maxsize=65536)
def canonical(address: str) -> str:
    """Reduce an address to the mailbox it reaches: lower case, without what its provider is known to ignore."""
    local, at, domain = address.lower().rpartition("@")
    if not at:
        return domain
    if domain in TAGGING and not local.startswith("imcea"):
        local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '') or local}@gmail.com"
    return f"{local}@{domain}"


def reaches(address: str, mailboxes: Container[str]) -> bool:
    """Whether mail to `address` lands in one of these mailboxes (canonical).

    A tag is cut whoever the provider is: that these mailboxes are the user's, or to be erased, is known otherwise.
    """
    bare = canonical(address)
    if bare in mailboxes:
        return True
    if "+" not in bare:
        return False  # most addresses have no tag
    local = bare.partition("+")[0]
    return bool(local) and f"{local}@{bare.rpartition('@')[2]}" in mailboxes
