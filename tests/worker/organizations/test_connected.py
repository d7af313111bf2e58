"""An organization of each provider: one step of its administrator, notice to everybody, and each person's own word."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from models.records import Mailbox
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.google.workspace import SERVICE_ACCOUNT
from tests.sandbox.microsoft.grants import TENANT_ID
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.microsoft.tenant import APPLICATION, APPLICATION_SECRET
from tests.worker.cli.keepwarm import Answer, Keepwarm
from tests.worker.cli.test_sign_in import settings
from tests.worker.digest.postbox import Postbox, serving
from tests.worker.homes import NOW

PEOPLE = 50
FIRM = "firm.example"
BOSS = f"boss@{FIRM}"
EVERYBODY = [f"p{number:02}@{FIRM}" for number in range(PEOPLE)]
UNLICENSED, LEAVER, NO_ONE, NO_TWO = EVERYBODY[3], EVERYBODY[7], EVERYBODY[11], EVERYBODY[13]
#: How the notices go; each test has a server of its own.
WAY: dict[str, str] = {}
SCOPES = {
    "https://www.googleapis.com/auth/gmail.metadata",
    "https://www.googleapis.com/auth/calendar.events.readonly",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
}


def letter(address: str) -> list[tuple[str, str]]:
    """A letter to somebody only this person knows."""
    return [("From", address), ("To", f"friend-of-{address}"), ("Subject", f"Secret of {address}"),
            ("Message-ID", f"<1.{address}>"), ("Date", "Mon, 02 Nov 2026 10:00:00 +0000")]  # fmt: skip


@pytest.fixture
def google() -> Iterator[GoogleSandbox]:
    mailboxes = [GoogleMailbox(address, address) for address in EVERYBODY if address != UNLICENSED]
    for mailbox in mailboxes:
        mailbox.deliver(letter(mailbox.address), NOW - timedelta(days=18), labels={"SENT"})
        mailbox.expire_cursors()
    with GoogleSandbox(mailboxes, checked=False) as sandbox:
        sandbox.quota.limits["gmail"] = 10**9
        sandbox.workspace.delegated |= SCOPES
        sandbox.workspace.unlicensed.add(UNLICENSED)
        sandbox.workspace.admins.add(BOSS)
        yield sandbox


@pytest.fixture
def microsoft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftSandbox]:
    place = tmp_path / "sandbox"
    place.mkdir()
    with MicrosoftSandbox(place, address=EVERYBODY[0]) as sandbox:
        for address in EVERYBODY:
            mailbox = sandbox.mailbox if address == EVERYBODY[0] else sandbox.add(address)
            friend = Mailbox(f"friend-of-{address}")
            mailbox.mail.send([friend], at=NOW - timedelta(days=18), subject=f"Secret of {address}")
        sandbox.entra.tenant.unlicensed.add(UNLICENSED)
        monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.certificates.ca_file))
        yield sandbox


def allow_list(place: Path, addresses: list[str]) -> Path:
    path = place / "people.txt"
    path.write_text("# who may be read\n" + "".join(f"{address.upper()}\n" for address in addresses))
    return path


@pytest.fixture(autouse=True)
def post() -> Iterator[Postbox]:
    """The mail server that takes the notices."""
    box = Postbox()
    with serving(box) as port:
        WAY["KEEPWARM_SMTP_URL"] = f"smtp://127.0.0.1:{port}?from=keepwarm@{FIRM}"
        yield box


def notices(post: Postbox) -> dict[str, str]:
    """The text of the notice that each person got."""
    bodies = {str(mail["To"]): mail.get_body(("plain",)) for mail in post.mails}
    return {to: body.get_content() for to, body in bodies.items() if body is not None}


def states(keepwarm: Keepwarm) -> dict[str, str]:
    (organization,) = keepwarm("organisation", "status", "--json").json
    return {one["address"]: one["state"] for one in organization["people"]}


def at_google(keepwarm: Keepwarm, google: GoogleSandbox, place: Path, *words: str | Path) -> Answer:
    key = place / "key.json"
    key.write_text(google.workspace.key_file())
    how = {**settings(google), **WAY}
    return keepwarm("organisation", "connect", "google", "--key", key, "--admin", BOSS, *words, **how)


def microsoft_settings(microsoft: MicrosoftSandbox) -> dict[str, str]:
    return {
        "KEEPWARM_MICROSOFT_AUTHORITY": f"{microsoft.root}/common", "KEEPWARM_GRAPH_ROOT": microsoft.graph_root,
        "KEEPWARM_MICROSOFT_CLIENT_ID": APPLICATION, "KEEPWARM_MICROSOFT_CLIENT_SECRET": APPLICATION_SECRET,
        **WAY,
    }  # fmt: skip


def at_microsoft(keepwarm: Keepwarm, microsoft: MicrosoftSandbox, _: Path, *words: str | Path) -> Answer:
    how = microsoft_settings(microsoft)
    return keepwarm("organisation", "connect", "microsoft", "--tenant", TENANT_ID, "--admin", BOSS, *words, **how)


def read(keepwarm: Keepwarm, address: str, how: dict[str, str]) -> str:
    """What a person's own history says after a sync."""
    done = keepwarm("sync", "--user", address, **how)
    assert done.code == 0, (address, done.err)
    return keepwarm("export", "interactions", "--format", "jsonl", "--user", address, **how).out


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
    told = notices(post)
    assert sorted(told) == [address for address in EVERYBODY if address not in {UNLICENSED, NO_ONE}]
    assert len({text.partition("Leave keepwarm, please: ")[2].split()[0] for text in told.values()}) == PEOPLE - 2
    for address, text in told.items():
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
    _nothing_of(keepwarm.home, f"Secret of {LEAVER}", f"Secret of {NO_TWO}", APPLICATION_SECRET, "PRIVATE KEY")


