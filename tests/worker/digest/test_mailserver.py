"""The digest through a mail server as people have one: over TLS, signed in, delivered whole, and only once."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Self
from urllib.parse import quote

import pytest

from tests.sandbox.microsoft.tls import Certificates
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.digest.mailserver import PASSWORD, USER, MailServer, mailserver
from tests.worker.homes import friendship, live, open_home
from tests.worker.queue.processes import until

SIGN_IN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mailserver() as found:
        yield found


@pytest.fixture
def keepwarm(tmp_path: Path) -> Keepwarm:
    runtime = open_home(tmp_path / "home")
    live(runtime, friendship())
    runtime.engine.dispose()
    return Keepwarm(tmp_path / "home")


def settings(server: MailServer, url: str, to: str = USER) -> dict[str, str]:
    trusted = str(server.place / "ca.pem")
    return {"SSL_CERT_FILE": trusted, "KEEPWARM_SMTP_URL": url, "KEEPWARM_DIGEST_TO": to}


@pytest.mark.parametrize("kind", ["smtp", "smtps"])
def test_the_digest_arrives_whole_and_once(server: MailServer, keepwarm: Keepwarm, kind: str) -> None:
    port = server.starttls if kind == "smtp" else server.tls
    before = len(server.mails)
    named = settings(server, f"{kind}://{SIGN_IN}@localhost:{port}")
    for answer in ("sent", "already sent"):
        done = keepwarm("digest", "--send", **named)
        assert done.err.endswith(f": {answer}.\n")
    until(lambda: len(server.mails) == before + 1)
    mail = server.mails[-1]
    assert mail["Return-Path"] == f"<{USER}>"
    assert "with ESMTPSA id" in mail["Received"]  # S: encrypted, A: signed in
    assert mail["From"] == f"keepwarm <{USER}>"
    assert mail["To"] == USER
    assert mail["Message-ID"].startswith("<keepwarm.2026-")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "keepwarm <digest.keepwarm.mail.example>"
    assert mail["List-Unsubscribe"] is None  # keepwarm reads no mailbox of this reader, and offers no way it cannot see
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    page = mail.get_body(("html",))
    assert page is not None
    assert "Anna Berg" in page.get_content()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("smtp://{user}:wrong@localhost:{starttls}", "localhost didn't accept the user name and password"),
        ("smtps://{user}:wrong@localhost:{tls}", "Many providers need an app password here"),
        (
            "smtp://localhost:{starttls}?from=mira@mail.example",
            "The mail server refused mira@mail.example. Check KEEPWARM_SMTP_URL and KEEPWARM_DIGEST_TO (554 5.7.1",
        ),
        (
            "smtps://localhost:{starttls}",
            "doesn't offer TLS the way the address says. Use smtps:// with port 465, or smtp:// with port 587.",
        ),
    ],
)
def test_what_the_server_refuses_is_told_in_a_sentence(
    server: MailServer, keepwarm: Keepwarm, address: str, said: str
) -> None:
    url = address.format(user=quote(USER, safe=""), starttls=server.starttls, tls=server.tls)
    done = keepwarm("digest", "--send", **settings(server, url))
    assert done.code == 1
    assert said in " ".join(done.err.split())
    assert len(done.err.strip().splitlines()) <= 3
    assert "wrong" not in done.err


def test_nobody_there_of_that_name(server: MailServer, keepwarm: Keepwarm) -> None:
    url = f"smtp://{SIGN_IN}@localhost:{server.starttls}"
    done = keepwarm("digest", "--send", **settings(server, url, to="nobody@mail.example"))
    assert done.code == 1
    assert "refused nobody@mail.example. Check KEEPWARM_SMTP_URL and KEEPWARM_DIGEST_TO (550 5.1.1" in " ".join(
        done.err.split()
    )


@pytest.mark.parametrize("kind", ["smtp", "smtps"])
def test_a_certificate_nobody_vouches_for_gets_no_password(
    server: MailServer, keepwarm: Keepwarm, tmp_path: Path, kind: str
) -> None:
    port = server.starttls if kind == "smtp" else server.tls
    (tmp_path / "other").mkdir()
    named = settings(server, f"{kind}://{SIGN_IN}@localhost:{port}")
    signed_in = server.log.count("sasl_username")
    done = keepwarm("digest", "--send", **named | {"SSL_CERT_FILE": str(Certificates(tmp_path / "other").ca_file)})
    assert done.code == 1
    assert "The certificate of localhost can't be trusted" in " ".join(done.err.split())
    assert server.log.count("sasl_username") == signed_in


class Interrupted:
    """Stands between: once the server has taken a mail, it kills who sent it instead of passing the answer on."""

    #: More bytes than a greeting, a handshake and a sign-in take, and fewer than a digest has.
    LETTER = 3000

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.before = len(server.mails)
        self.entry = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.entry.getsockname()[1])
        self.sent = 0
        self.victim: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        Thread(target=self._stand_between, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.entry.close()

    def _stand_between(self) -> None:
        client, _ = self.entry.accept()
        server = socket.create_connection(("127.0.0.1", self.server.starttls))
        Thread(target=self._forth, args=(client, server), daemon=True).start()
        with client, server, suppress(OSError):
            while data := server.recv(65536):
                if self.sent > self.LETTER:
                    until(lambda: len(self.server.mails) > self.before)
                    assert self.victim is not None
                    self.victim.kill()
                    return
                client.sendall(data)

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self.sent += len(data)
                server.sendall(data)


def test_killed_after_the_server_took_it_the_same_mail_comes_again(server: MailServer, keepwarm: Keepwarm) -> None:
    before = len(server.mails)
    with Interrupted(server) as between:
        named = settings(server, f"smtp://{SIGN_IN}@localhost:{between.port}")
        with keepwarm.started("digest", "--send", **named) as between.victim:
            between.victim.communicate(timeout=120)
        assert between.victim.returncode == -signal.SIGKILL
    done = keepwarm("digest", "--send", **settings(server, f"smtp://{SIGN_IN}@localhost:{server.starttls}"))
    assert done.err.endswith(": sent.\n")
    until(lambda: len(server.mails) == before + 2)
    first, again = server.mails[-2:]
    assert first["Message-ID"] == again["Message-ID"]
    assert first.get_body(("html",)).get_content() == again.get_body(("html",)).get_content()  # type: ignore[union-attr]  # each has one
