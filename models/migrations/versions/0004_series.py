"""What the occurrences of a series have in common, so that calendars that tell of it are judged together.

Revision ID: 0004
Revises: 0003
"""

import json
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MEETING = b'{"type":"meeting"'
BATCH = 2000


def upgrade() -> None:
    op.add_column("sightings", sa.Column("series", models.base.Bytewise(), nullable=True))
    _fill(op.get_bind())
    op.create_index(
        "ix_sightings_series",
        "sightings",
        ["user_id", "series"],
        unique=False,
        sqlite_where=sa.text("series IS NOT NULL"),
        postgresql_where=sa.text("series IS NOT NULL"),
    )


def _fill(connection: sa.Connection) -> None:
    """Name the series of the meetings that are stored, as worker.ingest.classify.identity does."""
    sightings = sa.table(
        "sightings",
        sa.column("stream_id", sa.Integer),
        sa.column("key", models.base.Bytewise()),
        sa.column("series", models.base.Bytewise()),
        sa.column("record", sa.LargeBinary),
    )
    named = sa.update(sightings).where(
        sightings.c.stream_id == sa.bindparam("of_stream"), sightings.c.key == sa.bindparam("of_key")
    )
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
            {"of_stream": row.stream_id, "of_key": row.key, "series": _digest("series", uid)}
            for row in batch
            if row.record is not None
            and row.record.startswith(MEETING)
            and (uid := json.loads(row.record).get("ical_uid"))
        ]
        if news:
            connection.execute(named.values(series=sa.bindparam("series")), news)


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def downgrade() -> None:
    op.drop_index("ix_sightings_series", table_name="sightings")
    op.drop_column("sightings", "series")
