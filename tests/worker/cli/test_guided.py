"""`connect ADDRESS` as a person uses it: what is said, what is asked, and what is never sent anywhere."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chaos.clocks import INHERITED
from tests.connectors.imap.dovecot import PASSWORD, Dovecot, dovecot
from tests.connectors.services.nameserver import nameserver
from tests.sandbox.google.consent import decide
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import ROOT, Keepwarm
from tests.worker.cli.test_sign_in import settings
from tests.worker.homes import NOW

ME = "mira@localhost"


def letter(number: int, to: str) -> bytes:
    return (
        f"Message-ID: <{number}@x>\nDate: Mon, {number + 2:02} Nov 2026 10:00:00 +0000\nFrom: Mira <{ME}>\nTo: {to}\nSubject: Hi\n\n"
    ).encode()


@pytest.fixture
def mailserver(monkeypatch: pytest.MonkeyPatch) -> object:
    with dovecot() as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.place / "ca.pem"))
        for number, name in enumerate(("Ann", "Ben", "Cleo", "Dan", "Eva", "Finn")):
            server.put(
                letter(number, f"{name} <{name.lower()}@example.org>"),
                "Sent",
                at=NOW - timedelta(days=9 - number),
                user=ME,
            )
        yield server


def test_an_unknown_domain_is_found_through_the_dns_and_the_first_people_are_shown(
    empty: Keepwarm, mailserver: Dovecot
) -> None:
    with nameserver({"_imaps._tcp.localhost SRV": [f"0 0 {mailserver.tls} localhost."]}) as dns:
        found = empty("connect", ME, say=f"{PASSWORD}\n", KEEPWARM_DNS=dns, KEEPWARM_AUTOCONFIG="")
    assert found.code == 0, found.err
    lines = found.err.splitlines()
    assert lines[0] == "Looking for the mail service of localhost ..."
    assert "by what its domain says in the DNS" in lines[1]
    assert "keepwarm asks for header fields only" in lines[2]
    assert "The first people: Finn, Eva, Dan, Cleo and Ben." in found.err
    assert "keepwarm connect caldav" in found.err
    assert "keepwarm run" in lines[-1]
    assert PASSWORD not in found.err + found.out


def test_bare_connect_asks_for_the_address(empty: Keepwarm) -> None:
    found = empty("connect", say="noor@tuta.com\n")
    assert found.code == 1
    assert "Tuta lets no program read email" in found.err
    assert "keepwarm connect archive" in found.err
    assert empty("connect", say="nonsense\n").code == 2


def test_gmail_begins_with_the_app_password_and_names_the_trade(empty: Keepwarm) -> None:
    found = empty("connect", "Noor@Gmail.com", say="\n")
    assert found.code == 3
    assert "noor@gmail.com is at Google (by its domain)" in found.err
    assert "about 3 minutes: it opens the whole mailbox, but keepwarm asks for header fields only" in found.err
    assert "keepwarm setup google" in found.err
    assert "https://myaccount.google.com/apppasswords" in found.err


def test_outlook_without_an_application_says_what_to_register(empty: Keepwarm) -> None:
    found = empty("connect", "noor@outlook.com")
    assert found.code == 1
    assert "Your own application at Microsoft" in found.err


def test_a_server_that_only_the_dns_names_gets_no_password_without_a_yes(empty: Keepwarm) -> None:
    with nameserver({"_imaps._tcp.firm.invalid SRV": ["0 0 993 imap.elsewhere.invalid."]}) as dns:
        found = empty("connect", "x@firm.invalid", say=f"{PASSWORD}\n", KEEPWARM_DNS=dns, KEEPWARM_AUTOCONFIG="")
    assert found.code == 1
    assert "Nothing was sent to imap.elsewhere.invalid" in found.err


def test_a_domain_nobody_knows_says_what_to_do(empty: Keepwarm) -> None:
    with nameserver({}) as dns:
        found = empty("connect", "x@firm.invalid", KEEPWARM_DNS=dns, KEEPWARM_AUTOCONFIG="")
    assert found.code == 1
    assert "keepwarm connect imap x@firm.invalid --host NAME" in found.err


def test_a_firm_at_google_signs_in_once_where_a_project_is_set_up(tmp_path: Path) -> None:
    mailbox = google_mailbox(World(3, until=NOW, mails=300))
    with (
        GoogleSandbox([mailbox]) as google,
        nameserver({f"{mailbox.address.rpartition('@')[2]} MX": ["1 aspmx.l.google.com."]}) as dns,
    ):
        google.quota.limits["gmail"] = 10**9
        keepwarm = Keepwarm(tmp_path / "home")
        environment = {key: value for key, value in keepwarm.environment.items() if value is not None}
        with subprocess.Popen(
            [sys.executable, "-m", "worker", "connect", mailbox.address, "--no-browser"],
            env={**INHERITED, **environment, **settings(google), "PYTHONPATH": str(ROOT), "KEEPWARM_DNS": dns},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("Open: ").strip()
            _, said = process.communicate(f"{decide(url)}\n", timeout=120)
    assert process.returncode == 0, said
    assert "by where its mail is delivered" in said
    assert "Waiting until you have signed in in the browser" in said
    assert "The first people: " in said
