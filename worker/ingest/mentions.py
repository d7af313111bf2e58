"""Which stored sightings mention an address, whether they became an interaction or not; having them weighed again."""

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Text, cast, func, or_, select, update
from sqlalchemy.engine import Connection

from models.history import Participation, Sighting
from models.people import Address
from worker.addresses.canonical import GMAIL, canonical, reaches
from worker.storage.bulk import chunks

#: Alternatives in one query: SQLite refuses an expression that is a thousand deep.
AT_ONCE = 100


def interactions_with(connection: Connection, user_id: int, wanted: Iterable[str]) -> set[str]:
    """Give the identities of interactions that hold one of these mailboxes (canonical) or "@domains"."""
    mailboxes = set(wanted)
    if not mailboxes:
        return set()
    domains = {address.rpartition("@")[2] for address in mailboxes}
    domains |= GMAIL if domains & GMAIL else set()
    written = [
        address
        for part in chunks(sorted(domains), AT_ONCE)
        for address in connection.scalars(
            select(Address.address).where(
                Address.user_id == user_id,
                or_(*(Address.address.endswith(f"@{domain}", autoescape=True) for domain in part)),
            )
        )
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
    """Say in SQL that a record holds one of these mailboxes; it may also be true of one that only looks like it.

    Ask for AT_ONCE of them at most.
    """
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


def mark_mentions_stale(connection: Connection, user_id: int, addresses: Iterable[str]) -> None:
    """Mark as stale what may be weighed otherwise now that more, or less, is known of these addresses or "@domains".

    Only records tell: what was skipped, and what was held without somebody blocked, are in no participation.
    """
    wanted = sorted({canonical(address) for address in addresses})
    for part in chunks(wanted, AT_ONCE):
        connection.execute(
            update(Sighting).where(Sighting.user_id == user_id, mentions(connection, part)).values(stale=True)
        )


def stale(connection: Connection, user_id: int, identities: Iterable[str]) -> None:
    """Have the sightings of these identities weighed again."""
    for chunk in chunks(sorted(identities)):
        connection.execute(
            update(Sighting)
            .where(Sighting.user_id == user_id, Sighting.identity.in_(chunk), Sighting.record.is_not(None))
            .values(stale=True)
        )


def stale_series(connection: Connection, user_id: int, series: Iterable[str | None]) -> None:
    """Have the sightings of these series weighed again."""
    for chunk in chunks(sorted(one for one in series if one is not None)):
        connection.execute(
            update(Sighting)
            .where(Sighting.user_id == user_id, Sighting.series.in_(chunk), Sighting.record.is_not(None))
            .values(stale=True)
        )
