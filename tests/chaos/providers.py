"""Google, Microsoft and servers of others that live through the storm, and the one life all accounts tell of."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import update

from models.accounts import User
from models.enums import Provider
from tests.chaos.servers import Servers
from tests.connectors.outlook.account import browse
from tests.sandbox.google import fill as google_fill
from tests.sandbox.google.consent import approve
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft import fill as microsoft_fill
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.people import ALIASES, OWNER
from tests.sandbox.story import WorldMail, WorldMeeting
from tests.sandbox.world import World, booked_by, held_by
from tests.worker.digest.postbox import Postbox, serving
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.app.runtime import Runtime
from worker.storage.transactions import writing

#: Gmail's real 6,000 units a minute would make every storm last for an hour.
UNITS = 10_000_000
#: The share of requests that fail, and of the parts of batches.
FAULTS = 0.1
CHAPTERS = 4


class FatalPostbox(Postbox):
    """Kills whoever hands a mail over when it has just been taken, and nobody knows yet that it was."""

    def __init__(self) -> None:
        super().__init__()
        self.kills = 0
        self.kill: Callable[[], None] | None = None  # used once

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        answer = await super().handle_DATA(server, session, envelope)
        if self.kill:
            self.kill()
            self.kill = None
            self.kills += 1
        return answer


class Providers:
    """The story begins a month before today and goes on for four weeks, a chapter at a time."""

    def __init__(self, folder: Path, seed: int, mails: int) -> None:
        self.folder = folder
        until = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(days=30)
        self.world = World(seed, until=until, mails=mails)
        self.gmail = GoogleMailbox(ALIASES[0].address, ALIASES[0].name, seed=seed)
        self.google = GoogleSandbox([self.gmail], checked=False)
        self.google.quota.limits["gmail"] = UNITS
        self.google.quota.limits["calendar"] = UNITS
        self.google.faults.seed = seed
        self.microsoft = MicrosoftSandbox(folder, address=OWNER.address)
        self.microsoft.mailbox.faults.random.seed(seed)
        self.servers = Servers(seed)
        self.postbox = FatalPostbox()
        self.chapters = 0  # chapters
        self.open = ExitStack()

    @property
    def now(self) -> datetime:
        """The moment everything is exported for: all chapters lie before it."""
        return self.world.until + timedelta(days=7 * CHAPTERS, hours=1)

    def __enter__(self) -> Self:
        self.open.enter_context(self.google)
        self.open.enter_context(self.microsoft)
        self.port = self.open.enter_context(serving(self.postbox))
        self.open.enter_context(self.servers)
        trusted = self.folder / "authorities.pem"
        trusted.write_text(self.microsoft.certificates.ca_file.read_text() + self.servers.authorities)
        os.environ["SSL_CERT_FILE"] = os.environ["REQUESTS_CA_BUNDLE"] = str(trusted)
        self._happen(self.world.mails, self.world.meetings)
        self.gmail.expire_cursors()
        return self

    def __exit__(self, *_: object) -> None:
        self.open.close()
        del os.environ["SSL_CERT_FILE"], os.environ["REQUESTS_CA_BUNDLE"]

    def settings(self) -> dict[str, object]:
        """What an installation must be told to find us."""
        return {
            "google_client_id": self.google.client_id,
            "google_client_secret": self.google.client_secret,
            "google_auth_uri": self.google.auth_uri,
            "google_token_uri": self.google.token_uri,
            "google_api_root": self.google.api_root,
            "google_units_per_minute": UNITS,
            "microsoft_client_id": PUBLIC_CLIENT,
            "microsoft_authority": self.microsoft.authority,
            "graph_root": self.microsoft.graph_root,
        }

    def connect(self, runtime: Runtime) -> None:
        """Connect all accounts; whoever they belong to has been here for some weeks, so that a digest is due."""
        user = connect_account(runtime, Provider.GMAIL, SignIn(approve)).user_id
        connect_account(runtime, Provider.OUTLOOK, SignIn(browse), user_id=user)
        self.servers.connect(runtime, user)
        # due since last night: whatever a clock says that is minutes wrong, it is the same week's
        due = {"digest_weekday": (datetime.now(UTC) - timedelta(days=1)).weekday(), "digest_hour": 23}
        with writing(runtime.engine) as connection:
            connection.execute(update(User).values(created_at=self.world.until - timedelta(days=60), **due))

    def misbehave(self, share: float) -> None:
        """Let a share of all requests fail from now on."""
        self.google.faults.share = share
        self.microsoft.mailbox.faults.rate = share
        self.servers.misbehave(share)

    def faults(self) -> int:
        """How many requests have failed on purpose so far."""
        asked = self.google.faults.happened.total() + self.microsoft.mailbox.faults.refused
        return asked + self.servers.faults()

    def store_records(self) -> None:
        """Let the next chapter happen."""
        before = self.world.later(7 * self.chapters) if self.chapters else None
        self.chapters += 1
        chapter = self.world.later(7 * self.chapters)
        known_mails = set() if before is None else {mail.message_id for mail in before.mails}
        known_meetings = set() if before is None else {meeting.uid for meeting in before.meetings}
        self._happen(
            [mail for mail in chapter.mails if mail.message_id not in known_mails],
            [meeting for meeting in chapter.meetings if meeting.uid not in known_meetings],
        )

    def _happen(self, mails: list[WorldMail], meetings: list[WorldMeeting]) -> None:
        own = {OWNER.address, *self.world.aliases}
        private = ALIASES[0].address
        with self.google.lock:
            google_fill.happen(self.gmail, held_by(private, mails), booked_by(private, meetings), own=own)
        received, booked = held_by(OWNER.address, mails), booked_by(OWNER.address, meetings)
        microsoft_fill.happen(self.microsoft.mailbox, received, booked)
        self.servers.happen(received, booked)
