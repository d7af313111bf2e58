"""A made-up world as files that any mail program could have written: mbox, Maildir and ics.

    python -m tests.sandbox.mailbox DIR --mails 3000 --seed 7 [--until 2026-11-20] [--maildir]

writes DIR/inbox.mbox, DIR/sent.mbox and DIR/calendar.ics, and DIR/Maildir if asked for.
"""

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.sandbox.ics import calendar
from tests.sandbox.rfc822 import message
from tests.sandbox.story import WorldMail
from tests.sandbox.world import World

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def write(world: World, place: Path, *, maildir: bool = False) -> list[Path]:
    """Write a world into a folder; gives the files to connect (not the Maildir, which holds the same mails)."""
    place.mkdir(parents=True, exist_ok=True)
    inbox, sent, events = place / "inbox.mbox", place / "sent.mbox", place / "calendar.ics"
    write_mbox((mail for mail in world.mails if not mail.sent), inbox)
    write_mbox((mail for mail in world.mails if mail.sent), sent)
    events.write_bytes(calendar(world.meetings))
    if maildir:
        write_maildir(world.mails, place / "Maildir")
    return [inbox, sent, events]


def write_mbox(mails: Iterable[WorldMail], path: Path, *, append: bool = False) -> int:
    """Write mails as mboxrd, streaming; gives their number."""
    count = 0
    with path.open("ab" if append else "wb") as file:
        for mail in mails:
            envelope = f"From {mail.sender.address} {mail.at:%a %b %e %H:%M:%S %Y}\n"
            file.write(envelope.encode() + _FROM.sub(rb">\1", message(mail)) + b"\n")
            count += 1
    return count


def write_maildir(mails: Iterable[WorldMail], path: Path) -> int:
    """Write mails as a Maildir, everything seen, sent mail in `.Sent`; gives their number."""
    for folder in (path, path / ".Sent"):
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    count = 0
    for count, mail in enumerate(mails, 1):
        folder = path / ".Sent" / "cur" if mail.sent else path / "cur"
        flags = "DS" if mail.draft else "ST" if mail.trash else "S"
        (folder / f"{mail.at.timestamp():.0f}.M{count}P1.madeup:2,{flags}").write_bytes(message(mail))
    return count


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", type=Path, metavar="DIR")
    parser.add_argument("--mails", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--years", type=float, default=2)
    parser.add_argument("--until", type=datetime.fromisoformat, help="the day the world ends; now unless told")
    parser.add_argument("--maildir", action="store_true", help="also write a Maildir")
    options = parser.parse_args(arguments)
    until = (options.until or datetime.now(UTC)).astimezone(UTC)
    world = World(options.seed, until=until, years=options.years, mails=options.mails)
    for path in write(world, options.place, maildir=options.maildir):
        sys.stderr.write(f"{path}\n")


if __name__ == "__main__":
    main()