def _nothing_of(home: Path, *words: str) -> None:
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word.encode() in content for word in words), path


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


def test_the_directory_and_a_group_page_by_page(google: GoogleSandbox, tmp_path: Path) -> None:
    keepwarm, how = Keepwarm(tmp_path / "home"), {**settings(google), **WAY}
    users, members = (
        f"https://www.googleapis.com/auth/admin.directory.{one}.readonly" for one in ("user", "group.member")
    )
    assert "can take up to 24 hours" in at_google(keepwarm, google, tmp_path, "--everyone").err
    google.workspace.delegated |= {users, members}
    google.workspace.groups["sales@firm.example"] = EVERYBODY[:2]
    assert "no such group" in at_google(keepwarm, google, tmp_path, "--group", "none@firm.example").err
    assert at_google(keepwarm, google, tmp_path, "--group", "sales@firm.example").code == 0
    assert states(keepwarm) == dict.fromkeys(EVERYBODY[:2], "active")
    # a joiner is told and read; an empty answer makes nobody leave
    google.workspace.groups["sales@firm.example"] = EVERYBODY[:3]
    assert keepwarm("organisation", "refresh", FIRM, **how).code == 0
    assert len(states(keepwarm)) == 3
    google.workspace.groups["sales@firm.example"] = []
    found = keepwarm("organisation", "refresh", FIRM, **how)
    assert found.code == 1
    assert "names nobody" in found.err
    assert set(states(keepwarm).values()) == {"active"}
    assert "names nobody" in keepwarm("doctor", **how).out


def test_without_a_key_file_iam_signs(google: GoogleSandbox, tmp_path: Path) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    cloud = tmp_path / "adc.json"
    cloud.write_text(google.workspace.key_file())
    how = {**settings(google), **WAY, "GOOGLE_APPLICATION_CREDENTIALS": str(cloud)}
    words = ("organisation", "connect", "google", "--service-account", SERVICE_ACCOUNT, "--admin", BOSS)
    listed = ("--allow", allow_list(tmp_path, EVERYBODY[:1]))
    google.workspace.signers.clear()
    denied = keepwarm(*words, *listed, **how)
    assert denied.code == 3
    assert "Token Creator" in denied.err
    google.workspace.signers.add(SERVICE_ACCOUNT)
    assert keepwarm(*words, *listed, **how).code == 0
    assert read(keepwarm, EVERYBODY[0], how)
    _nothing_of(keepwarm.home, "PRIVATE KEY")
    assert google.requests["v1"] > 0


def test_a_fence_of_microsofts_own_and_the_two_that_add_up(microsoft: MicrosoftSandbox, tmp_path: Path) -> None:
    keepwarm, how, tenant = Keepwarm(tmp_path / "home"), microsoft_settings(microsoft), microsoft.entra.tenant
    listed = ("--allow", allow_list(tmp_path, EVERYBODY[:2]))
    tenant.roles.clear()
    assert "more than an hour" in at_microsoft(keepwarm, microsoft, tmp_path, *listed).err
    tenant.fence |= {EVERYBODY[0]}
    assert at_microsoft(keepwarm, microsoft, tmp_path, *listed).code == 0
    assert states(keepwarm) == {EVERYBODY[0]: "active", EVERYBODY[1]: "skipped"}
    assert read(keepwarm, EVERYBODY[0], how)
    assert "the two add up" not in keepwarm("doctor", **how).out
    tenant.roles.add("Mail.ReadBasic.All")
    from connectors.outlook import app_only

    app_only._SHARED.clear()  # another process
    assert keepwarm("organisation", "refresh", TENANT_ID, **how).code == 0
    assert "the two add up" in " ".join(keepwarm("doctor", **how).out.split())
    # a secret that has expired is said, and stops nobody's no
    tenant.secret = "another"
    app_only._SHARED.clear()
    assert "wrong or has expired" in keepwarm("organisation", "refresh", TENANT_ID, **how).err
    assert keepwarm("organisation", "leave", EVERYBODY[0], "--yes", **how).code == 0
    assert states(keepwarm)[EVERYBODY[0]] == "opted out"


def test_a_certificate_instead_of_a_secret_and_the_tenants_groups(microsoft: MicrosoftSandbox, tmp_path: Path) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    how = microsoft_settings(microsoft) | {"KEEPWARM_MICROSOFT_CLIENT_SECRET": ""}
    pem = tmp_path / "app.pem"
    pem.write_text(_certificate())
    microsoft.entra.tenant.certificate = pem.read_text()[pem.read_text().index("-----BEGIN CERT") :]
    words = ("organisation", "connect", "microsoft", "--tenant", TENANT_ID, "--admin", BOSS, "--certificate", pem)
    denied = keepwarm(*words, "--group", "sales", **how)
    assert "User.Read.All" in denied.err
    microsoft.entra.tenant.roles.add("User.Read.All")
    microsoft.entra.tenant.guests.append("guest@other.example")
    microsoft.entra.tenant.groups["sales"] = EVERYBODY[:1]
    assert keepwarm(*words, "--group", "sales", **how).code == 0
    assert states(keepwarm) == {EVERYBODY[0]: "active"}
    half = tmp_path / "half.pem"
    half.write_text("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----")
    assert "both in PEM" in keepwarm(*words[:-1], half, "--everyone", **how).err


def _certificate() -> str:
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "keepwarm")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return pem + made.public_bytes(serialization.Encoding.PEM).decode()


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
