"""Real CalDAV servers on loopback, Radicale and xandikos, filled and changed as a calendar program would do it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from connectors.caldav.auth import Access
from connectors.caldav.connector import CaldavConnector
from tests.connectors.ical.feeds import NOW, event
from tests.services import free_port

USER, PASSWORD = "mira", "right & wrong"
ME = "mira@mail.example"
RADICALE = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {place}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {place}/collections
[logging]
level = warning
"""
_CALENDAR = """<?xml version="1.0"?><mkcalendar xmlns="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:set><D:prop>
<D:displayname>{title}</D:displayname></D:prop></D:set></mkcalendar>"""


@dataclass
class DavServer:
    """A running server; `now` is the clock of the connectors that read it."""

    kind: str
    port: int = field(default_factory=free_port)
    now: datetime = NOW

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def access(self, password: str = PASSWORD, path: str = "/") -> Access:
        return Access(address=ME, url=f"{self.root}{path}", user=USER, password=password)

    def connector(self, *, page: int = 50) -> CaldavConnector:
        return CaldavConnector(self.access().encoded(), clock=lambda: self.now, page=page)

    def calendar(self, name: str) -> str:
        """The path of a new calendar."""
        path = f"/{USER}/{name}/" if self.kind == "radicale" else f"/{USER}/calendars/{name}/"
        body = _CALENDAR.format(title=name.title())
        answer = self.ask("MKCALENDAR", path, body, {"Content-Type": "application/xml"})
        assert answer.status_code == 201, answer.text
        return path

    def put(self, path: str, uid: str, at: datetime, *lines: str) -> None:
        """Put one event into a calendar."""
        body = "\r\n".join((
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test",
            event(uid, at, "DTSTAMP:20260101T000000Z", *lines), "END:VCALENDAR", "",
        ))  # fmt: skip
        self.raw(path, uid, body)

    def raw(self, path: str, name: str, body: str) -> None:
        answer = self.ask("PUT", f"{path}{name}.ics", body, {"Content-Type": "text/calendar"})
        assert answer.status_code in {201, 204}, answer.text

    def delete(self, path: str, uid: str = "") -> None:
        """Delete an event, or the calendar."""
        assert self.ask("DELETE", f"{path}{uid}.ics" if uid else path).status_code in {200, 204}

    def ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> httpx.Response:
        return httpx.request(
            method, self.root + path, content=body.encode(), headers=headers or {}, auth=(USER, PASSWORD)
        )


@contextmanager
def running(kind: str) -> Iterator[DavServer]:
    """Start one, wait until it answers, and stop it."""
    server = DavServer(kind)
    with tempfile.TemporaryDirectory(prefix="keepwarm-dav-") as folder:
        place = Path(folder)
        (place / "users").write_text(f"{USER}:{PASSWORD}\n")
        (place / "config").write_text(RADICALE.format(port=server.port, place=place))
        if kind == "radicale":
            line = ["radicale", "--config", str(place / "config")]
        else:
            line = [
                "xandikos.web", "--directory", f"{place}/dav", "--defaults", "--listen-address", "127.0.0.1",
                "--port", str(server.port), "--current-user-principal", f"/{USER}/", "--state-dir", f"{place}/state",
            ]  # fmt: skip
        with (place / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *line], stdout=log, stderr=log, env={**os.environ, "HOME": folder}
            )
            try:
                _wait(server, place / "log", process)
                yield server
            finally:
                process.terminate()
                process.wait(20)


def _wait(server: DavServer, log: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        with suppress(httpx.TransportError):
            if server.ask("OPTIONS", f"/{USER}/").status_code < 500:
                return
        time.sleep(0.1)
    raise AssertionError(f"{server.kind} does not answer: {log.read_text()}")
