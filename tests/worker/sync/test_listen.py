"""`keepwarm run` hears of new mail by itself, over IDLE, an hour before its next poll."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from connectors.imap.auth import PLAIN
from connectors.imap.connector import ImapConnector
from tests.connectors.imap.dovecot import PASSWORD, Dovecot, dovecot
from tests.connectors.relay import relay
from tests.worker.cli.keepwarm import Keepwarm

ME = "mira@mail.example"
SLOW = {"KEEPWARM_POLL_SECONDS": "3600", "KEEPWARM_TICK_SECONDS": "1"}


def deliver(server: Dovecot, number: int) -> None:
    text = (
        f"Message-ID: <{number}@x>\nDate: Mon, 02 Nov 2026 10:00:00 +0000\nFrom: Ann <ann@example.org>\nTo: {ME}\n"
        f"Subject: Letter {number}\n\n"
    )
    server.put(text.encode(), at=datetime(2026, 11, 2, 10, tzinfo=UTC), user=ME)


def interactions(keepwarm: Keepwarm) -> int:
    place = keepwarm.home / "history.jsonl"
    assert keepwarm("export", "interactions", "--format", "jsonl", "-o", place).code == 0
    return place.read_bytes().count(b"\n")


def until(process: subprocess.Popen[bytes], done: Callable[[], bool]) -> None:
    for _ in range(600):
        assert process.poll() is None
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it took more than a minute")


def test_new_mail_is_heard_of_and_the_process_ends_when_it_is_told(tmp_path: Path) -> None:
    with dovecot() as server, relay(server.plain) as tap:
        keepwarm = Keepwarm(tmp_path / "home")
        deliver(server, 1)
        line = ("connect", "imap", ME, "--host", "127.0.0.1", "--port", str(tap.port), "--plain")
        assert keepwarm(*line, say=f"{PASSWORD}\n", **SLOW).code == 0
        assert interactions(keepwarm) == 1
        with keepwarm.started("run", **SLOW) as process:
            try:
                until(process, lambda: b" IDLE\r\n" in tap.sent)
                deliver(server, 2)
                until(process, lambda: interactions(keepwarm) == 2)
            finally:
                process.send_signal(signal.SIGTERM)
                said = process.communicate(timeout=60)
        assert process.returncode == 0, said


def test_listening_ends_in_time_and_says_that_mail_came() -> None:
    with dovecot() as server:
        connector = ImapConnector(server.access(ME, security=PLAIN).encoded())
        deliver(server, 1)
        begun = time.monotonic()
        assert list(connector.listen(4.0, lambda: False)) == []  # nothing came while it listened
        assert 3 < time.monotonic() - begun < 20
        listening = connector.listen(30.0, lambda: False)
        threading.Timer(1.5, deliver, (server, 2)).start()
        next(listening)
        del listening
        connector.sessions.close()
