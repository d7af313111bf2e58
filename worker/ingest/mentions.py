"""Which stored sightings mention an address, whether they became an interaction or not; classifying them again."""

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from models.history import Interaction, Participation, Sighting
from models.people import Address
from worker.addresses.canonical import GMAIL, canonical, reaches
from worker.ingest.stored import Test, stale_where
from worker.storage.bulk import chunks
from worker.storage.conditions import is_about

#: Alternatives in one query: SQLite refuses an expression that is a thousand deep.
AT_ONCE = 100


def interactions_with(connection: Connection, user_id: int, wanted: Iterable[str]) -> set[str]:
    """Return the identities of interactions that hold one of these mailboxes (canonical) or "@domains"."""
    mailboxes = set(wanted)
    if not mailboxes:
        return set()
    domains = {address.rpartition("@")[2] for address in mailboxes}
    domains |= GMAIL if domains & GMAIL else set()
    written = [
        number
        for part in chunks(sorted(domains), AT_ONCE)
        for number, address in connection.execute(
            select(Address.number, Address.address).where(
                Address.user_id == user_id,
                or_(*(Address.address.endswith(f"@{domain}", autoescape=True) for domain in part)),
            )
        )
        if reaches(address, mailboxes) or f"@{canonical(address).rpartition('@')[2]}" in mailboxes
    ]
    found: set[str] = set()
    for chunk in chunks(written):
        keys = connection.scalars(
            select(Interaction.id)
            .join(Participation, Participation.interaction == Interaction.number)
            .where(Participation.user_id == user_id, Participation.address.in_(chunk))
        )
        found.update(key[:32] for key in keys)
    return found


def mentions(wanted: Iterable[str]) -> Test:
    """Return a test whether a record holds one of these mailboxes; one that only looks like it may pass, too."""
    patterns = [pattern for address in sorted(wanted) for pattern in _patterns(address)]
    ends = {pattern[-1] for pattern in patterns}

    def test(record: bytes) -> bool:
        written = record.lower()
        near = {end for end in ends if end in written}
        return bool(near) and any(pattern[-1] in near and _in_turn(pattern, written) for pattern in patterns)

    return test


def _in_turn(parts: Iterable[bytes], written: bytes) -> bool:
    """Whether these parts stand one after another, with anything between them."""
    at = 0
    for part in parts:
        found = written.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _patterns(address: str) -> Iterator[tuple[bytes, ...]]:
    """Yield every way to write a mailbox in JSON, as parts that follow each other: plus-tags, what Gmail ignores."""
    local, _, domain = address.rpartition("@")
    for name in sorted(GMAIL) if domain in GMAIL else [domain]:
        chars = list(local) if domain in GMAIL else [local]
        parts = [part for char in chars for part in _literal(char)]
        *middle, end = _literal(f"@{name}")
        yield (*filter(None, (*parts, *middle)), end + b'"')


def _literal(text: str) -> list[bytes]:
    # letters other than ASCII may change when their case does, and JSON escapes quotes
    return [part.encode() for part in re.split(r"[^\x20-\x7e]+|[\"\\]+", text.lower())]


def mark_mentions_stale(connection: Connection, user_id: int, addresses: Iterable[str], *tests: Test) -> None:
    """Mark as stale what may be classified otherwise now that more, or less, is known of these addresses or "@domains".

    Only records show it: what was skipped, or accepted without someone blocked, is in no participation. What
    passes one of `tests` is looked for on the same way.
    """
    stale_where(connection, user_id, mentions({canonical(address) for address in addresses}), *tests)


def stale(connection: Connection, user_id: int, identities: Iterable[str]) -> None:
    """Have the sightings of these identities classified again."""
    for chunk in chunks(sorted(identities)):
        connection.execute(
            update(Sighting)
            .where(Sighting.user_id == user_id, is_about(connection, chunk), Sighting.record.is_not(None))
            .values(stale=True)
        )


def stale_series(connection: Connection, user_id: int, series: Iterable[str | None]) -> None:
    """Have the sightings of these series classified again."""
    for chunk in chunks(sorted(one for one in series if one is not None)):
        connection.execute(
            update(Sighting)
            .where(Sighting.user_id == user_id, Sighting.series.in_(chunk), Sighting.record.is_not(None))
            .values(stale=True)
        )
