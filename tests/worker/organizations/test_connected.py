"""An organization of each provider: one step of its administrator, notice to everybody, and each person's own word."""

import json
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft.grants import TENANT_ID
from tests.sandbox.microsoft.tenant import APPLICATION_SECRET
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.cli.test_sign_in import settings
from tests.worker.digest.postbox import Postbox
from tests.worker.homes import NOW
from tests.worker.organizations.firm import (
    BOSS,
    EVERYBODY,
    FIRM,
    LEAVER,
    NO_ONE,
    NO_TWO,
    PEOPLE,
    SCOPES,
    UNLICENSED,
    WAY,
    allow_list,
    at_google,
    at_microsoft,
    microsoft_settings,
    nothing_of,
    notices,
    read,
    states,
)

pytestmark = pytest.mark.usefixtures("post")  # every notice goes there


@pytest.mark.parametrize("provider", ["google", "microsoft"])
def test_fifty_mailboxes_one_step_two_noes_one_leaver_one_without_a_licence(
    provider: str, tmp_path: Path, post: Postbox, request: pytest.FixtureRequest
) -> None:
    keepwarm, sandbox = Keepwarm(tmp_path / "home"), request.getfixturevalue(provider)
    connect = at_google if provider == "google" else at_microsoft
    how = (settings(sandbox) | WAY) if provider == "google" else microsoft_settings(sandbox)
    # Given one person who said no beforehand
    assert keepwarm("organisation", "leave", NO_ONE, "--yes", **how).code == 0

    # When the administrator connects the organization
    found = connect(keepwarm, sandbox, tmp_path, "--allow", allow_list(tmp_path, EVERYBODY))
    assert found.code == 0, found.err

    # Then everybody else is told and active, and whoever has no mailbox is skipped with the reason
    known = states(keepwarm)
    assert {known[UNLICENSED], known[NO_ONE]} == {"skipped", "opted out"}
    assert [address for address, state in known.items() if state == "active"] == [
        address for address in EVERYBODY if address not in {UNLICENSED, NO_ONE}
    ]
    notes = notices(post)
    assert sorted(notes) == [address for address in EVERYBODY if address not in {UNLICENSED, NO_ONE}]
    assert len({text.partition("Leave keepwarm, please: ")[2].split()[0] for text in notes.values()}) == PEOPLE - 2
    for address, text in notes.items():
        assert address in text
        assert BOSS in text
        assert "no view for managers" in " ".join(text.split())
    doctor = keepwarm("doctor", **how).out
    assert UNLICENSED in doctor

    # And each sees their own history alone
    for address in EVERYBODY[:2]:
        own = read(keepwarm, address, how)
        assert [json.loads(line)["subject"] for line in own.splitlines()] == [f"Secret of {address}"]

    # When one more says no, and one leaves the list
    assert read(keepwarm, NO_TWO, how)
    assert read(keepwarm, LEAVER, how)
    assert keepwarm("organisation", "leave", NO_TWO, "--yes", **how).code == 0
    allow_list(tmp_path, [address for address in EVERYBODY if address != LEAVER])
    name = FIRM if provider == "google" else TENANT_ID
    assert keepwarm("organisation", "refresh", name, **how).code == 0

    # Then the no has erased everything at once, and the list does not bring it back
    assert states(keepwarm)[NO_TWO] == "opted out"
    assert NO_TWO not in keepwarm("users", "list", **how).out
    # And the leaver is read no more, is kept for a month, then erased
    assert states(keepwarm)[LEAVER] == "left"
    assert LEAVER in keepwarm("users", "list", **how).out
    assert keepwarm("organisation", "refresh", name, now="2027-01-10T09:00:00Z", **how).code == 0
    assert LEAVER not in keepwarm("users", "list", **how).out
    nothing_of(keepwarm.home, f"Secret of {LEAVER}", f"Secret of {NO_TWO}", APPLICATION_SECRET, "PRIVATE KEY")


def test_a_mail_to_oneself_is_a_no_and_a_mail_from_somebody_else_is_none(
    google: GoogleSandbox, tmp_path: Path, post: Postbox
) -> None:
    keepwarm, how = Keepwarm(tmp_path / "home"), {**settings(google), **WAY}
    two = EVERYBODY[:2]
    assert at_google(keepwarm, google, tmp_path, "--allow", allow_list(tmp_path, two)).code == 0
    words = [
        line.strip()
        for text in notices(post).values()
        for line in text.splitlines()
        if line.strip().startswith("Leave keepwarm")
    ]
    assert len(set(words)) == 2
    for address in two:
        read(keepwarm, address, how)
    # When both subjects come in from outside, and one person sends their own to themselves
    for address, mailbox in google.mailboxes.items():
        if address in two:
            for number, subject in enumerate(words):
                mailbox.deliver([("From", "evil@x.example"), ("To", address), ("Subject", subject), ("Message-ID", f"<e{number}@x>"),
                                 ("Date", "Thu, 19 Nov 2026 10:00:00 +0000")], NOW - timedelta(days=1), labels={"INBOX"})  # fmt: skip
    for address in two:
        keepwarm("sync", "--user", address, **how)
    assert keepwarm("organisation", "refresh", FIRM, **how).code == 0
    assert set(states(keepwarm).values()) == {"active"}
    with google.lock:
        for number, subject in enumerate(words):
            google.mailboxes[two[0]].deliver(
                [("From", two[0]), ("To", two[0]), ("Subject", subject), ("Message-ID", f"<n{number}@x>"),
                 ("Date", "Thu, 19 Nov 2026 11:00:00 +0000")], NOW - timedelta(hours=20), labels={"SENT", "INBOX"})  # fmt: skip
    keepwarm("sync", "--user", two[0], **how)
    assert keepwarm("organisation", "refresh", FIRM, **how).code == 0
    assert states(keepwarm) == {two[0]: "opted out", two[1]: "active"}
    # Then reconnecting by the administrator changes nothing, and only the person takes it back
    assert at_google(keepwarm, google, tmp_path, "--allow", allow_list(tmp_path, two)).code == 0
    assert states(keepwarm)[two[0]] == "opted out"
    assert keepwarm("organisation", "join", two[0], **how).code == 0
    assert keepwarm("organisation", "refresh", FIRM, **how).code == 0
    assert states(keepwarm)[two[0]] == "active"


