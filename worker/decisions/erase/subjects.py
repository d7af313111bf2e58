"""Purging subjects that were stored before KEEPWARM_KEEP_SUBJECTS was switched off, from records and interactions."""

from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Engine

from models.accounts import User
from models.history import Interaction, Sighting
from models.judgement import Introduction
from worker.app.users import hold
from worker.ingest import rows
from worker.ingest.classify.identity import READER
from worker.ingest.stored import as_stored, page_after
from worker.storage.bulk import change
from worker.storage.learning import learn_anew
from worker.storage.transactions import writing

#: What the record of something with a subject holds.
SUBJECT = b'"subject":'


def note_subjects(connection: Connection, user_id: int, *, keep: bool) -> None:
    """Remember that subjects may be stored from now on, so that they can be purged one day."""
    if keep:
        connection.execute(update(User).where(User.id == user_id, ~User.subjects_kept).values(subjects_kept=True))


def purge_subjects(engine: Engine, user_id: int) -> bool:
    """Take every stored subject away, if there may be any; False if there was nothing to do.

    What introductions stand on is scored again: their subjects may have said so.
    """
    with writing(engine) as connection:
        if not connection.scalar(select(User.subjects_kept).where(User.id == user_id)):
            return False
    stream, key = -1, ""
    while True:
        with writing(engine) as connection:
            hold(connection, user_id)
            last = _purge(connection, user_id, stream, key)
        if last is None:
            break
        stream, key = last
    with writing(engine) as connection:
        hold(connection, user_id)
        connection.execute(
            update(Interaction)
            .where(Interaction.user_id == user_id, Interaction.subject.is_not(None))
            .values(subject=None)
        )
        known = connection.scalars(select(Introduction.introduced).where(Introduction.user_id == user_id)).all()
        rows.touch(connection, user_id, known)
        connection.execute(update(User).where(User.id == user_id).values(subjects_kept=False))
        learn_anew(connection, user_id)
    return True


def _purge(connection: Connection, user_id: int, stream: int, key: str) -> tuple[int, str] | None:
    """Rewrite one batch of records after (stream, key); says where it ended."""
    batch = page_after(connection, user_id, stream, key)
    change(
        connection,
        Sighting,
        ("record",),
        ("stream_id", "key"),
        [
            (as_stored(replace(READER.decode(row.record), subject=None)), row.stream_id, row.key)
            for row in batch
            if SUBJECT in row.record
        ],
    )
    return (batch[-1].stream_id, batch[-1].key) if batch else None
