"""What the user does by one tap: actions, how many people a digest names, and what a digest said.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("digest_budget", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("digests", sa.Column("content", sa.LargeBinary(), nullable=True))
    op.create_table(
        "actions",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", models.base.Bytewise(), nullable=False),
        sa.Column("action", models.base.Bytewise(), nullable=False),
        sa.Column("person", models.base.Bytewise(), nullable=False),
        sa.Column("at", models.base.Instant(), nullable=False),
        sa.Column("via", models.base.Bytewise(), nullable=False),
        sa.Column("before", models.base.Bytewise(), nullable=False),
        sa.Column("undone_at", models.base.Instant(), nullable=True),
        sa.Column("confirmed_in", models.base.Bytewise(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_actions_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_actions")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_actions_at", "actions", ["user_id", "at"])


def downgrade() -> None:
    op.drop_table("actions")
    op.drop_column("digests", "content")
    op.drop_column("users", "digest_budget")  # no table made anew: what hangs on users would go with the old one
