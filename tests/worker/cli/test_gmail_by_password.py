"""Gmail's three minutes, from the address to the digest: app password and secret calendar address, at Google's names.

`/etc/hosts` of the program alone (a mount namespace) leads these names to servers here with Gmail's facts: All Mail,
labels, threads, an app password typed in four groups; and the calendar's file. Nothing is told where they are.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.chaos.clocks import INHERITED
from tests.connectors.ical.feeds import Published, event
from tests.connectors.imap.fake import FakeImap, Mail, fake
from tests.sandbox.http import Server
from tests.sandbox.microsoft.tls import Certificates
from tests.worker.cli.keepwarm import ROOT, Answer, Keepwarm
from tests.worker.homes import NOW

ME = "noor@gmail.com"
TYPED = "abcd efgh\u00a0ijkl mnop"  # as Google shows it, and as a browser copies it
FRIENDS = ("Ann", "Ben", "Cleo", "Dan", "Eva", "Finn")
SECRET = "private-0a1b2c3d"
LISTS = (
    '* LIST (\\HasNoChildren) "/" "INBOX"',
    '* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
    '* LIST (\\All \\HasNoChildren) "/" "[Gmail]/All Mail"',
    '* LIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Sent Mail"',
    '* LIST (\\HasNoChildren \\Junk) "/" "[Gmail]/Spam"',
)


def letter(number: int, friend: str, at: datetime, *, sent: bool) -> Mail:
    """One email of a life: `number` is its thread as well."""
    own, theirs = f"Noor <{ME}>", f"{friend} <{friend.lower()}@friends.example>"
    sender, to = (own, theirs) if sent else (theirs, own)
    head = f"Message-ID: <{number}@mails.example>\r\nDate: {at:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: {sender}\r\nTo: {to}\r\nSubject: Plans\r\n"
    return Mail(head, f'"{at:%d-%b-%Y %H:%M:%S} +0000"', '"\\\\Sent"' if sent else "\\Inbox", thread=number)


def life() -> dict[int, Mail]:
    """A year and a half with six friends; with Ann it has been quiet for three months."""
    dates = []
    for place, friend in enumerate(FRIENDS):
        quiet = 95 if friend == "Ann" else 2 + place
        for step, days in enumerate(range(quiet, 560, 9)):
            dates.append((NOW - timedelta(days=days, hours=place), friend, step % 2 == 0))
    return {uid: letter(uid, friend, at, sent=sent) for uid, (at, friend, sent) in enumerate(sorted(dates), 1)}


@dataclass(frozen=True)
class AtGoogle:
    """The servers behind Google's names, and the program that finds them there."""

    keepwarm: Keepwarm
    mail: FakeImap
    calendar: Published
    address: str
    settings: dict[str, str]
    hosts: Path

    def __call__(self, *words: str, say: str = "") -> Answer:
        """Call the program as a process whose /etc/hosts is ours."""
        mine = {key: value for key, value in self.keepwarm.environment.items() if value is not None}
        inner = f'mount --bind "{self.hosts}" /etc/hosts && exec "$@"'
        program = [sys.executable, "-m", "worker", "--now", NOW.isoformat(), *words]
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", inner, "sh", *program], input=say, capture_output=True, text=True,
            check=False, timeout=120, env={**INHERITED, **mine, **self.settings, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        return Answer(done.stdout, done.stderr, done.returncode)


@pytest.fixture
def google(tmp_path: Path) -> Iterator[AtGoogle]:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("only root can give a program an /etc/hosts of its own (unshare)")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace can be made here")
    place = Random(os.getpid())
    here = f"127.{place.randint(64, 254)}.{place.randint(0, 254)}.{place.randint(1, 254)}"
    certificates = Certificates(tmp_path, "imap.gmail.com", "calendar.google.com")
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 localhost calendar.google.com\n{here} imap.gmail.com\n")
    calendar = Published(
        {
            "past": event("past", NOW - timedelta(days=12), people=["eva@friends.example", ME]),
            "next": event("next", NOW + timedelta(days=3), people=["ben@friends.example", ME]),
        }
    )
    settings = {"SSL_CERT_FILE": str(certificates.ca_file), "KEEPWARM_DNS": "127.0.0.1:9", "KEEPWARM_AUTOCONFIG": ""}
    facts: dict[str, Any] = {
        "before": "IMAP4rev1 AUTH=PLAIN X-GM-EXT-1",
        "after": "IMAP4rev1 X-GM-EXT-1 SPECIAL-USE",
        "lists": LISTS,
    }
    with (
        fake(
            life(), at=(here, 993), tls=certificates.server_context, user=ME, password="abcdefghijklmnop", **facts
        ) as mail,
        Server(calendar.answer, tls=certificates.server_context) as server,
    ):
        address = f"https://calendar.google.com:{server.port}/calendar/ical/noor%40gmail.com/{SECRET}/basic.ics"
        yield AtGoogle(Keepwarm(tmp_path / "home"), mail, calendar, address, settings, hosts)


def test_from_the_address_to_the_first_people_and_the_digest(google: AtGoogle) -> None:
    found = google("connect", ME, say=f"{TYPED}\n{google.address}\n")
    assert found.code == 0, found.err
    assert "noor@gmail.com is at Google (by its domain)" in found.err
    assert "https://myaccount.google.com/apppasswords" in found.err
    assert "Your calendar's secret address is here:" in found.err
    assert "events name people" in found.err
    assert "The first people: Ben, Cleo, Dan, Eva and Finn." in found.err
    assert SECRET not in found.err + found.out
    assert "abcd" not in found.err + found.out
    people = {one["name"] for one in google("people", "--json").json}
    assert people >= set(FRIENDS)
    digest = google("digest")
    assert digest.code == 0, digest.err
    assert "Ann" in digest.out
    assert google.mail.forbidden == []
    assert google.mail.commands("EXAMINE") == [one for one in google.mail.said if "All Mail" in one]


def test_without_the_secret_address_the_email_is_connected(google: AtGoogle) -> None:
    found = google("connect", ME, "--later", say=f"{TYPED}\n\n")
    assert found.code == 0, found.err
    assert "Connected the email of noor@gmail.com." in found.err
    assert google.calendar.asked == []


def test_a_wrong_secret_address_never_stops_the_email(google: AtGoogle) -> None:
    google.calendar.status = 404
    found = google("connect", ME, say=f"{TYPED}\n{google.address}\n")
    assert found.code == 0, found.err
    assert "Only the email is connected." in found.err
    assert "The first people: " in found.err


def test_an_ordinary_password_is_refused_in_words_that_help(google: AtGoogle) -> None:
    google.mail.quirks.refuse = {
        "AUTHENTICATE": "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)"
    }
    found = google("connect", ME, say="my usual password\n")
    assert found.code == 3
    assert "app password" in found.err
    assert "my usual password" not in found.err
