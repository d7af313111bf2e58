"""What a first reading of Gmail costs until the relationships are known, against fetching newest first.

    python -m tests.bench.economy [MAILS] [SEED]

A relationship is known once a mail to and a mail from the person are held. Over real HTTP; minutes pass on a clock of
their own, the one the sandbox counts its quota by.
"""

import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from connectors.gmail.connector import MAIL
from models.records import EmailRecord, Record
from tests.connectors.gmail.accounts import LONG_AGO, Clock, connector
from tests.sandbox.bulk import bulk
from tests.sandbox.google.fill import mail_headers, mail_labels
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.quota import UNITS
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.people import OWNER
from tests.sandbox.story import WorldMail

#: The share of all two-way relationships that has to be known.
ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class Economy:
    """Units until enough is known, ours and those of fetching newest first; and how the allowance was used."""

    relationships: int
    ours: int
    naive: int
    whole: int  # units of the whole reading
    minutes: float
    used: float  # share of the allowed units while work was pending
    refused: int
    missing: int  # mails listed that got no record

    @property
    def ratio(self) -> float:
        return self.ours / self.naive


class Known:
    """Counts the people who were written to and have written."""

    def __init__(self) -> None:
        self.to: set[str] = set()
        self.of: set[str] = set()

    def add(self, sender: str, recipients: Iterable[str]) -> None:
        if sender == OWNER.address:
            self.to.update(recipients)
        else:
            self.of.add(sender)

    def both(self) -> set[str]:
        return self.to & self.of


def measure(count: int, seed: int = 1, people: int = 300) -> Economy:
    """Read a mailbox of `count` mails and say what it cost."""
    mails = list(bulk(seed, count, people=people))
    truth = Known()
    for mail in mails:
        truth.add(mail.sender.address, _recipients(mail))
    enough = ENOUGH * len(truth.both())
    mailbox = GoogleMailbox(OWNER.address)
    for mail in mails:
        mailbox.deliver(mail_headers(mail), mail.at, labels=mail_labels(mail))
    mailbox.expire_cursors()
    clock, known, ours, given = Clock(), Known(), 0, 0
    spent: dict[int, int] = {}  # by the end of each minute
    with GoogleSandbox([mailbox], quota_clock=clock, checked=False) as google:
        with closing(connector(google, clock, address=mailbox.address)) as account:
            for page in account.changes(MAIL, None, since=LONG_AGO):
                given += len(page.records)
                spent[int(clock.now // 60)] = google.quota.spent["gmail"]
                _learn(known, page.records)
                if not ours and len(known.both()) >= enough:
                    ours = google.quota.spent["gmail"]
        whole, refused = google.quota.spent["gmail"], google.quota.refused
    minutes = clock.now / 60
    full = int(minutes)  # in each of these, work was pending to the end
    used = spent[full - 1] / (full * 6000) if full else 1.0
    return Economy(len(truth.both()), ours, naive(mails, enough), whole, minutes, used, refused, count - given)


def naive(mails: list[WorldMail], enough: float) -> int:
    """Count the units of listing ids and fetching every mail, newest first, until enough is known."""
    known, units = Known(), 0
    for number, mail in enumerate(reversed(mails)):
        units += UNITS["gmail.messages.get"] + (UNITS["gmail.messages.list"] if number % 500 == 0 else 0)
        known.add(mail.sender.address, _recipients(mail))
        if len(known.both()) >= enough:
            return units
    raise AssertionError("there are fewer relationships than enough")


def _learn(known: Known, records: Iterable[Record]) -> None:
    for record in records:
        if isinstance(record, EmailRecord) and record.sender:
            known.add(record.sender.address, (box.address for box in (*record.to, *record.cc)))


def _recipients(mail: WorldMail) -> list[str]:
    return [box.address for box in (*mail.to, *mail.cc)]


def main(count: int = 20_000, seed: int = 1) -> None:
    found = measure(count, seed)
    print(f"{count} mails, {found.relationships} two-way relationships")
    print(f"  units until {ENOUGH:.0%} are known: {found.ours} of {found.naive} newest first = {found.ratio:.1%}")
    print(f"  all of it: {found.whole} units in {found.minutes:.1f} minutes, {found.used:.1%} of what is allowed")
    print(f"  refused for quota: {found.refused}, mails without a record: {found.missing}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
