"""Asking a CalDAV server as one person: signed requests, their answers read, and a refused password never repeated."""

from base64 import b64encode
from threading import Lock
from urllib.parse import urljoin

from connectors.caldav.api.multistatus import Multistatus, read
from connectors.caldav.errors import refusal
from connectors.errors import NeedsReauthorisation
from connectors.web import Answer, Web, kindred, same_host

_XML = "application/xml; charset=utf-8"  # without it xandikos answers 415


class Dav:
    """Asks in the name of one user at one server."""

    def __init__(self, web: Web, url: str, user: str, password: str) -> None:
        """Ask the server at `url`."""
        self.web = web
        self.url = url
        self._signed = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        self._refused: Answer | None = None
        self._first = Lock()

    def propfind(self, url: str, body: bytes, *, depth: int) -> tuple[Multistatus, str]:
        """Ask for properties; returns the answer, and the address that it came from after all redirects.

        Raises:
            ConnectorError: see connectors.caldav.errors.
        """
        return self._ask("PROPFIND", url, body, depth)

    def report(self, url: str, body: bytes, *, depth: int) -> Multistatus:
        """Ask for a report.

        Raises:
            ConnectorError: see connectors.caldav.errors.
        """
        return self._ask("REPORT", url, body, depth)[0]

    def _ask(self, method: str, url: str, body: bytes, depth: int) -> tuple[Multistatus, str]:
        at = urljoin(self.url, url)
        headers = {"Content-Type": _XML, "Depth": str(depth), "Accept": "application/xml, text/xml"}
        if same_host(self.url, at) or kindred(self.url, at):
            # Sent unasked: Yahoo's 401 does not say what it wants.
            headers["Authorization"] = self._signed
        answer = self._once(method, at, headers, body)
        if answer.status != 207:
            raise refusal(answer)
        return read(answer.body, answer.url), answer.url

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._first:  # servers slow down, then lock out, who tries a wrong password again and again
            if self._refused is not None:
                raise refusal(self._refused)
            answer = self.web.ask(method, url, headers=headers, body=body, elsewhere=True)
            if answer.status == 401:
                error = refusal(answer)
                if isinstance(error, NeedsReauthorisation):
                    self._refused = answer
                raise error
            return answer
