"""An installation of keepwarm with accounts at both sandboxes: what is connected, read, and counted by its own clock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.accounts import Account, StreamState
from models.enums import Provider
from tests.connectors.outlook.account import browse
from tests.sandbox.google.consent import approve
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.worker.stored import stored
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import StreamProgress, sync
from worker.storage.clock import Stopwatch

NOW = datetime(2026, 9, 21, 12, tzinfo=UTC)  # a Monday
LIMITLESS = 10**9
ADA, OWNER = "ada@example.org", "owner@contoso.example"


class Installation:
    """keepwarm, its clock, and a mailbox of one person at each provider."""

    def __init__(self, google: GoogleSandbox, microsoft: MicrosoftSandbox, home: Path) -> None:
        self.google, self.microsoft = google, microsoft
        self.now = NOW
        self.skipped = 0.0  # seconds of pauses that were not waited out
        self.on_pause: Callable[[], object] = lambda: None  # what else happens while nobody waits a pause out
        self.pace = timedelta()  # how far the clock goes on each time it is looked at
        self.user: int | None = None
        self.accounts: dict[str, int] = {}
        settings = {
            **google.settings(),
            "home": home,
            "google_units_per_minute": LIMITLESS,
            "microsoft_client_id": PUBLIC_CLIENT,
            "microsoft_authority": microsoft.authority,
            "graph_root": microsoft.graph_root,
        }
        self.runtime: Runtime = open_runtime(
            Settings.model_validate(settings), clock=self._tell, stopwatch=self._stopwatch()
        )

    def _tell(self) -> datetime:
        self.now += self.pace
        return self.now

    def _stopwatch(self) -> Stopwatch:
        def sleep(seconds: float) -> None:
            self.skipped += seconds
            self.now += timedelta(seconds=seconds)
            self.on_pause()

        return Stopwatch(lambda: time.monotonic() + self.skipped, sleep)

    @property
    def gmail(self) -> GoogleMailbox:
        return self.google.mailboxes[ADA]

    def connect(self, *providers: str) -> None:
        for provider in providers:
            open_browser = approve if provider == "gmail" else browse
            connected = connect_account(self.runtime, Provider(provider), SignIn(open_browser), self.user)
            self.user = connected.user_id
            self.accounts[provider] = connected.account_id

    def sync(self, *, after: timedelta = timedelta(hours=1), full: bool = False) -> list[StreamProgress]:
        """Let time pass, then read everything."""
        assert self.user
        self.now += after
        return sync(self.runtime, self.user, full=full)

    def meetings(self) -> list[datetime]:
        """When the meetings began that count by now, in order."""
        return sorted(at for channel, _, at, _ in stored(self.runtime, self.now).values() if channel == "meeting")

    def mails(self) -> set[str]:
        """The Message-IDs of the mails that count."""
        return {key for key, (channel, *_) in stored(self.runtime, self.now).items() if channel == "email"}

    def streams(self) -> dict[str, str | None]:
        """Each stream's trouble, by title; those that retired are left out."""
        with self.runtime.engine.connect() as connection:
            rows = connection.execute(select(StreamState.title, StreamState.trouble).where(~StreamState.retired))
            return {row.title: row.trouble for row in rows}

    def account_state(self, provider: str) -> tuple[str, str | None]:
        with self.runtime.engine.connect() as connection:
            row = connection.execute(
                select(Account.state, Account.trouble).where(Account.id == self.accounts[provider])
            ).one()
        return row.state, row.trouble


@contextmanager
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Both sandboxes, and an installation that nothing is connected to yet."""
    with MicrosoftSandbox(tmp_path, address=OWNER) as microsoft, GoogleSandbox([GoogleMailbox(ADA)]) as google:
        monkeypatch.setenv("SSL_CERT_FILE", str(microsoft.certificates.ca_file))
        google.quota.limits = dict.fromkeys(google.quota.limits, LIMITLESS)
        installation = Installation(google, microsoft, tmp_path / "home")
        yield installation
        installation.runtime.engine.dispose()
        assert not google.failures
