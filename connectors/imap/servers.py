"""Which server a mailbox is at, for providers known by their domain; no password is tried on a guessed host (pure)."""

from connectors.errors import ProtocolError

_BY_DOMAIN = {
    "imap.gmail.com": "gmail.com googlemail.com",
    "imap.mail.me.com": "icloud.com me.com mac.com",
    "imap.fastmail.com": "fastmail.com fastmail.fm",
    "imap.mail.yahoo.com": "yahoo.com yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.uk yahoo.co.in ymail.com",
    "imap.aol.com": "aol.com",
    "imap.gmx.net": "gmx.net gmx.de gmx.at gmx.ch",
    "imap.gmx.com": "gmx.com gmx.us gmx.co.uk gmx.fr",
    "imap.web.de": "web.de",
    "imap.zoho.com": "zoho.com zohomail.com",
    "imap.zoho.eu": "zoho.eu zohomail.eu",
    "imap.zoho.in": "zoho.in zohomail.in",
    "posteo.de": "posteo.de posteo.net posteo.eu",
    "imap.mailbox.org": "mailbox.org",
}
SERVERS = {domain: host for host, domains in _BY_DOMAIN.items() for domain in domains.split()}
_MICROSOFT = frozenset(("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "hotmail.de", "live.de"))
_PROTON = frozenset(["proton.me", "protonmail.com", "pm.me", "protonmail.ch"])


def server_of(address: str) -> str:
    """Give the IMAP server of a mailbox.

    Raises:
        ProtocolError: it is not known, or takes no password; with what to do.
    """
    domain = address.rpartition("@")[2].lower()
    if domain in SERVERS:
        return SERVERS[domain]
    if domain in _MICROSOFT:
        raise ProtocolError("imap.use_outlook")
    if domain in _PROTON:
        raise ProtocolError("imap.proton_bridge")
    raise ProtocolError("imap.unknown_provider", domain=domain)
