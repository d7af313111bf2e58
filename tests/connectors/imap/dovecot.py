"""Dovecot as a person's provider runs it, started on ports and in folders of its own; filled and changed by imaplib."""

import imaplib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from pwd import getpwnam

from connectors.imap.auth import TLS, Access
from tests.sandbox.microsoft.tls import Certificates
from tests.services import NOBODY, free_port, missing

USER, PASSWORD = "mira@mail.example", 'p@ss "word" ü'

CONFIGURATION = """
base_dir = {place}/run
state_dir = {place}/run
log_path = {place}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{place}/server.pem
ssl_key = <{place}/server.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_chars =
first_valid_uid = 1
mail_fsync = never
mail_location = maildir:~/Maildir:LAYOUT=fs
mail_max_userip_connections = 4
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
  mailbox "Spam Folder" {{
    special_use = \\Junk
    auto = create
  }}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = create
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = create
  }}
}}
passdb {{
  driver = static
  args = password={{PLAIN.b64}}{password}
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={place}/boxes/%u
}}
"""


@dataclass
class Dovecot:
    """A running server: `tls` and `plain` are its ports, each user has a mailbox of their own."""

    place: Path
    tls: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)
    program: str = "dovecot"

    def access(self, user: str = USER, *, security: str = TLS, port: int = 0, password: str = PASSWORD) -> Access:
        """What opens a mailbox here."""
        port = port or (self.tls if security == TLS else self.plain)
        return Access(address=user, host="localhost", port=port, security=security, user=user, password=password)

    @contextmanager
    def box(self, user: str = USER) -> Iterator[imaplib.IMAP4]:
        """The mailbox as another program of its owner has it open, free to change it."""
        client = imaplib.IMAP4("127.0.0.1", self.plain)
        client._encoding = "utf-8"  # type: ignore[attr-defined] # the password isn't ASCII
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
        try:
            yield client
        finally:
            with suppress(Exception):
                client.logout()

    def connected(self) -> set[str]:
        """The processes that serve a connection, by their numbers."""
        line = ["doveadm", "-c", str(self.place / "dovecot.conf"), "who", "-1"]
        said = subprocess.run(line, check=True, capture_output=True, text=True, timeout=60).stdout
        return {words[2] for words in map(str.split, said.splitlines()) if words[1:2] == ["imap"]}

    def forgets_all_but(self, others: set[str]) -> None:
        """Wait until the connections of programs that were killed are gone: few of a user's are allowed at once.

        `others` are connections that were there before: of this very process, until its garbage is collected.
        """
        until = time.monotonic() + 60
        while killed := self.connected() - others:
            assert time.monotonic() < until, f"connections of programs that were killed stay: {killed}"
            time.sleep(0.2)

    def put(self, mail: bytes, folder: str = "INBOX", *, at: datetime | None = None, user: str = USER) -> int:
        """Put a mail into a folder; gives its UID."""
        with self.box(user) as client:
            return put(client, mail, folder, at=at)

    def fill(self, mails: Iterable[tuple[bytes, datetime]], folder: str = "", *, user: str = USER) -> None:
        """Put mails and their times of receipt into a folder behind the server's back: quicker by far than APPEND."""
        maildir = self.place / "boxes" / user / "Maildir" / folder
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        for number, (mail, at) in enumerate(mails):
            path = maildir / "cur" / f"{1_600_000_000 + number}.M{number}.localhost:2,S"
            path.write_bytes(mail)
            os.utime(path, (at.timestamp(), at.timestamp()))
            shutil.chown(path, NOBODY)
        for path in (self.place / "boxes", *(self.place / "boxes").glob("*/**/")):
            shutil.chown(path, NOBODY)

    def renumber(self, folder: str = "", *, user: str = USER) -> None:
        """Have the server forget the UIDs of a folder: it gives new ones, under a new UIDVALIDITY."""
        for path in (self.place / "boxes" / user / "Maildir" / folder).glob("dovecot*"):
            if path.is_file():
                path.unlink()
        time.sleep(1.1)  # UIDVALIDITY is a time in seconds

    @property
    def log(self) -> str:
        """What it says."""
        return (self.place / "dovecot.log").read_text()


def put(client: imaplib.IMAP4, mail: bytes, folder: str = "INBOX", *, at: datetime | None = None) -> int:
    """Put a mail into a folder over an open connection; gives its UID."""
    date = imaplib.Time2Internaldate(at or datetime.now(UTC))
    status, said = client.append(f'"{folder}"', "(\\Seen)", date, mail.replace(b"\n", b"\r\n"))
    assert status == "OK", said
    return int(said[0].split(b"]")[0].split()[-1])


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Start it, wait until it answers, and stop it."""
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or not Path("/usr/lib/dovecot/imap").exists():
        missing("Dovecot is not installed (Debian's package dovecot-imapd)")
    if os.geteuid() != 0:
        missing("only root can start Dovecot with users of its own")
    with tempfile.TemporaryDirectory(prefix="keepwarm-imap-") as folder:
        server = Dovecot(Path(folder), program=program)
        server.place.chmod(0o755)
        Certificates(server.place)
        (server.place / "boxes").mkdir()
        shutil.chown(server.place / "boxes", NOBODY)
        words = {"place": server.place, "tls": server.tls, "plain": server.plain, "nobody": getpwnam(NOBODY).pw_uid}
        configuration = server.place / "dovecot.conf"
        configuration.write_text(CONFIGURATION.format(password=b64encode(PASSWORD.encode()).decode(), **words))
        line = [program, "-c", str(configuration)]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        try:
            _wait(server)
            yield server
        finally:
            subprocess.run([*line, "stop"], check=True, stdout=subprocess.DEVNULL, timeout=60)


def _wait(server: Dovecot) -> None:
    context = ssl.create_default_context(cafile=str(server.place / "ca.pem"))
    for _ in range(200):
        with (
            suppress(OSError),
            socket.create_connection(("localhost", server.tls), timeout=2) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            if secured.recv(100).startswith(b"* OK"):
                return
        time.sleep(0.05)
    raise AssertionError(f"Dovecot does not answer: {server.log}")
