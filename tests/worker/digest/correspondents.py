"""A reader with one account at Gmail or Outlook and a friend gone quiet, over real HTTP: what sends through it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.gmail.auth import SEND_SCOPE
from models.enums import Provider
from models.records import Mailbox
from tests.connectors.outlook.account import browse
from tests.sandbox.google.consent import approve
from tests.sandbox.google.faults import hang_up
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.worker.clock import Clock
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.accounts.sending_consent import allow_sending
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import sync

ME = "mira@mine.example"
ANNA = "anna@north.example"
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
PROVIDERS = ("gmail", "outlook")


@dataclass
class Correspondent:
    """One reader: `outgoing` is what the provider was handed through its API, `write` puts a mail of theirs there."""

    runtime: Runtime
    clock: Clock
    outgoing: list[bytes]
    connect: Callable[[], int]
    allow: Callable[[int], str]
    write: Callable[[str, str, datetime], object]  # to whom, subject, when
    lose_answer: Callable[[], object]  # the next mail is taken, and the answer to it is lost
    revoke_sending: Callable[[], object]
    relent: Callable[[], object]  # what was revoked may be allowed again
    service: GoogleSandbox | MicrosoftSandbox
    user: int = 0

    def read(self, *, full: bool = False) -> None:
        assert all(stream.finished for stream in sync(self.runtime, self.user, full=full))

    def waits(self) -> None:
        """Sending is allowed, it is Monday, and the mailbox is read up to the hour."""
        self.allow(self.user)
        self.clock.now = MONDAY
        self.read()


@contextmanager
def at_gmail(place: Path, others: Sequence[str] = ()) -> Iterator[Correspondent]:
    mailbox, clock = GoogleMailbox(ME, "Mira"), Clock(MONDAY - timedelta(days=7))
    with GoogleSandbox([mailbox, *map(GoogleMailbox, others)]) as google:
        settings = Settings.model_validate({**google.settings(), "home": place})
        runtime = open_runtime(settings, clock)

        def write(to: str, subject: str, at: datetime) -> None:
            number = len(mailbox.messages)
            own = plain_mail(ME, [to], at, f"{number}@mine.example", subject=subject)
            mailbox.deliver(own, at, labels=("SENT", "INBOX") if to == ME else ("SENT",))

        yield Correspondent(
            runtime,
            clock,
            mailbox.outgoing,
            connect=lambda: connect_account(runtime, Provider.GMAIL, SignIn(approve)).user_id,
            allow=lambda user: allow_sending(runtime, user, Provider.GMAIL, SignIn(approve)),
            write=write,
            lose_answer=lambda: google.faults.then(hang_up),
            relent=lambda: None,
            service=google,
            revoke_sending=lambda: google.authorization.withdraw(ME, of=SEND_SCOPE),
        )
        assert not google.failures
        runtime.engine.dispose()


@contextmanager
def at_outlook(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Correspondent]:
    clock = Clock(MONDAY - timedelta(days=7))
    with MicrosoftSandbox(place, address=ME) as microsoft:
        monkeypatch.setenv("SSL_CERT_FILE", str(microsoft.certificates.ca_file))
        microsoft.mailbox.name = "Mira"
        settings = Settings(
            home=place / "home",
            microsoft_client_id=PUBLIC_CLIENT,
            microsoft_authority=microsoft.authority,
            graph_root=microsoft.graph_root,
        )
        runtime = open_runtime(settings, clock)
        store = microsoft.mailbox.mail

        def write(to: str, subject: str, at: datetime) -> None:
            me = Mailbox(ME)
            store.send([Mailbox(to)], at=at, me=me, subject=subject)
            if to == ME:
                store.deliver(me, [Mailbox(to)], at=at, subject=subject)

        yield Correspondent(
            runtime,
            clock,
            store.outgoing,
            connect=lambda: connect_account(runtime, Provider.OUTLOOK, SignIn(browse)).user_id,
            allow=lambda user: allow_sending(runtime, user, Provider.OUTLOOK, SignIn(browse)),
            write=write,
            lose_answer=lambda: microsoft.mailbox.faults.script.append("answer lost"),
            relent=microsoft.entra.withheld.clear,
            service=microsoft,
            revoke_sending=lambda: microsoft.entra.withheld.add("Mail.Send"),
        )
        runtime.engine.dispose()


@contextmanager
def connected(
    provider: str, place: Path, monkeypatch: pytest.MonkeyPatch, *, others: Sequence[str] = ()
) -> Iterator[Correspondent]:
    """Somebody whose account is connected and read, since a week; at Gmail, there may be `others` to choose."""
    with at_gmail(place, others) if provider == "gmail" else at_outlook(place, monkeypatch) as one:
        for days in range(40, 400, 12):
            one.write(ANNA, "Plans", one.clock.now - timedelta(days=days))
        one.user = one.connect()
        one.read()
        yield one
