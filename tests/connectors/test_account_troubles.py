"""What goes wrong with a whole account, provoked over real HTTP: each is said, and none stops more than it must."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.errors import NeedsReauthorisation
from models.accounts import Account
from models.enums import Provider
from models.history import Participation
from models.people import Address, OwnAddress
from models.records import Mailbox
from tests.connectors.installation import ADA, NOW, OWNER, Installation
from tests.sandbox.google.agenda import guest, moment
from tests.sandbox.google.consent import approve
from tests.sandbox.google.faults import refuse
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn

HOUR = timedelta(hours=1)
PROVIDERS = pytest.mark.parametrize("provider", ["gmail", "outlook"])
FORBIDDEN = refuse(403, "forbidden", "Forbidden")


def deliver(installation: Installation, provider: str, name: str) -> str:
    """A mail of Zoe's; give its Message-ID as stored."""
    if provider == "gmail":
        headers = plain_mail("zoe@zoe.example", [ADA], installation.now, f"{name}@zoe.example")
        installation.gmail.deliver(headers, installation.now)
        return f"{name}@zoe.example"
    mailbox = installation.microsoft.mailbox
    key = mailbox.mail.deliver(Mailbox("zoe@zoe.example", "Zoe"), [mailbox.me], at=installation.now)
    return str(mailbox.mail.messages[key].fields["internetMessageId"]).strip("<>")


def fail_listing(installation: Installation, provider: str, times: int) -> None:
    if provider == "gmail":
        installation.google.faults.then(*[refuse(503, "backendError", "Backend Error")] * times)
    else:
        installation.microsoft.mailbox.faults.script = deque(["503 bare"] * times)


@PROVIDERS
def test_streams_that_could_not_be_listed_once_are_asked_for_again(installation: Installation, provider: str) -> None:
    installation.connect(provider)
    name = deliver(installation, provider, "one")
    fail_listing(installation, provider, 4 if provider == "outlook" else 1)
    assert all(stream.finished for stream in installation.sync())
    assert name in installation.mails()
    assert installation.account_state(provider) == ("active", None)


def test_streams_that_cannot_be_listed_at_all_are_shown_and_mail_goes_on(installation: Installation) -> None:
    installation.connect("outlook")
    name = deliver(installation, "outlook", "one")
    installation.microsoft.mailbox.faults.broken = "/mailFolders?"
    standing = installation.sync()
    assert [stream.title for stream in standing if not stream.finished] == ["what there is to read"]
    assert all(stream.trouble for stream in standing if not stream.finished)
    assert name in installation.mails()
    state, trouble = installation.account_state("outlook")
    assert (state, bool(trouble)) == ("active", True)
    installation.microsoft.mailbox.faults.broken = ""
    assert all(stream.finished for stream in installation.sync())
    assert installation.account_state("outlook") == ("active", None)


def test_an_account_connected_in_a_bad_moment_is_listed_later(installation: Installation) -> None:
    installation.microsoft.mailbox.faults.broken = "/mailFolders?"
    installation.connect("outlook")
    installation.microsoft.mailbox.faults.broken = ""
    name = deliver(installation, "outlook", "one")
    assert all(stream.finished for stream in installation.sync())
    assert name in installation.mails()


@pytest.mark.parametrize("reason", ["forbidden", "accessNotConfigured", "notACalendarUser", "insufficientPermissions"])
def test_a_list_of_calendars_that_is_denied_stops_no_mail(installation: Installation, reason: str) -> None:
    installation.gmail.agenda.refused = reason
    installation.connect("gmail")
    name = deliver(installation, "gmail", "one")
    standing = installation.sync()
    assert name in installation.mails()
    assert [stream.title for stream in standing if stream.trouble] == ["Calendar"]
    assert installation.account_state("gmail")[0] == "active"
    installation.gmail.agenda.refused = ""
    assert all(stream.finished for stream in installation.sync())


def test_a_denied_list_closes_no_calendar(installation: Installation) -> None:
    installation.gmail.agenda.primary.put(
        {
            "id": "lunch",
            "iCalUID": "lunch@google.com",
            "start": moment(NOW + 3 * HOUR),
            "end": moment(NOW + 4 * HOUR),
            "organizer": {"email": ADA, "self": True},
            "attendees": [guest(ADA, "accepted", self=True), guest("zoe@zoe.example", "accepted")],
        }
    )
    installation.connect("gmail")
    installation.sync()
    installation.gmail.agenda.refused = "forbidden"
    installation.sync(after=5 * HOUR)
    assert installation.meetings() == [NOW + 3 * HOUR]


