"""The console: sessions, links that sign in once, passkeys, outside identities, what was done, and who is an admin.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from models.base import Bytewise, Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _user(*, nullable: bool) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("user_id", sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    )


def upgrade() -> None:
    op.add_column("users", sa.Column("admin", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE users SET admin = true WHERE id = (SELECT min(id) FROM users)")
    op.create_table(
        "console_sessions",
        sa.Column("token", Bytewise(), nullable=False),
        *_user(nullable=True),
        sa.Column("way", Bytewise(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sign_in_links",
        sa.Column("token", Bytewise(), nullable=False),
        *_user(nullable=True),
        sa.Column("purpose", Bytewise(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passkeys",
        sa.Column("credential", Bytewise(), nullable=False),
        *_user(nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("signatures", sa.BigInteger(), nullable=False),
        sa.Column("name", Bytewise(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("credential"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outside_identities",
        sa.Column("issuer", Bytewise(), nullable=False),
        sa.Column("subject", Bytewise(), nullable=False),
        *_user(nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        *_user(nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("event", Bytewise(), nullable=False),
        sa.Column("place", Bytewise(), nullable=False),
        sa.Column("detail", Bytewise(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_events_user", "audit_events", ["user_id", "id"])
    for table in ("console_sessions", "sign_in_links", "passkeys", "outside_identities"):
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def downgrade() -> None:
    for table in ("audit_events", "outside_identities", "passkeys", "sign_in_links", "console_sessions"):
        op.drop_table(table)
    op.drop_column("users", "admin")  # not by a copy of the table: whoever refers to users would go with the old one
