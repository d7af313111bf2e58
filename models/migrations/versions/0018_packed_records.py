"""Records are stored packed: a quarter of their size.

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

import models.base
from models.packed import packed, unpacked, whole

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BATCH = 2000


def upgrade() -> None:
    _turn(op.get_bind(), lambda record: whole(packed(record)))


def _turn(connection: sa.Connection, turn: Callable[[bytes], bytes]) -> None:
    """Write every record anew, a batch at a time."""
    sightings = sa.table(
        "sightings",
        sa.column("stream_id", sa.Integer),
        sa.column("key", models.base.Bytewise()),
        sa.column("record", sa.LargeBinary),
    )
    here = (sightings.c.stream_id == sa.bindparam("of_stream"), sightings.c.key == sa.bindparam("of_key"))
    change = sa.update(sightings).where(*here).values(record=sa.bindparam("turned"))
    stream, key = -1, ""
    while True:
        batch = connection.execute(
            sa.select(sightings.c.stream_id, sightings.c.key, sightings.c.record)
            .where(sa.tuple_(sightings.c.stream_id, sightings.c.key) > (stream, key))
            .order_by(sightings.c.stream_id, sightings.c.key)
            .limit(BATCH)
        ).all()
        if not batch:
            return
        stream, key = batch[-1].stream_id, batch[-1].key
        news = [
            {"of_stream": row.stream_id, "of_key": row.key, "turned": turn(bytes(row.record))}
            for row in batch
            if row.record is not None
        ]
        if news:
            connection.execute(change, news)


def downgrade() -> None:
    _turn(op.get_bind(), unpacked)