def test_one_calendar_that_is_closed_stops_alone(installation: Installation) -> None:
    team = installation.gmail.agenda.add("team@group.calendar.google.com", "Team")
    installation.connect("gmail")
    installation.sync()
    team.denied = True
    name = deliver(installation, "gmail", "one")
    installation.sync()
    assert name in installation.mails()
    troubles = installation.streams()
    assert troubles["Team"]
    assert [title for title, trouble in troubles.items() if trouble] == ["Team"]


def test_one_folder_that_is_closed_stops_alone(installation: Installation) -> None:
    mail = installation.microsoft.mailbox.mail
    folder = mail.new_folder("Shared")
    installation.connect("outlook")
    installation.sync()
    installation.microsoft.mailbox.faults.closed = f"{folder}"
    name = deliver(installation, "outlook", "one")
    installation.sync()
    assert name in installation.mails()
    assert [title for title, trouble in installation.streams().items() if trouble] == ["Shared"]
    assert installation.account_state("outlook")[0] == "active"


@PROVIDERS
def test_streams_are_listed_once_a_run(installation: Installation, provider: str) -> None:
    for number in range(8):
        installation.gmail.agenda.add(f"c{number}@group.calendar.google.com", f"Calendar {number}")
        installation.microsoft.mailbox.mail.new_folder(f"Folder {number}")
    installation.connect(provider)
    installation.google.methods.clear()
    paths = installation.microsoft.graph.paths
    paths.clear()
    installation.sync()
    if provider == "gmail":
        assert installation.google.methods["calendar.calendarList.list"] == 1
        assert installation.google.methods["calendar.events.list"] >= 9
    else:
        asked = [path.partition("?")[0].removeprefix("/v1.0") for path in paths]
        assert asked.count("/me/mailFolders") == 1
        assert not [path for path in asked if path.startswith("/me/mailFolders/folder-") and path.count("/") == 3]


def choosing(address: str) -> Callable[[str], object]:
    """A browser in which another account is chosen than the one that was asked for."""

    return lambda url: approve(url, account=address)


def secrets_of(installation: Installation) -> list[tuple[str, str]]:
    with installation.runtime.engine.connect() as connection:
        return [(row.address, row.state) for row in connection.execute(select(Account.address, Account.state))]


@pytest.mark.parametrize("named", [False, True])
def test_reconnecting_another_mailbox_is_refused_before_anything_is_stored(
    installation: Installation, named: bool
) -> None:
    installation.google.mailboxes["eve@example.org"] = GoogleMailbox("eve@example.org")
    installation.connect("gmail")
    installation.google.revoke(ADA)
    installation.google.authorization.end_access_tokens()
    installation.sync()
    assert installation.account_state("gmail")[0] == "needs_person"
    how = SignIn(choosing("eve@example.org"), login_hint=ADA if named else None)
    with pytest.raises(NeedsReauthorisation, match=r"chosen='eve@example\.org' wanted='ada@example\.org'"):
        connect_account(installation.runtime, Provider.GMAIL, how, installation.user)
    assert secrets_of(installation) == [(ADA, "needs_person")]
    how = SignIn(choosing("eve@example.org"), login_hint="eve@example.org")
    connect_account(installation.runtime, Provider.GMAIL, how, installation.user)
    assert secrets_of(installation) == [(ADA, "needs_person"), ("eve@example.org", "active")]


def test_a_renamed_account_stays_one(installation: Installation) -> None:
    installation.connect("outlook")
    name = deliver(installation, "outlook", "one")
    installation.sync()
    account = installation.accounts["outlook"]
    installation.microsoft.rename("owner.new@contoso.example")
    installation.connect("outlook")
    assert installation.accounts["outlook"] == account
    assert secrets_of(installation) == [("owner.new@contoso.example", "active")]
    installation.sync()
    assert installation.mails() == {name}
    assert {OWNER, "owner.new@contoso.example"} <= own_addresses(installation)


def test_the_aliases_a_provider_states_are_oneself(installation: Installation) -> None:
    installation.microsoft.mailbox.proxies = ("SMTP:owner@contoso.example", "smtp:O.Wner@contoso.example", "x500:/o=x")
    installation.microsoft.mailbox.other_mails = ("owner@home.example",)
    installation.connect("outlook")
    assert own_addresses(installation) == {OWNER, "o.wner@contoso.example", "owner@home.example"}


def test_an_address_that_graph_writes_with_its_name_is_the_address(installation: Installation) -> None:
    installation.connect("outlook")
    mailbox = installation.microsoft.mailbox
    mailbox.mail.deliver(Mailbox('"Zoe, Z." <Zoe@Zoe.example>', "Zoe"), [mailbox.me], at=installation.now)
    installation.sync()
    with installation.runtime.engine.connect() as connection:
        assert connection.scalars(select(Address.address).join(Participation)).all() == ["zoe@zoe.example"]


def own_addresses(installation: Installation) -> set[str]:
    with installation.runtime.engine.connect() as connection:
        return set(connection.scalars(select(OwnAddress.address)))