def test_what_an_administrator_has_to_do_is_said_and_nothing_is_stored(
    google: GoogleSandbox, tmp_path: Path, post: Postbox
) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    listed = allow_list(tmp_path, EVERYBODY[:3])

    def refused(*words: str | Path) -> str:
        found = at_google(keepwarm, google, tmp_path, *words)
        assert found.code in {1, 3}
        assert "No organization is connected" in keepwarm("organisation", "status").err
        assert not post.taken
        return found.err

    google.workspace.delegated.discard("https://www.googleapis.com/auth/calendar.events.readonly")
    assert "can take up to 24 hours" in refused("--allow", listed)
    google.workspace.delegated |= SCOPES
    google.workspace.key_deleted = True
    assert "deleted or disabled" in refused("--allow", listed)
    google.workspace.key_deleted = False
    assert "in one way" in refused()
    assert "in one way" in refused("--allow", listed, "--everyone")
    empty = tmp_path / "empty.txt"
    empty.write_text("# nobody\n")
    assert "holds no email addresses" in refused("--allow", empty)
    empty.write_text("a@b.example\nnonsense\n")
    assert "Line 2" in refused("--allow", empty)
    words = ("organisation", "connect", "google", "--key", tmp_path / "key.json", "--admin", BOSS, "--allow", listed)
    assert "KEEPWARM_SMTP_URL" in keepwarm(*words, **settings(google)).err
    folder = keepwarm(*words, **settings(google), KEEPWARM_SMTP_URL=f"file://{tmp_path / 'notices'}")
    assert "smtp://" in folder.err, "a folder reaches nobody"


def test_a_notice_that_cannot_be_sent_is_tried_again_and_nothing_is_read_before(
    google: GoogleSandbox, tmp_path: Path, post: Postbox
) -> None:
    keepwarm, how = Keepwarm(tmp_path / "home"), {**settings(google), **WAY}
    post.answers = ["451 try again later", "250 OK"]
    assert at_google(keepwarm, google, tmp_path, "--allow", allow_list(tmp_path, EVERYBODY[:2])).code == 0
    assert states(keepwarm) == {EVERYBODY[0]: "waiting", EVERYBODY[1]: "active"}
    assert EVERYBODY[0] not in keepwarm("status", "--json", "--user", EVERYBODY[0], **how).out
    assert EVERYBODY[0] in keepwarm("doctor", **how).out
    assert keepwarm("organisation", "refresh", FIRM, **how).code == 0
    assert set(states(keepwarm).values()) == {"active"}
    assert sorted(notices(post)) == EVERYBODY[:2]


def test_a_mailbox_that_its_person_connected_stays_theirs(google: GoogleSandbox, tmp_path: Path) -> None:
    from tests.worker.homes import open_home
    from worker.accounts.store import ensure_account, put_secret
    from worker.app.users import add_user
    from worker.storage.transactions import writing

    keepwarm = Keepwarm(tmp_path / "home")
    runtime = open_home(keepwarm.home)
    with writing(runtime.engine) as connection:
        user = add_user(connection, EVERYBODY[0], NOW)
        from models.enums import Provider

        account = ensure_account(connection, user, Provider.GMAIL, EVERYBODY[0], runtime)
        put_secret(connection, runtime, account, "their own", "read")
    runtime.engine.dispose()
    assert at_google(keepwarm, google, tmp_path, "--allow", allow_list(tmp_path, EVERYBODY[:1])).code == 0
    assert states(keepwarm) == {EVERYBODY[0]: "skipped"}
    how = {**settings(google), **WAY}
    assert keepwarm("organisation", "disconnect", FIRM, "--erase", "--yes", **how).code == 0
    assert EVERYBODY[0] in keepwarm("users", "list", **how).out


def test_the_notice_is_an_honest_mail() -> None:
    from worker.organizations.notice import notice

    mail = message_from_bytes(
        notice(
            "kw@x.example",
            address="a@x.example",
            name="<b>A",
            decided_by=BOSS,
            leave="Leave: x",
            now=NOW,
            subjects=False,
        )
    )
    assert mail["Reply-To"] == BOSS
    text, html = (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())
    assert isinstance(text, bytes)
    assert isinstance(html, bytes)
    assert b"without subjects" in text
    assert b"after 30 days" in text
    assert b"<b>A" not in html
