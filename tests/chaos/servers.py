"""Servers that are neither Google's nor Microsoft's, with the same life: Dovecot, Radicale and a published calendar."""

import os
import random
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Self

from connectors.caldav.auth import Access
from tests.chaos.relays import Relay
from tests.connectors.caldav import servers as dav
from tests.connectors.imap import dovecot
from tests.sandbox.http import HangUp, Request, Response, Server
from tests.sandbox.ics import calendar
from tests.sandbox.people import OWNER
from tests.sandbox.rfc822 import message
from tests.sandbox.story import WorldMail, WorldMeeting
from worker.accounts.connect_servers import connect_caldav, connect_ical, connect_imap
from worker.app.runtime import Runtime

#: A mail is received so long after it was written.
RECEIVED = timedelta(seconds=3)


def suppression_reason() -> str:
    """Say why no mail server can run here, if so."""
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    there = program and Path("/usr/lib/dovecot/imap").exists() and os.geteuid() == 0
    return "" if there else "Dovecot, which root alone can start with users of its own"


class Servers:
    """All of them, each behind a bad line; where Dovecot can't run there is no mailbox by IMAP."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.meetings: list[WorldMeeting] = []
        self.random = random.Random(seed)
        self.share, self.refused = 0.0, 0
        self.mail: dovecot.Dovecot | None = None
        self.relays: list[Relay] = []
        self.open = ExitStack()

    def __enter__(self) -> Self:
        if not suppression_reason():
            self.mail = self.open.enter_context(dovecot.dovecot())
            self.mail_line = self._line(self.mail.tls)
        self.dates = self.open.enter_context(dav.running("radicale"))
        self.dates_line = self._line(self.dates.port)
        self.path = self.dates.calendar("work")
        self.published = self.open.enter_context(Server(self._publish))
        return self

    def __exit__(self, *_: object) -> None:
        self.open.close()

    def _line(self, port: int) -> Relay:
        self.relays.append(self.open.enter_context(Relay(port, self.seed)))
        return self.relays[-1]

    def _publish(self, _: Request) -> Response:
        if self.random.random() < self.share:
            self.refused += 1
            if self.refused % 2:
                raise HangUp
            return Response(503)
        return Response(200, calendar(self.meetings), {"Content-Type": "text/calendar"})

    @property
    def authorities(self) -> str:
        """PEM of who vouches for the mail server."""
        return (self.mail.place / "ca.pem").read_text() if self.mail else ""

    def connect(self, runtime: Runtime, user_id: int) -> None:
        """Connect all of them for a user; nothing goes wrong meanwhile."""
        if self.mail:
            connect_imap(runtime, replace(self.mail.access(OWNER.address), port=self.mail_line.port), user_id)
        url = f"http://localhost:{self.dates_line.port}/"
        access = Access(address=OWNER.address, url=url, user=dav.USER, password=dav.PASSWORD)
        connect_caldav(runtime, access, user_id)
        connect_ical(runtime, f"http://127.0.0.1:{self.published.port}/private/basic.ics", OWNER.address, user_id)

    def misbehave(self, share: float) -> None:
        """Let a share of all connections and requests fail from now on."""
        self.share = share
        for relay in self.relays:
            relay.share = share

    def faults(self) -> int:
        """How many have failed on purpose so far."""
        return self.refused + sum(relay.cut for relay in self.relays)

    def happen(self, mails: Sequence[WorldMail], meetings: Sequence[WorldMeeting]) -> None:
        """Let these come in beside what is there."""
        for meeting in meetings:
            self.dates.raw(self.path, sha256(meeting.uid.encode()).hexdigest()[:20], calendar([meeting]).decode())
        self.meetings = [*self.meetings, *meetings]
        kept = [mail for mail in mails if not (mail.draft or mail.spam or mail.trash)]
        if self.mail and kept:
            with self.mail.box(OWNER.address) as box:
                for mail in kept:
                    dovecot.put(box, message(mail), "Sent" if mail.sent else "INBOX", at=mail.at + RECEIVED)
