"""The key of an email is in its row, and no longer in its record as well.

Revision ID: 0022
Revises: 0021
"""

import json
import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

import models.base
from models.packed import packed, unpacked, whole

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BATCH = 2000
#: How the record of an email begins, up to the end of its key.
KEYED = re.compile(rb'\{"type":"email","key":"(?:[^"\\]|\\.)*"')
#: What turns a record, in JSON, that lies under a key.
Turn = Callable[[bytes, str], bytes]


def upgrade() -> None:
    _turn(op.get_bind(), _without)


def _without(record: bytes, key: str) -> bytes:
    del key
    return KEYED.sub(b'{"type":"email","key":""', record, count=1)


def _with(record: bytes, key: str) -> bytes:
    begin = b'{"type":"email","key":' + json.dumps(key, ensure_ascii=False).encode()
    return KEYED.sub(lambda _: begin, record, count=1)


def _turn(connection: sa.Connection, turn: Turn) -> None:
    """Write the record of every email anew, a batch at a time."""
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
        told = [(row, unpacked(bytes(row.record))) for row in batch if row.record is not None]
        news = [
            {"of_stream": row.stream_id, "of_key": row.key, "turned": whole(packed(turn(record, row.key)))}
            for row, record in told
            if KEYED.match(record)
        ]
        if news:
            connection.execute(change, news)


def downgrade() -> None:
    _turn(op.get_bind(), _with)
