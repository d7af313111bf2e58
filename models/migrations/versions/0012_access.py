"""Programs that may read or act: tokens; and places that are told: outlets, with what they were told of.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", models.base.Bytewise(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", models.base.Bytewise(), nullable=False),
        sa.Column("rights", models.base.Bytewise(), nullable=False),
        sa.Column("hash", models.base.Bytewise(), nullable=False),
        sa.Column("made_at", models.base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tokens_user", "tokens", ["user_id"])
    op.create_table(
        "outlets",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", models.base.Bytewise(), nullable=False),
        sa.Column("kind", models.base.Bytewise(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key", models.base.Bytewise(), nullable=False),
        sa.Column("events", models.base.Bytewise(), nullable=False),
        sa.Column("made_at", models.base.Instant(), nullable=False),
        sa.Column("trouble", models.base.Bytewise(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_outlets_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_outlets")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outlet", models.base.Bytewise(), nullable=False),
        sa.Column("event", models.base.Bytewise(), nullable=False),
        sa.Column("at", models.base.Instant(), nullable=False),
        sa.Column("due_at", models.base.Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "outlet"],
            ["outlets.user_id", "outlets.id"],
            name=op.f("fk_notices_user_id_outlet_outlets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "outlet", "event", name=op.f("pk_notices")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notices_due", "notices", ["due_at"])


def downgrade() -> None:
    op.drop_table("notices")
    op.drop_table("outlets")
    op.drop_table("tokens")
