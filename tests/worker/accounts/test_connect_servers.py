"""From outside: a made-up life at a provider of one's own, by IMAP and CalDAV, is the history its files would give."""

import gc
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.connectors.caldav.servers import DavServer, running
from tests.connectors.ical.feeds import Published
from tests.connectors.imap.dovecot import PASSWORD, Dovecot, dovecot
from tests.connectors.imap.fake import fake, letter
from tests.connectors.relay import relay
from tests.sandbox.google.consent import decide
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.http import Server
from tests.sandbox.ics import calendar
from tests.sandbox.mailbox import write
from tests.sandbox.rfc822 import message
from tests.sandbox.story import WorldMail
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import ROOT, Answer, Keepwarm
from tests.worker.cli.test_sign_in import settings as google_settings
from tests.worker.homes import NOW

KILLS = 6


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, until=NOW, mails=600)


@pytest.fixture(scope="module")
def mailserver(world: World) -> Iterator[Dovecot]:
    folders: dict[str, list[WorldMail]] = {}
    for mail in world.mails:
        folder = (
            "Drafts"
            if mail.draft
            else "Spam Folder"
            if mail.spam
            else "Trash"
            if mail.trash
            else "Sent"
            if mail.sent
            else ""
        )
        folders.setdefault(folder, []).append(mail)
    with dovecot() as server:
        for folder, mails in folders.items():
            server.fill(
                ((message(mail), mail.at + timedelta(seconds=3)) for mail in mails), folder, user=world.owner.address
            )
        yield server


@pytest.fixture(scope="module")
def davserver(world: World) -> Iterator[DavServer]:
    with running("radicale") as server:
        path = server.calendar("work")
        for number, meeting in enumerate(world.meetings):
            server.raw(path, f"m{number}", calendar([meeting]).decode())
        yield server


@pytest.fixture
def keepwarm(tmp_path: Path, mailserver: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Keepwarm:
    monkeypatch.setenv("SSL_CERT_FILE", str(mailserver.place / "ca.pem"))
    return Keepwarm(tmp_path / "home")


@pytest.fixture
def from_files(world: World, tmp_path: Path) -> bytes:
    """The history that the same life gives as files."""
    keepwarm = Keepwarm(tmp_path / "files")
    assert keepwarm("connect", "archive", *write(world, tmp_path / "box"), "--me", world.owner.address).code == 0
    return exported(keepwarm)


def exported(keepwarm: Keepwarm) -> bytes:
    place = keepwarm.home / "history.jsonl"
    assert keepwarm("export", "interactions", "--format", "jsonl", "-o", place).code == 0
    return place.read_bytes()


def imap(keepwarm: Keepwarm, world: World, server: Dovecot, *words: str, password: str = PASSWORD) -> Answer:
    line = ("connect", "imap", world.owner.address, "--host", "localhost", "--port", str(server.tls), *words)
    return keepwarm(*line, say=f"{password}\n")


def caldav(keepwarm: Keepwarm, world: World, server: DavServer, *words: str) -> Answer:
    line = ("connect", "caldav", world.owner.address, "--server", server.root, "--login", "mira", *words)
    return keepwarm(*line, say="right & wrong\n")


def test_by_imap_and_caldav_the_history_is_that_of_the_files(
    keepwarm: Keepwarm, world: World, mailserver: Dovecot, davserver: DavServer, from_files: bytes, tmp_path: Path
) -> None:
    mail = imap(keepwarm, world, mailserver)
    assert mail.code == 0, mail.err
    assert "opens the whole mailbox" in mail.err
    dates = caldav(keepwarm, world, davserver)
    assert dates.code == 0, dates.err
    assert "Calendars: Work." in dates.err
    assert exported(keepwarm) == from_files
    # And the files beside them change nothing: each mail and each meeting is one.
    assert keepwarm("connect", "archive", *write(world, tmp_path / "again"), "--me", world.owner.address).code == 0
    assert exported(keepwarm) == from_files
    _nothing_in_clear(keepwarm.home, PASSWORD.encode(), b"right & wrong")


def _nothing_in_clear(home: Path, *secrets: bytes) -> None:
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets), path


