"""Names an engineer of this field knows: locks, digests, subscriptions, match evidence.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    ("turns", "locks"),
    ("letters", "digests"),
    ("nudges", "digest_lines"),
    ("watches", "push_subscriptions"),
    ("likenesses", "match_evidence"),
)
#: (table as it is called afterwards, column before, column afterwards)
COLUMNS = (
    ("users", "leave_word", "unsubscribe_token"),
    ("users", "digest_said_at", "preferences_set_at"),
    ("accounts", "told_at", "reported_at"),
    ("streams", "hinted_at", "notified_at"),
    ("streams", "turn", "generation"),
    ("streams", "spent", "usage"),
    ("assessments", "blind", "incomplete"),
    ("digests", "begun_at", "delivery_started_at"),
    ("digests", "doubts", "uncertain_deliveries"),
)
ACTORS = (("keepwarm.settle", "keepwarm.recompute"), ("keepwarm.watch", "keepwarm.subscribe"))


def upgrade() -> None:
    op.drop_index("ix_assessments_blind", table_name="assessments")
    for before, after in TABLES:
        op.rename_table(before, after)
    for table, before, after in COLUMNS:
        _rename(table, before, after)
    op.create_index("ix_assessments_incomplete", "assessments", ["user_id", "incomplete"])
    op.execute("ALTER TABLE digest_lines DROP COLUMN state")
    for before, after in ACTORS:
        _rename_actor(before, after)


def downgrade() -> None:
    for before, after in ACTORS:
        _rename_actor(after, before)
    op.add_column("digest_lines", sa.Column("state", models.base.Bytewise(), nullable=False, server_default="open"))
    op.drop_index("ix_assessments_incomplete", table_name="assessments")
    for table, before, after in COLUMNS:
        _rename(table, after, before)
    for before, after in TABLES:
        op.rename_table(after, before)
    op.create_index("ix_assessments_blind", "assessments", ["user_id", "blind"])


def _rename(table: str, before: str, after: str) -> None:
    # both databases know this form; Alembic's own would copy the whole table on SQLite
    op.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{before}" TO "{after}"')


def _rename_actor(before: str, after: str) -> None:
    failures = sa.table("failures", sa.column("actor"))
    op.execute(failures.update().where(failures.c.actor == before).values(actor=after))
