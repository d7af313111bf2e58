"""Interactions, and what refers to them, are known by bytes instead of hex digits: a row, and four indexes, are smaller.

Revision ID: 0021
Revises: 0020
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import models.base
from models.digests import decoded, stored

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

#: Tables that refer to interactions, and what PostgreSQL calls that they do.
CHILDREN = {
    "participations": "fk_participations_user_id_interaction_id_interactions",
    "match_evidence": "fk_likenesses_user_id_interaction_id_interactions",
}
TIME, ADDRESS = ("user_id", "occurred_at", "id"), ("user_id", "address", "at", "counts_at", "touch")
#: How PostgreSQL turns an id: 32 digits, and what follows them where a Message-ID was used again.
WRITE = "decode(substr({0}, 1, 32), 'hex') || convert_to(substr({0}, 33), 'UTF8')"
READ = "encode(substr({0}, 1, 16), 'hex') || convert_from(substr({0}, 17), 'UTF8')"


def upgrade() -> None:
    _turn("digits_stored", WRITE, sa.LargeBinary())


def downgrade() -> None:
    _turn("digits_told", READ, models.base.Bytewise())


def _turn(sqlite: str, postgresql: str, after: Any) -> None:
    connection = op.get_bind()
    op.drop_index("ix_interactions_time", table_name="interactions")
    op.drop_index("ix_participations_address", table_name="participations")
    if connection.dialect.name == "postgresql":
        _alter(postgresql, after)
    else:
        database: Any = connection.connection.driver_connection
        database.create_function("digits_stored", 1, lambda text: None if text is None else stored(text))
        database.create_function("digits_told", 1, lambda value: None if value is None else decoded(value))
        _copy(sqlite, after)
    op.create_index("ix_interactions_time", "interactions", list(TIME))
    op.create_index("ix_participations_address", "participations", list(ADDRESS))


def _alter(turn: str, after: Any) -> None:
    for table, name in CHILDREN.items():
        op.drop_constraint(name, table, type_="foreignkey")
    op.alter_column("interactions", "id", type_=after, postgresql_using=turn.format("id"))
    for table, name in CHILDREN.items():
        op.alter_column(table, "interaction_id", type_=after, postgresql_using=turn.format("interaction_id"))
        op.create_foreign_key(
            name, table, "interactions", ["user_id", "interaction_id"], ["user_id", "id"], ondelete="CASCADE"
        )


def _copy(turn: str, after: Any) -> None:
    """Copy the tables row by row, children first to go: dropping what they refer to would take them along."""
    for name, columns in _tables(after).items():
        rowid = {} if name == "interactions" else {"sqlite_with_rowid": False}
        op.create_table(f"{name}_anew", *columns, **rowid)
        names = [column.name for column in columns if isinstance(column, sa.Column)]
        values = (f"{turn}({column})" if column in {"id", "interaction_id"} else column for column in names)
        order = "rowid" if name == "interactions" else "user_id, interaction_id"
        op.execute(
            f"INSERT INTO {name}_anew ({', '.join(names)}) SELECT {', '.join(values)} FROM {name} ORDER BY {order}"  # noqa: S608 - our own names
        )
    for name in (*CHILDREN, "interactions"):
        op.drop_table(name)
    for name in ("interactions", *CHILDREN):
        op.rename_table(f"{name}_anew", name)


def _tables(key: Any) -> dict[str, list[Any]]:
    text, at = models.base.Bytewise(), models.base.Instant()
    whole, flag = sa.Integer(), sa.Boolean()
    parts = ["user_id", "interaction_id"], ["interactions_anew.user_id", "interactions_anew.id"]
    return {
        "interactions": [
            sa.Column("user_id", whole, autoincrement=False, nullable=False),
            sa.Column("id", key, nullable=False),
            *_filled(text, "account", "channel", "direction"),
            *_filled(at, "occurred_at"), *_maybe(at, "ends_at"), *_filled(at, "counts_at"),
            *_maybe(text, "subject", "thread", "message_id", "ical_uid"), *_maybe(at, "recurrence_at"),
            *_filled(whole, "group_size"), *_maybe(text, "my_role", "my_response"),
            sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_interactions_user_id_users", ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("user_id", "id", name="pk_interactions"),
        ],
        "participations": [
            sa.Column("user_id", whole, autoincrement=False, nullable=False),
            *_filled(key, "interaction_id"), *_filled(text, "address", "role"), *_maybe(text, "response"),
            *_filled(text, "name"), *_maybe(sa.SmallInteger(), "touch"), *_filled(at, "at", "counts_at"),
            sa.ForeignKeyConstraint(*parts, name=CHILDREN["participations"], ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("user_id", "interaction_id", "address", name="pk_participations"),
        ],
        "match_evidence": [
            sa.Column("user_id", whole, autoincrement=False, nullable=False),
            *_filled(key, "interaction_id"), *_filled(text, "address", "other", "why"), *_filled(flag, "sure"),
            sa.ForeignKeyConstraint(*parts, name=CHILDREN["match_evidence"], ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("user_id", "interaction_id", "address", "other", name="pk_likenesses"),
        ],
    }  # fmt: skip


def _filled(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _maybe(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names]
