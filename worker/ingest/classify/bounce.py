"""An email that came back is no contact: what reports of failure say of it (pure)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from models.enums import PASSING, Direction
from models.records import EmailRecord
from worker.ingest.classify.accepted import Accepted

#: The mark a connector gives to a report of failure, followed by the recipients it names.
FAILED = "failed="


class Failure(NamedTuple):
    """A report of failure: the recipients it names, and the domain it comes from, as it says."""

    named: frozenset[str]
    domain: str


def undelivered(record: object) -> Failure | None:
    """Read a report of failure; None for any other record, and for one whose sender the provider's check refuses."""
    if not isinstance(record, EmailRecord) or record.dmarc == "fail":
        return None
    mark = next((mark for mark in record.signals if mark.startswith(FAILED)), None)
    if mark is None:
        return None
    sender = record.sender.address.lower() if record.sender else ""
    return Failure(frozenset(filter(None, mark.removeprefix(FAILED).split(","))), sender.rpartition("@")[2])


def without_failed(sent: Accepted, failures: Iterable[Failure]) -> Accepted:
    """The same email without contact with those it didn't reach; a report that names no one means its one recipient.

    Whoever got the email knows its Message-ID, and can write a report of it: what comes from the domain of one
    recipient says nothing of those elsewhere.
    """
    failed: set[str] = set()
    reached = {address for address, part in sent.people.items() if part[0] not in PASSING}
    domains = {address.rpartition("@")[2] for address in reached}
    for named, domain in failures:
        returned = named or (reached if len(reached) == 1 else set())
        failed |= {one for one in returned if domain not in domains or one.rpartition("@")[2] == domain}
    if sent.direction is not Direction.OUT or failed.isdisjoint(sent.people):
        return sent
    people = {
        address: (role, response, None if address in failed else touch, name)
        for address, (role, response, touch, name) in sent.people.items()
    }
    return replace(sent, people=people)
