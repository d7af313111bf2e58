"""Domains where anyone may have a mailbox: sharing one says nothing of two people."""

#: the large providers; "yahoo.*", "gmx.*", "hotmail.*", "live.*", "outlook.*" exist in many countries
DOMAINS = frozenset({
    "gmail.com", "googlemail.com", "icloud.com", "me.com", "mac.com", "msn.com", "aol.com", "proton.me",
    "protonmail.com", "pm.me", "fastmail.com", "fastmail.fm", "hey.com", "web.de", "t-online.de", "posteo.de",
    "mailbox.org", "freenet.de", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "libero.it", "bluewin.ch",
    "zoho.com", "mail.com", "mail.ru", "yandex.ru", "yandex.com", "qq.com", "163.com", "126.com", "naver.com",
    "comcast.net", "verizon.net", "btinternet.com",
})  # fmt: skip
FAMILIES = frozenset({"yahoo", "ymail", "rocketmail", "gmx", "hotmail", "live", "outlook"})


def is_freemail(domain: str) -> bool:
    """Whether a domain gives mailboxes to anyone."""
    return domain.lower() in DOMAINS or domain.lower().partition(".")[0] in FAMILIES
