"""Introductions are found by structure, with how sure they are and what they stand on.

Revision ID: 0009
Revises: 0008
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("introductions")  # they are found anew, from the history
    _create(
        ("introduced", "introducer", "interaction_id"),
        sa.Column("known_at", models.base.Instant(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("signs", models.base.Bytewise(), nullable=False),
        sa.Column("evidence", models.base.Bytewise(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_introductions_introducer", "introductions", ["user_id", "introducer"])
    op.execute("UPDATE addresses SET touched = true")


def downgrade() -> None:
    op.drop_table("introductions")
    _create(("interaction_id", "introducer", "introduced"))
    op.execute("UPDATE addresses SET touched = true")


def _create(key: tuple[str, ...], *more: sa.Column[Any]) -> None:
    op.create_table(
        "introductions",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, models.base.Bytewise(), nullable=False) for name in key),
        sa.Column("at", models.base.Instant(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_introductions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", *key, name=op.f("pk_introductions")),
        sqlite_with_rowid=False,
    )
