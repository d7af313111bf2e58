"""The whole way, from consent to what is stored, with msal and httpx unmodified: equal to what the story says is true."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.accounts import Account, StreamState
from models.enums import Provider
from models.history import Sighting
from tests.connectors.outlook.account import browse
from tests.sandbox.google.consent import approve
from tests.sandbox.google.fill import happen as google_happen
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.fill import happen
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.story import TrueInteraction
from tests.sandbox.world import World, booked_by, held_by
from tests.worker.stored import stored
from worker.accounts.connect import connect_account, discover
from worker.accounts.providers import SignIn
from worker.accounts.store import disconnect
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import sync
from worker.sync.recompute import recompute
from worker.sync.stream import read_stream
from worker.sync.trouble import Outcome

END = datetime(2026, 11, 20, 18, tzinfo=UTC)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = END

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def world() -> World:
    return World(5, until=END, mails=700)


@pytest.fixture
def microsoft(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftSandbox]:
    with MicrosoftSandbox(tmp_path, address=world.owner.address) as sandbox:
        monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.certificates.ca_file))
        yield sandbox


@pytest.fixture
def google(world: World) -> Iterator[GoogleSandbox]:
    """The private account, with a quota that a test need not wait for."""
    with GoogleSandbox([GoogleMailbox(world.aliases[0])]) as sandbox:
        sandbox.quota.limits = dict.fromkeys(sandbox.quota.limits, 10**9)
        yield sandbox


@pytest.fixture
def runtime(microsoft: MicrosoftSandbox, google: GoogleSandbox, tmp_path: Path) -> Runtime:
    settings = Settings.model_validate(
        {
            **google.settings(),
            "home": tmp_path / "home",
            "google_units_per_minute": 10**9,
            "microsoft_client_id": PUBLIC_CLIENT,
            "microsoft_authority": microsoft.authority,
            "graph_root": microsoft.graph_root,
        }
    )
    return open_runtime(settings, clock=Clock())


def assert_equal(runtime: Runtime, truth: list[TrueInteraction], by: datetime = END) -> None:
    expected = {
        true.identity: true for true in truth if not true.via_list
    }  # a discussion list is a crowd: skipped, and said
    found = stored(runtime, by)
    assert found.keys() == expected.keys()
    for identity, true in expected.items():
        channel, direction, at, people = found[identity]
        assert (channel, direction, at) == (true.channel, true.direction, true.at)
        # who declined stays a participant of the meeting, with that answer
        assert people >= true.people if channel == "meeting" else people == true.people


def read_everything(runtime: Runtime, user_id: int) -> None:
    """Read every stream to its end, going on at once after whatever passes."""
    with runtime.engine.connect() as connection:
        streams = list(connection.scalars(select(StreamState.id).where(StreamState.user_id == user_id)))
    for stream in streams:
        for _ in range(200):
            if read_stream(runtime, stream, "test", lambda: True) is Outcome.FINISHED:
                break
        else:
            raise AssertionError(f"stream {stream} never ended")
    recompute(runtime, user_id)


def test_what_outlook_tells_is_what_happened(runtime: Runtime, world: World, microsoft: MicrosoftSandbox) -> None:
    happen(microsoft.mailbox, world.mails, world.meetings)
    connected = connect_account(runtime, Provider.OUTLOOK, SignIn(browse))
    assert all(stream.finished for stream in sync(runtime, connected.user_id))
    assert_equal(runtime, world.truth)


def test_nothing_secret_lies_open(runtime: Runtime, microsoft: MicrosoftSandbox) -> None:
    connected = connect_account(runtime, Provider.OUTLOOK, SignIn(browse))
    sync(runtime, connected.user_id)
    secrets = [*microsoft.entra.access_tokens, *microsoft.entra.refresh_tokens]
    assert secrets
    for file in runtime.settings.home.iterdir():
        content = file.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content]
        assert b"This must never be read." not in content


def test_a_storm_of_faults_changes_nothing(runtime: Runtime, world: World, microsoft: MicrosoftSandbox) -> None:
    happen(microsoft.mailbox, world.mails, world.meetings)
    connected = connect_account(runtime, Provider.OUTLOOK, SignIn(browse))
    faults = microsoft.mailbox.faults
    faults.rate, faults.retry_after, microsoft.mailbox.largest_page = 0.1, 0, 10
    read_everything(runtime, connected.user_id)
    assert faults.refused > 5
    assert_equal(runtime, world.truth)


def test_the_week_after_with_tokens_and_links_that_ran_out(
    runtime: Runtime, world: World, microsoft: MicrosoftSandbox
) -> None:
    happen(microsoft.mailbox, world.mails, world.meetings)
    connected = connect_account(runtime, Provider.OUTLOOK, SignIn(browse))
    read_everything(runtime, connected.user_id)
    later = world.later(7)
    happen(microsoft.mailbox, later.mails, later.meetings)
    microsoft.entra.expire_tokens()
    microsoft.mailbox.delta.expire()
    assert isinstance(runtime.clock, Clock)
    runtime.clock.now = later.until
    read_everything(runtime, connected.user_id)
    assert_equal(runtime, [*world.truth, *later.truth], later.until)


def test_moves_and_deletions_undo_no_contact(runtime: Runtime, world: World, microsoft: MicrosoftSandbox) -> None:
    mailbox = microsoft.mailbox
    happen(mailbox, world.mails, world.meetings)
    connected = connect_account(runtime, Provider.OUTLOOK, SignIn(browse))
    read_everything(runtime, connected.user_id)
    folder = mailbox.mail.new_folder("Ablage")
    inbox = list(mailbox.mail.by_folder["folder-inbox"])
    for number, key in enumerate(inbox):
        match number % 3:
            case 0:
                mailbox.mail.delete(key)
            case 1:
                mailbox.mail.purge(key)
            case 2:
                mailbox.mail.move(key, folder)
    discover(runtime, connected.account_id)
    read_everything(runtime, connected.user_id)
    assert_equal(runtime, world.truth)


@pytest.mark.parametrize("first", ["outlook", "gmail"])
def test_two_accounts_are_one_history(
    runtime: Runtime, world: World, microsoft: MicrosoftSandbox, google: GoogleSandbox, first: str
) -> None:
    work, private = world.owner.address, world.aliases[0]
    happen(microsoft.mailbox, held_by(work, world.mails), booked_by(work, world.meetings))
    google_happen(
        google.mailboxes[private],
        held_by(private, world.mails),
        booked_by(private, world.meetings),
        own={work, private},
    )
    user = None
    for provider in (first, "gmail" if first == "outlook" else "outlook"):
        connected = (
            connect_account(runtime, Provider.OUTLOOK, SignIn(browse), user_id=user)
            if provider == "outlook"
            else connect_account(runtime, Provider.GMAIL, SignIn(approve), user_id=user)
        )
        user = connected.user_id
        if first == "outlook":  # in the other order both are read at the same time, by four threads
            assert all(stream.finished for stream in sync(runtime, user))
    assert user
    assert all(stream.finished for stream in sync(runtime, user))
    assert_equal(runtime, world.truth)
    shared = select(Sighting.identity).group_by(Sighting.identity).having(func.count() > 1)
    with runtime.engine.connect() as connection:
        assert connection.execute(shared.where(Sighting.identity != "", Sighting.outcome == "held")).first()
        accounts = {row.provider: row.id for row in connection.execute(select(Account.provider, Account.id))}
    # What both tell stays when one of them goes with all that only it told.
    disconnect(runtime, user, accounts[Provider.GMAIL], erase=True)
    recompute(runtime, user)
    left = stored(runtime, END)
    mine = {mail.message_id for mail in held_by(work, world.mails)} | set(
        left.keys() - {m.message_id for m in world.mails}
    )
    assert left.keys() == {true.identity for true in world.truth if not true.via_list and true.identity in mine}
