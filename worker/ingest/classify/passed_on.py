"""Who only passed an email on: sent it on the writer's behalf (Sender), or sent it on to the user (Resent-From) (pure).

RFC 5322 (3.6.2, 3.6.6) leaves From to the writer in both. Anyone can write these headers: whoever stands there is
named with the email in a role of their own, which is contact with no one and makes no address anyone's.
"""

from collections.abc import Collection

from models.enums import Role
from models.records import EmailRecord
from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical
from worker.ingest.classify.accepted import Part
from worker.ingest.classify.filters import Filters


def passed_on(record: EmailRecord, named: Collection[str], filters: Filters) -> dict[str, Part]:
    """Return those who passed an email on, by address, with their role.

    Args:
        record: the email.
        named: addresses that have a role in it already, which is the stronger one.
        filters: leave out the user, and people they blocked. Machines, and lists that name themselves, do
            this, too: they are no one.
    """
    if record.submitter is None and record.resent_by is None:
        return {}  # decided fast: few emails have been passed on
    known = {canonical(address) for address in named}
    found: dict[str, Part] = {}
    for role, box in ((Role.SENDER, record.submitter), (Role.RESENT, record.resent_by)):
        if box is None or not box.address or box.address.lower() == (record.list_post or "").lower():
            continue
        address = box.address.lower()
        if canonical(address) in known or filters.is_own(address) or filters.is_barred(address):
            continue
        if kind_of(address) in {"person", "role"}:
            known.add(canonical(address))
            found[address] = (role, None, None, "")
    return found
