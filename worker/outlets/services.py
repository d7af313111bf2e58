"""Which services can be notified through Apprise, and how an address is named without its secrets."""

from urllib.parse import urlsplit

from models.errors import CodedError

#: Services at addresses of their own: where several people share keepwarm, an address that each can choose freely
#: would lead into the network it stands in (SSRF).
HOSTED = frozenset({"tgram", "discord", "slack", "pover", "pbul", "gchat", "signl4", "ifttt"})


class UnknownService(CodedError):  # noqa: N818 - says what is wrong
    """Apprise knows no such service, or it may not be used here."""


def require_service(url: str, *, alone: bool) -> None:
    """Refuse what Apprise does not know, and what is not allowed with several users.

    Raises:
        UnknownService: with what to do about it.
    """
    scheme = urlsplit(url).scheme.lower() if "://" in url else ""
    if not alone and scheme not in HOSTED:
        raise UnknownService("outlet.not_shared", services=", ".join(sorted(HOSTED)))
    from apprise import Apprise  # takes long to load, and only such outlets need it

    if not scheme or not Apprise().add(url):
        raise UnknownService("outlet.no_service")


def place_of(url: str) -> str:
    """Name an address without its secrets: "https://host/...", "tgram://..."."""
    parts = urlsplit(url)
    hook = parts.scheme in {"http", "https"}
    return f"{parts.scheme}://{parts.hostname}/..." if hook else f"{parts.scheme}://..."
