"""Two indexes hold what is asked of them and no more; what is packed from here on has no frame around it.

Revision ID: 0023
Revises: 0022
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

import models.base
from models.packed import unframed, whole

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BATCH = 2000
#: What is stored packed: the table, its key, and the column.
PACKED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("sightings", {"stream_id": sa.Integer, "key": models.base.Bytewise}, "record"),
    ("assessments", {"user_id": sa.Integer, "person": models.base.Bytewise}, "document"),
)


def upgrade() -> None:
    only = sa.text("outcome <> 'h'")
    op.drop_index("ix_sightings_outcome", table_name="sightings")
    op.create_index(
        "ix_sightings_outcome", "sightings", ["user_id", "stream_id", "outcome", "reason"],
        sqlite_where=only, postgresql_where=only,
    )  # fmt: skip
    op.drop_index("ix_interactions_time", table_name="interactions")
    op.create_index("ix_interactions_time", "interactions", ["user_id", "occurred_at"])
    _turn(op.get_bind(), unframed)


def downgrade() -> None:
    op.drop_index("ix_sightings_outcome", table_name="sightings")
    op.create_index("ix_sightings_outcome", "sightings", ["user_id", "stream_id", "outcome", "reason"])
    op.drop_index("ix_interactions_time", table_name="interactions")
    op.create_index("ix_interactions_time", "interactions", ["user_id", "occurred_at", "id"])
    _turn(op.get_bind(), whole)


def _turn(connection: sa.Connection, turn: Callable[[bytes], bytes]) -> None:
    """Write what is packed anew, a batch at a time."""
    for name, key, column in PACKED:
        table = sa.table(
            name, *(sa.column(one, kind()) for one, kind in key.items()), sa.column(column, sa.LargeBinary)
        )
        columns: list[sa.ColumnClause[Any]] = [table.c[one] for one in key]
        here = [one == sa.bindparam(f"of_{one.name}") for one in columns]
        change = sa.update(table).where(*here).values({column: sa.bindparam("turned")})
        order = sa.select(*columns, table.c[column]).order_by(*columns).limit(BATCH)
        place: tuple[Any, ...] = (-1, "")
        while batch := connection.execute(order.where(sa.tuple_(*columns) > place)).all():
            place = tuple(batch[-1])[:-1]
            turned = [(*row[:-1], bytes(row[-1]), turn(bytes(row[-1]))) for row in batch if row[-1] is not None]
            names = [f"of_{one.name}" for one in columns]
            news = [
                dict(zip((*names, "turned"), (*at, after), strict=True)) for *at, was, after in turned if was != after
            ]
            if news:
                connection.execute(change, news)
