"""Under which names this server answers: loopback, and the host of KEEPWARM_PUBLIC_URL; other names are refused.

A browser that was led to another name for this machine (DNS rebinding) would otherwise read with its owner's rights.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_ours(host: str, public_url: str) -> bool:
    """Whether a Host header names this server.

    Args:
        host: the header as it came.
        public_url: KEEPWARM_PUBLIC_URL, "" where there is none.
    """
    if public_url and host.lower() == urlsplit(public_url).netloc.lower():
        return True
    try:
        parts = urlsplit(f"//{host.lower()}")
        named = parts.hostname if parts.port != 0 else None
    except ValueError:
        return False
    return named in LOOPBACK and parts.username is None and not parts.path


class OurHosts:
    """Passes on only what came under a name of ours."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self.public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) == 1 and is_ours(hosts[0], self.public_url):
            await self.app(scope, receive, send)
            return
        said = "keepwarm doesn't answer under this name. Set KEEPWARM_PUBLIC_URL.\n"
        await PlainTextResponse(said, 421)(scope, receive, send)
