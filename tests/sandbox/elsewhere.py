"""The same life at a provider that is neither Google nor Microsoft: a mail server, and a calendar server.

Dovecot where it is installed and may be started with users of its own, else the small server with its facts.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

from tests.connectors.caldav import servers as dav
from tests.connectors.imap import dovecot, fake
from tests.sandbox.ics import calendar
from tests.sandbox.rfc822 import message
from tests.sandbox.story import WorldMail
from tests.sandbox.world import World


@dataclass(frozen=True)
class Elsewhere:
    """What a person types in to connect it: options of `connect imap` and `connect caldav`, and the passwords."""

    name: str
    mail: tuple[str, ...]
    mail_password: str
    calendars: tuple[str, ...]
    calendar_password: str
    authorities: str = ""  # PEM of who vouches for the mail server


@contextmanager
def elsewhere(world: World) -> Iterator[Elsewhere]:
    """Serve a world's emails and meetings until the block is left."""
    with dav.running("radicale") as dates:
        path = dates.calendar("work")
        for number, meeting in enumerate(world.meetings):
            dates.raw(path, f"m{number}", calendar([meeting]).decode())
        calendars = ("--server", dates.root, "--login", dav.USER)
        with _post(world) as (name, options, password, authorities):
            yield Elsewhere(name, options, password, calendars, dav.PASSWORD, authorities)


Post = tuple[str, tuple[str, ...], str, str]


def _post(world: World) -> AbstractContextManager[Post]:
    found = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    real = found and Path("/usr/lib/dovecot/imap").exists() and os.geteuid() == 0
    mails = [mail for mail in world.mails if not (mail.draft or mail.spam or mail.trash)]
    return _dovecot(world.owner.address, mails) if real else small(mails)


@contextmanager
def _dovecot(owner: str, mails: Sequence[WorldMail]) -> Iterator[Post]:
    with dovecot.dovecot() as server:
        for folder in ("", "Sent"):
            letters = ((message(mail), mail.at + timedelta(seconds=3)) for mail in mails if mail.sent == bool(folder))
            server.fill(letters, folder, user=owner)
        options = ("--host", "localhost", "--port", str(server.tls))
        yield "Dovecot", options, dovecot.PASSWORD, (server.place / "ca.pem").read_text()


@contextmanager
def small(mails: Sequence[WorldMail]) -> Iterator[Post]:
    """Serve these emails by the small server, in one folder with labels, as Gmail does by IMAP."""
    letters = {
        uid: fake.Mail(
            _header(message(mail)),
            f'"{mail.at:%d-%b-%Y %H:%M:%S} +0000"',
            '"\\\\Sent"' if mail.sent else "\\Inbox",
            uid,
        )
        for uid, mail in enumerate(mails, 1)
    }
    lists = ('* LIST (\\All \\HasNoChildren) "/" "[Gmail]/All Mail"',)
    with fake.fake(letters, after="IMAP4rev1 X-GM-EXT-1 SPECIAL-USE", lists=lists) as server:
        options = ("--host", "127.0.0.1", "--port", str(server.port), "--plain", "--login", fake.USER)
        yield "a small mail server", options, fake.PASSWORD, ""


def _header(mail: bytes) -> str:
    """The header fields of a mail, one a line."""
    found = BytesHeaderParser(policy=compat32).parsebytes(mail)
    return "".join(f"{name}: {' '.join(str(value).split())}\r\n" for name, value in found.items()) + "\r\n"
