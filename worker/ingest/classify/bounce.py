"""An email that came back is no contact: what reports of failure say of it (pure)."""

from collections.abc import Iterable
from dataclasses import replace

from models.enums import Direction
from models.records import EmailRecord
from worker.ingest.classify.accepted import Accepted

#: The mark a connector gives to a report of failure, followed by the recipients it names.
FAILED = "failed="


def undelivered(record: object) -> frozenset[str] | None:
    """Whom a report of failure names; None for any other record."""
    if not isinstance(record, EmailRecord):
        return None
    mark = next((mark for mark in record.signals if mark.startswith(FAILED)), None)
    return None if mark is None else frozenset(filter(None, mark.removeprefix(FAILED).split(",")))


def without_failed(sent: Accepted, failures: Iterable[frozenset[str]]) -> Accepted:
    """The same email without contact with those it didn't reach; a report that names nobody means its one recipient."""
    failed: set[str] = set()
    for named in failures:
        failed |= named or (set(sent.people) if len(sent.people) == 1 else set())
    if sent.direction is not Direction.OUT or failed.isdisjoint(sent.people):
        return sent
    people = {
        address: (role, response, None if address in failed else touch, name)
        for address, (role, response, touch, name) in sent.people.items()
    }
    return replace(sent, people=people)
