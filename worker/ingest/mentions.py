"""Which stored sightings mention an address, whether they became an interaction or not."""

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.engine import Connection

from models.history import Participation, Sighting
from models.people import Address
from worker.addresses.canonical import GMAIL, canonical, reaches
from worker.storage.bulk import chunks


def interactions_with(connection: Connection, user_id: int, wanted: Iterable[str]) -> set[str]:
    """Give the identities of interactions that hold one of these mailboxes (canonical) or "@domains"."""
    mailboxes = set(wanted)
    if not mailboxes:
        return set()
    domains = {address.rpartition("@")[2] for address in mailboxes}
    domains |= GMAIL if domains & GMAIL else set()
    at_domain = (Address.address.endswith(f"@{domain}", autoescape=True) for domain in sorted(domains))
    written = [
        address
        for address in connection.scalars(select(Address.address).where(Address.user_id == user_id, or_(*at_domain)))
        if reaches(address, mailboxes) or f"@{canonical(address).rpartition('@')[2]}" in mailboxes
    ]
    found: set[str] = set()
    for chunk in chunks(written):
        keys = connection.scalars(
            select(Participation.interaction_id).where(
                Participation.user_id == user_id, Participation.address.in_(chunk)
            )
        )
        found.update(key[:32] for key in keys)
    return found


def mentions(connection: Connection, wanted: Iterable[str]) -> ColumnElement[bool]:
    """Say in SQL that a record holds one of these mailboxes; it may also be true of one that only looks like it."""
    dialect = connection.dialect.name
    written = func.convert_from(Sighting.record, "UTF8") if dialect == "postgresql" else cast(Sighting.record, Text)
    return or_(*(written.ilike(pattern, escape="/") for address in sorted(wanted) for pattern in _patterns(address)))


def _patterns(address: str) -> Iterator[str]:
    """Give LIKE patterns for every way to write a mailbox in JSON: plus-tags, and what Gmail ignores."""
    local, _, domain = address.rpartition("@")
    for name in sorted(GMAIL) if domain in GMAIL else [domain]:
        digests = list(local) if domain in GMAIL else [local]
        yield "%" + "%".join(map(_literal, digests)) + "%@" + _literal(name) + '"%'


def _literal(text: str) -> str:
    # other than ASCII letters may change when their case does
    return re.sub(r"[^\x20-\x7e]+", "%", re.sub(r"([/%_])", r"/\1", text)).replace('"', "%").replace("\\", "%")
