"""Records are packed with a dictionary learned from their user's own: three fifths of their size.

Revision ID: 0024
Revises: 0023
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

import models.base
from models.learned import ENOUGH, NUMBERS, Own, learned, packer_of
from models.packed import packed, unpacked

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BATCH = 2000
DICTIONARIES = sa.table(
    "dictionaries",
    sa.column("id", sa.Integer),
    sa.column("user_id", sa.Integer),
    sa.column("content", sa.LargeBinary),
)
SIGHTINGS = sa.table(
    "sightings",
    sa.column("stream_id", sa.Integer),
    sa.column("key", models.base.Bytewise()),
    sa.column("user_id", sa.Integer),
    sa.column("record", sa.LargeBinary),
)
KEY = (SIGHTINGS.c.stream_id, SIGHTINGS.c.key)
RECORDS = sa.select(*KEY, SIGHTINGS.c.record).where(SIGHTINGS.c.record.is_not(None)).order_by(*KEY)
HERE = (SIGHTINGS.c.stream_id == sa.bindparam("of_stream"), SIGHTINGS.c.key == sa.bindparam("of_key"))
CHANGE = sa.update(SIGHTINGS).where(*HERE).values(record=sa.bindparam("turned"))

Turn = Callable[[bytes], bytes]


def upgrade() -> None:
    op.create_table(
        "dictionaries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_dictionaries_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_dictionaries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dictionaries_user_id", "dictionaries", ["user_id"])
    connection = op.get_bind()
    for user_id in connection.scalars(sa.select(sa.table("users", sa.column("id", sa.Integer)).c.id)).all():
        _learn(connection, user_id)


def _learn(connection: sa.Connection, user_id: int) -> None:
    """Learn from what a user's streams show, and pack it all with what was learned."""
    mine = RECORDS.where(SIGHTINGS.c.user_id == user_id)
    some = [unpacked(bytes(row.record)) for row in connection.execute(mine.limit(ENOUGH))]
    content = learned(some)
    if content is None:
        return
    row = sa.insert(DICTIONARIES).values(user_id=user_id, content=content).returning(DICTIONARIES.c.id)
    number = connection.execute(row).scalar_one()
    if number < NUMBERS:
        pack = packer_of(number, content)
        _turn(connection, mine, lambda record: pack(unpacked(record)))


def _turn(connection: sa.Connection, which: sa.Select[Any], turn: Turn) -> None:
    """Write records anew, a batch at a time."""
    for batch in _batches(connection, which):
        news = [{"of_stream": row.stream_id, "of_key": row.key, "turned": turn(bytes(row.record))} for row in batch]
        connection.execute(CHANGE, news)


def _batches(connection: sa.Connection, which: sa.Select[Any]) -> Iterator[list[Any]]:
    place: tuple[Any, ...] = (-1, "")
    while batch := connection.execute(which.where(sa.tuple_(*KEY) > place).limit(BATCH)).all():
        place = tuple(batch[-1])[:2]
        yield list(batch)


def downgrade() -> None:
    connection = op.get_bind()
    content = sa.select(DICTIONARIES.c.content).where(DICTIONARIES.c.id == sa.bindparam("of_id"))
    own = Own(lambda number: connection.execute(content, {"of_id": number}).scalar_one_or_none())
    if connection.execute(sa.select(DICTIONARIES.c.id).limit(1)).first() is not None:
        _turn(connection, RECORDS, lambda record: packed(unpacked(record, own.unpacked)))
    op.drop_table("dictionaries")
