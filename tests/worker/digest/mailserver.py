"""A mail server as people have one: Postfix with Dovecot's sign-in, on ports and in folders of its own."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from pwd import getpwnam

import pytest

from tests.sandbox.microsoft.tls import Certificates
from tests.services import NOBODY, free_port

USER, PASSWORD = "mira@mail.example", "p@ss/word"

MAIN = """
compatibility_level = 3.6
myhostname = localhost
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = {place}/queue
data_directory = {place}/data
maillog_file = {place}/mail.log
maillog_file_prefixes = {place}
mail_owner = postfix
setgid_group = postdrop
virtual_mailbox_domains = mail.example
virtual_mailbox_maps = inline:{{{user}=mira/}}
virtual_mailbox_base = {place}/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
smtpd_tls_chain_files = {place}/server.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_delay_reject = yes
"""
MASTER = """
127.0.0.1:{starttls} inet n - n - - smtpd
127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """
base_dir = {place}/dovecot
state_dir = {place}/dovecot
log_path = {place}/dovecot.log
protocols =
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {place}/users
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={place}
}}
service auth {{
  unix_listener {place}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""


@dataclass(frozen=True)
class MailServer:
    """Ports for STARTTLS and for TLS from the beginning, what was delivered, and what the server logged."""

    place: Path
    starttls: int
    tls: int

    @property
    def mails(self) -> list[EmailMessage]:
        """What lies in the box, the latest last."""
        found = sorted((self.place / "boxes" / "mira" / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=default) for path in found]

    @property
    def log(self) -> str:
        """What both programs say."""
        return "".join(path.read_text() for path in self.place.glob("*.log"))


@contextmanager
def mailserver() -> Iterator[MailServer]:
    """Start it, wait until it answers, and stop it."""
    postfix, dovecot = (shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("postfix", "dovecot"))
    if postfix is None or dovecot is None:
        pytest.skip("postfix or dovecot is not installed (Debian's packages postfix and dovecot-core)")
    if os.geteuid() != 0:
        pytest.skip("only root can start postfix: it gives its queue to users of its own")
    with tempfile.TemporaryDirectory(prefix="keepwarm-mail-") as folder:
        place = Path(folder)
        place.chmod(0o755)  # its programs run as users of their own
        server = MailServer(place, free_port(), free_port())
        _write(server)
        smtp, sign_in = [postfix, "-c", str(place / "etc")], [dovecot, "-c", str(place / "dovecot.conf")]
        _run(*smtp, "start")
        try:
            _run(*sign_in)
            try:
                _wait(server)
                yield server
            finally:
                _run(*sign_in, "stop")
        finally:
            _run(*smtp, "stop")


def _run(*line: str) -> None:
    """A daemon would hold a pipe open for ever; what these two have to say is in their logs."""
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


def _write(server: MailServer) -> None:
    place, nobody = server.place, getpwnam(NOBODY).pw_uid
    Certificates(place)
    for name in ("etc", "queue", "data", "boxes"):
        (place / name).mkdir()
    shutil.chown(place / "data", "postfix")
    shutil.chown(place / "boxes", NOBODY)
    words = {"place": place, "user": USER, "nobody": nobody, "starttls": server.starttls, "tls": server.tls}
    (place / "etc" / "main.cf").write_text(MAIN.format(**words))
    (place / "etc" / "master.cf").write_text(MASTER.format(**words))
    (place / "dovecot.conf").write_text(DOVECOT.format(**words))
    (place / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")


def _wait(server: MailServer) -> None:
    socket = server.place / "queue" / "private" / "auth"
    for _ in range(200):
        if socket.is_socket():
            return
        time.sleep(0.05)
    raise AssertionError(f"Dovecot does not answer: {server.log}")
