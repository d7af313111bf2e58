"""Evidence about addresses as rows of its own; own addresses are concluded from it and from decisions.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fact", models.base.Bytewise(), nullable=False),
        sa.Column("address", models.base.Bytewise(), nullable=False),
        sa.Column("kind", models.base.Bytewise(), nullable=False),
        sa.Column("at", models.base.Instant(), nullable=False),
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", models.base.Bytewise(), nullable=False),
        sa.Column("why", models.base.Bytewise(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_evidence_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_evidence_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(
            "user_id", "fact", "address", "kind", "at", "account_id", "source", name=op.f("pk_evidence")
        ),
        sqlite_with_rowid=False,
    )
    # what an account is connected with was stated with it; what the user said is a decision
    op.execute(
        """INSERT INTO evidence (user_id, fact, address, kind, at, account_id, source, why)
        SELECT own.user_id, 'mine', own.address, 'stated', 0, min(account.id), '', own.why
        FROM own_addresses own JOIN accounts account ON account.user_id = own.user_id AND account.address = own.address
        GROUP BY own.user_id, own.address, own.why"""
    )
    op.execute(
        """INSERT INTO decisions (user_id, kind, subject, object, at)
        SELECT own.user_id, 'me', own.address, '', 0 FROM own_addresses own
        WHERE own.why <> 'sent mail comes from it' AND NOT EXISTS
            (SELECT 1 FROM evidence WHERE evidence.user_id = own.user_id AND evidence.address = own.address)"""
    )


def downgrade() -> None:
    op.execute("DELETE FROM decisions WHERE kind IN ('me', 'not me', 'keep')")
    op.drop_table("evidence")
