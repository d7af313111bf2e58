"""Participations name their interaction by a number: two bytes or three instead of sixteen, in the row and its index.

Revision ID: 0025
Revises: 0024
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TEXT, AT, WHOLE = models.base.Bytewise(), models.base.Instant(), sa.Integer()
KEY = ["user_id", "interaction_id"]
#: What refers to interactions by their ids, and what PostgreSQL calls that it does.
ALIKE = "fk_likenesses_user_id_interaction_id_interactions"
BY_ID, BY_NUMBER = (
    "fk_participations_user_id_interaction_id_interactions",
    "fk_participations_interaction_interactions",
)
TIME, ADDRESS = ("user_id", "occurred_at"), ("user_id", "address", "at", "counts_at", "touch")
#: Columns that stay what they are.
MAIL = (
    "user_id, id, account, channel, direction, occurred_at, ends_at, counts_at, subject, thread, message_id, ical_uid, "
    "recurrence_at, group_size, my_role, my_response"
)
PART = "address, role, response, name, touch, at, counts_at"


def upgrade() -> None:
    _drop_indexes()
    if op.get_bind().dialect.name == "postgresql":
        _number()
    else:
        _copy(numbered=True)
    _create_indexes()


def downgrade() -> None:
    _drop_indexes()
    if op.get_bind().dialect.name == "postgresql":
        _unnumber()
    else:
        _copy(numbered=False)
    _create_indexes()


def _drop_indexes() -> None:
    op.drop_index("ix_interactions_time", table_name="interactions")
    op.drop_index("ix_participations_address", table_name="participations")


def _create_indexes() -> None:
    op.create_index("ix_interactions_time", "interactions", list(TIME))
    op.create_index("ix_participations_address", "participations", list(ADDRESS))


def _number() -> None:
    op.drop_constraint(BY_ID, "participations", type_="foreignkey")
    op.drop_constraint(ALIKE, "match_evidence", type_="foreignkey")
    op.drop_constraint("pk_interactions", "interactions", type_="primary")
    op.execute("ALTER TABLE interactions ADD COLUMN number SERIAL")
    op.create_primary_key("pk_interactions", "interactions", ["number"])
    op.create_unique_constraint("uq_interactions_user_id_id", "interactions", ["user_id", "id"])
    _refer(ALIKE, "match_evidence")
    op.rename_table("participations", "participations_before")
    op.execute("ALTER TABLE participations_before RENAME CONSTRAINT pk_participations TO pk_participations_before")
    op.create_table("participations", *_parts("interactions", numbered=True))
    _fill("participations", "participations_before", "interactions", numbered=True)
    op.drop_table("participations_before")


def _unnumber() -> None:
    op.rename_table("participations", "participations_before")
    op.execute("ALTER TABLE participations_before RENAME CONSTRAINT pk_participations TO pk_participations_before")
    op.create_table("participations", *_parts(None, numbered=False))
    _fill("participations", "participations_before", "interactions", numbered=False)
    op.drop_table("participations_before")
    op.drop_constraint(ALIKE, "match_evidence", type_="foreignkey")
    op.drop_constraint("uq_interactions_user_id_id", "interactions", type_="unique")
    op.drop_constraint("pk_interactions", "interactions", type_="primary")
    op.drop_column("interactions", "number")
    op.create_primary_key("pk_interactions", "interactions", ["user_id", "id"])
    _refer(ALIKE, "match_evidence")
    _refer(BY_ID, "participations")


def _refer(name: str, table: str) -> None:
    op.create_foreign_key(name, table, "interactions", KEY, ["user_id", "id"], ondelete="CASCADE")


def _copy(*, numbered: bool) -> None:
    """Copy the tables row by row, children first to go: dropping what they refer to would take them along."""
    op.create_table("interactions_anew", *_mails(numbered=numbered))
    op.create_table("participations_anew", *_parts("interactions_anew", numbered=numbered), sqlite_with_rowid=False)
    op.create_table("match_evidence_anew", *_alike(), sqlite_with_rowid=False)
    op.execute(f"INSERT INTO interactions_anew ({MAIL}) SELECT {MAIL} FROM interactions ORDER BY rowid")  # noqa: S608 - our own names
    _fill(
        "participations_anew", "participations", "interactions_anew" if numbered else "interactions", numbered=numbered
    )
    op.execute("INSERT INTO match_evidence_anew SELECT * FROM match_evidence ORDER BY user_id, interaction_id")
    for name in ("participations", "match_evidence", "interactions"):
        op.drop_table(name)
    for name in ("interactions", "participations", "match_evidence"):
        op.rename_table(f"{name}_anew", name)


def _fill(into: str, before: str, mails: str, *, numbered: bool) -> None:
    parts = ", ".join(f"p.{one}" for one in PART.split(", "))
    key, joined, order = (
        ("interaction", "i.user_id = p.user_id AND i.id = p.interaction_id", "i.number, p.address")
        if numbered
        else ("interaction_id", "i.number = p.interaction", "i.user_id, i.id, p.address")
    )
    op.execute(
        f"INSERT INTO {into} ({key}, user_id, {PART}) SELECT i.{'number' if numbered else 'id'}, p.user_id, {parts} "  # noqa: S608 - our own names
        f"FROM {before} p JOIN {mails} i ON {joined} ORDER BY {order}"
    )


def _mails(*, numbered: bool) -> list[Any]:
    key = ["number"] if numbered else ["user_id", "id"]
    return [
        *([sa.Column("number", WHOLE, nullable=False)] if numbered else []),
        sa.Column("user_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        *_filled(TEXT, "account", "channel", "direction"),
        *_filled(AT, "occurred_at"), *_maybe(AT, "ends_at"), *_filled(AT, "counts_at"),
        *_maybe(TEXT, "subject", "thread", "message_id", "ical_uid"), *_maybe(AT, "recurrence_at"),
        *_filled(WHOLE, "group_size"), *_maybe(TEXT, "my_role", "my_response"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_interactions_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key, name="pk_interactions"),
        *([sa.UniqueConstraint("user_id", "id", name="uq_interactions_user_id_id")] if numbered else []),
    ]  # fmt: skip


def _parts(mails: str | None, *, numbered: bool) -> list[Any]:
    """Name the columns of participations; by number the foreign key comes with them, by id where `mails` is given."""
    user = sa.Column("user_id", WHOLE, autoincrement=False, nullable=False)
    rest = [
        *_filled(TEXT, "role"), *_maybe(TEXT, "response"), *_filled(TEXT, "name"),
        *_maybe(sa.SmallInteger(), "touch"), *_filled(AT, "at", "counts_at"),
    ]  # fmt: skip
    if numbered:
        return [
            sa.Column("interaction", WHOLE, autoincrement=False, nullable=False), *_filled(TEXT, "address"), user, *rest,
            sa.ForeignKeyConstraint(["interaction"], [f"{mails}.number"], name=BY_NUMBER, ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("interaction", "address", name="pk_participations"),
        ]  # fmt: skip
    return [
        user, *_filled(sa.LargeBinary(), "interaction_id"), *_filled(TEXT, "address"), *rest,
        *([_by_id(BY_ID, mails)] if mails else []),
        sa.PrimaryKeyConstraint(*KEY, "address", name="pk_participations"),
    ]  # fmt: skip


def _alike() -> list[Any]:
    return [
        sa.Column("user_id", WHOLE, autoincrement=False, nullable=False),
        *_filled(sa.LargeBinary(), "interaction_id"), *_filled(TEXT, "address", "other", "why"),
        *_filled(sa.Boolean(), "sure"), _by_id(ALIKE, "interactions_anew"),
        sa.PrimaryKeyConstraint(*KEY, "address", "other", name="pk_likenesses"),
    ]  # fmt: skip


def _by_id(name: str, mails: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(KEY, [f"{mails}.user_id", f"{mails}.id"], name=name, ondelete="CASCADE")


def _filled(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _maybe(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names]
