"""Erasing a person: their rows and every record that mentions them go; hashes stay, so that they never come back.

What lies in the providers' mailboxes and in archive files is not ours to change.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from models.base import seconds
from models.history import Interaction, Participation, Sighting
from models.judgement import DigestLine, Introduction, StoredAssessment, StoredDigest
from models.people import Address, Decision, Person, TakenAction
from worker.addresses.canonical import canonical, reaches
from worker.app.users import hold
from worker.decisions.actions import Action
from worker.decisions.erase.places import erase_places
from worker.ingest.classify.filters import Filters, fingerprint
from worker.ingest.classify.identity import READER
from worker.ingest.evidence.store import prune
from worker.ingest.learn import filters_of, relearn
from worker.ingest.mentions import interactions_with
from worker.ingest.redaction.redact import redact
from worker.ingest.redaction.traces import name_fingerprints
from worker.ingest.reprocess import reprocess
from worker.ingest.stored import as_stored, pages
from worker.storage.bulk import change, chunks, put
from worker.storage.learning import learn_anew


def forget(connection: Connection, user_id: int, person: str, now: datetime, *, keep_subjects: bool = True) -> int:
    """Erase a person in the open transaction; returns how many interactions went, others only lose the person.

    Settle afterwards, and let `worker.storage.engine.scrub` clear what SQLite leaves in free pages.
    """
    hold(connection, user_id)
    written = set(
        connection.scalars(select(Address.address).where(Address.user_id == user_id, Address.person == person))
    )
    mailboxes = {canonical(address) for address in written | {person}}
    prints = {*map(fingerprint, mailboxes), *name_fingerprints(_names(connection, user_id, person, written))}
    put(
        connection,
        Decision,
        ("user_id", "kind", "subject", "object", "at"),
        [(user_id, "forget", one, "", seconds(now)) for one in sorted(prints)],
        "ON CONFLICT (user_id, kind, subject, object) DO NOTHING",
    )
    filters = filters_of(connection, user_id, "", keep_subjects=keep_subjects)
    before = interactions_with(connection, user_id, mailboxes)
    touched: set[str] = set(before)
    for batch in pages(connection, user_id):  # names stand in subjects, and answers refer to what was answered
        changed = list(_shortened(batch, filters))
        touched |= {identity for identity, *_ in changed}
        change(
            connection,
            Sighting,
            ("outcome", "reason", "record"),
            ("stream_id", "key"),
            [row[1:] for row in changed],
        )
    reprocess(connection, user_id, touched, filters)
    erase_places(connection, user_id, filters)
    _forget_rows(connection, user_id, person, mailboxes)
    prune(connection, user_id, sorted(mailboxes | written))
    relearn(connection, user_id)
    drop_digest_texts(connection, user_id)
    gone = len(before) - len(_still_there(connection, user_id, before))
    learn_anew(connection, user_id)
    return gone


def _still_there(connection: Connection, user_id: int, identities: Iterable[str]) -> set[str]:
    return {
        identity
        for chunk in chunks(sorted(identities))
        for identity in connection.scalars(
            select(Interaction.id).where(Interaction.user_id == user_id, Interaction.id.in_(chunk))
        )
    }


def _names(connection: Connection, user_id: int, person: str, addresses: set[str]) -> set[str]:
    """Return what the person is called anywhere."""
    found = set(connection.scalars(select(Person.name).where(Person.user_id == user_id, Person.key == person)))
    for chunk in chunks(sorted(addresses)):
        theirs = (Address.user_id == user_id, Address.address.in_(chunk))
        found.update(connection.scalars(select(Address.name).where(*theirs)))
        there = (Participation.user_id == user_id) & (Participation.address == Address.number)
        found.update(connection.scalars(select(Participation.name).distinct().join(Address, there).where(*theirs)))
    return found


def drop_digest_texts(connection: Connection, user_id: int) -> None:
    """Drop the texts of digests, which may name anyone; one that waits to be sent is composed again."""
    mine = StoredDigest.user_id == user_id
    connection.execute(update(StoredDigest).where(mine).values(content=None))
    connection.execute(
        update(StoredDigest).where(mine, StoredDigest.document != b"").values(document=None, trouble=None)
    )


def drop_unknown_lines(connection: Connection, user_id: int) -> None:
    """Drop the lines of digests that named people who no longer exist."""
    known = select(Address.address).where(Address.user_id == user_id)
    connection.execute(delete(DigestLine).where(DigestLine.user_id == user_id, DigestLine.person.not_in(known)))


def _shortened(batch: Iterable[Any], filters: Filters) -> Iterator[tuple[Any, ...]]:
    for row in batch:
        record = READER.decode(row.record)
        kept = redact(record, filters)
        if kept is None:
            yield row.identity, "skipped", "forgotten", None, row.stream_id, row.key
        elif kept is not record:
            yield row.identity, row.outcome, row.reason, as_stored(kept), row.stream_id, row.key


def _forget_rows(connection: Connection, user_id: int, person: str, mailboxes: set[str]) -> None:
    addresses = [
        address
        for address in connection.scalars(select(Address.address).where(Address.user_id == user_id))
        if reaches(address, mailboxes)
    ]
    names = sorted({person, *mailboxes, *addresses})
    # what undoing one of these would restore may name whoever is forgotten
    said = TakenAction.action.in_((Action.INTRODUCED.value, Action.NOT_INTRODUCED.value))
    connection.execute(delete(TakenAction).where(TakenAction.user_id == user_id, said))
    for chunk in chunks(addresses):
        connection.execute(delete(Address).where(Address.user_id == user_id, Address.address.in_(chunk)))
    for chunk in chunks(names):
        for table, column in (
            (Person, Person.key),
            (StoredAssessment, StoredAssessment.person),
            (DigestLine, DigestLine.person),
            (Introduction, Introduction.introduced),
            (Introduction, Introduction.introducer),
            (TakenAction, TakenAction.person),
            (Decision, Decision.subject),
            (Decision, Decision.object),
        ):
            connection.execute(delete(table).where(table.user_id == user_id, column.in_(chunk)))