def test_the_same_mail_by_googles_api_is_one(
    keepwarm: Keepwarm, world: World, mailserver: Dovecot, from_files: bytes
) -> None:
    with GoogleSandbox([google_mailbox(world)]) as google:
        google.quota.limits["gmail"] = 10**9
        assert imap(keepwarm, world, mailserver).code == 0
        how = google_settings(google)
        user = {key: value for key, value in {**keepwarm.environment, **how}.items() if value is not None}
        with subprocess.Popen(
            [sys.executable, "-m", "worker", "--now", "2026-11-20T09:00:00Z", "connect", "gmail", "--no-browser"],
            env={**os.environ, **user, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("Open: ").strip()
            _, said = process.communicate(f"{decide(url)}\n", timeout=240)
    assert process.returncode == 0, said
    assert emails(exported(keepwarm)) == emails(from_files)


def emails(history: bytes) -> list[tuple[str, str, str]]:
    """Each email by its identity, direction and time."""
    rows = [json.loads(line) for line in history.splitlines()]
    return [(row["id"], row["direction"], row["occurred_at"]) for row in rows if row["channel"] == "email"]


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_a_sync_that_is_killed_again_and_again_ends_the_same(
    keepwarm: Keepwarm, world: World, mailserver: Dovecot, davserver: DavServer, from_files: bytes, share: float
) -> None:
    """Killed while it reads, and, with a share, over a line that loses so many of all pieces on their way."""
    published, storm = Published(body=calendar(world.meetings)), threading.Event()
    chance, luck = random.Random(5), random.Random(6)

    def lost(_: int) -> bool:
        return storm.is_set() and luck.random() < share

    with (
        Server(published.answer) as server,
        relay(mailserver.tls, lost) as post,
        relay(davserver.port, lost) as dates,
        relay(server.port, lost) as feed,
    ):
        url = f"http://127.0.0.1:{feed.port}/basic.ics"
        assert imap(keepwarm, world, replace(mailserver, tls=post.port), "--later").code == 0
        assert caldav(keepwarm, world, replace(davserver, port=dates.port), "--later").code == 0
        assert keepwarm("connect", "ical", "--later", "--me", world.owner.address, say=f"{url}\n").code == 0
        storm.set()
        gc.collect()  # what this process has connected before is closed with its garbage
        before = mailserver.connected()
        for _ in range(KILLS):
            with keepwarm.started("sync") as process:
                time.sleep(0.9 + chance.random())
                process.send_signal(signal.SIGKILL)
                process.communicate(timeout=30)
        if share:  # and once to whatever end it comes
            keepwarm.process("sync")
        storm.clear()
        mailserver.forgets_all_but(before)
        done = keepwarm.process("sync")
    assert done.code == 0, done.err
    assert exported(keepwarm) == from_files
    assert not share or post.broken + dates.broken + feed.broken > KILLS


def test_new_mail_is_read_and_deleted_mail_stays_contact(keepwarm: Keepwarm, mailserver: Dovecot) -> None:
    me = "fresh@mail.example"
    line = ("connect", "imap", me, "--host", "localhost", "--port", str(mailserver.tls))
    one = f"Message-ID: <1@x>\nDate: Mon, 02 Nov 2026 10:00:00 +0000\nFrom: Ann <ann@example.org>\nTo: {me}\nSubject: Hi\n\n"
    uid = mailserver.put(one.encode(), at=NOW - timedelta(days=18), user=me)
    assert keepwarm(*line, say=f"{PASSWORD}\n").code == 0
    first = exported(keepwarm)
    assert first.count(b"\n") == 1
    mailserver.put(one.replace("<1@x>", "<2@x>").encode(), at=NOW - timedelta(days=18), user=me)
    with mailserver.box(me) as box:
        box.select("INBOX")
        box.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)")
        box.expunge()
    assert keepwarm("sync").code == 0
    assert exported(keepwarm).startswith(first) or first in exported(keepwarm)
    assert exported(keepwarm).count(b"\n") == 2


def test_a_wrong_password_stores_nothing(keepwarm: Keepwarm, world: World, mailserver: Dovecot) -> None:
    refused = imap(keepwarm, world, mailserver, password="wrong")
    assert refused.code == 3
    assert "Check both, then connect again" in refused.err
    assert keepwarm("sync").code == 1  # nothing is connected


def test_a_password_that_was_changed_stops_the_account_and_says_so(keepwarm: Keepwarm) -> None:
    with fake({1: letter(1)}) as server:
        line = (
            "connect",
            "imap",
            server.access().address,
            "--host",
            "127.0.0.1",
            "--port",
            str(server.port),
            "--plain",
        )
        assert keepwarm(*line, say="right\n").code == 0
        server.quirks.refuse = {"AUTHENTICATE": "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"}
        before = len(server.commands("AUTHENTICATE"))
        stopped = keepwarm.process("sync")
        assert stopped.code == 3
        assert "didn't accept the user name or the password" in stopped.err
        assert keepwarm.process("sync").code == 3
        assert len(server.commands("AUTHENTICATE")) == before + 1, "a refused password is tried once"
        server.quirks.refuse = {}
        assert keepwarm(*line, say="right\n").code == 0


def test_a_secret_address_is_read_and_kept_sealed(keepwarm: Keepwarm, world: World) -> None:
    published = Published(body=calendar(world.meetings))
    with Server(published.answer) as server:
        url = f"http://127.0.0.1:{server.port}/private-0a1b2c/basic.ics"
        nameless = keepwarm("connect", "ical", say=f"{url}\n")
        assert nameless.code == 3
        assert "--me" in nameless.err
        found = keepwarm("connect", "ical", "--me", world.owner.address, say=f"{url}\n")
        assert found.code == 0, found.err
        assert "events name people" in found.err
        assert exported(keepwarm).count(b'"channel":"meeting"') > 20
        debugged = keepwarm.process("--debug", "sync")
    assert debugged.code == 0
    assert "private-0a1b2c" not in debugged.err + debugged.out
    _nothing_in_clear(keepwarm.home, b"private-0a1b2c")
    gone = keepwarm("disconnect", world.owner.address, "--yes")
    assert gone.code == 0
    assert "reset it" in gone.err + gone.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("imap", "x@outlook.com"), "keepwarm connect outlook"),
        (("imap", "x@proton.me"), "--starttls"),
        (("imap", "x@firm.example"), "--host"),
        (("imap", "x@firm.example", "--host", "mail.firm.invalid"), "no server called mail.firm.invalid"),
        (("imap", "x@firm.example", "--host", "127.0.0.1", "--port", "1"), "doesn't answer on port 1"),
        (("caldav", "x@gmail.com"), "keepwarm connect ical"),
        (("caldav", "x@firm.example"), "--server"),
        (("caldav", "x@firm.example", "--server", "http://firm.example/"), "https"),
        (("ical", "http://firm.example/x.ics", "--me", "x@firm.example"), "https"),
    ],
)
def test_what_cannot_be_connected_says_what_to_do(keepwarm: Keepwarm, words: tuple[str, ...], said: str) -> None:
    answer = keepwarm("connect", *words, say="hunter2-word\n")
    assert answer.code != 0
    assert said in answer.err
    assert "hunter2-word" not in answer.err


def test_where_several_share_keepwarm_no_server_of_the_network_it_stands_in_is_asked(
    keepwarm: Keepwarm, mailserver: Dovecot
) -> None:
    for user in ("mira@mail.example", "noor@mail.example"):
        assert keepwarm("users", "add", user).code == 0
    line = ("--user", "mira@mail.example", "connect", "imap", "mira@mail.example", "--host", "localhost")
    refused = keepwarm(*line, "--port", str(mailserver.tls), say=f"{PASSWORD}\n")
    assert refused.code == 1
    assert "private network" in refused.err
