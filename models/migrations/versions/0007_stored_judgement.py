"""The stored judgement is read: it holds the dates of contact, and who needs a word most.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM assessments")  # what they hold is found again from the history
    op.add_column("assessments", sa.Column("need", sa.Double(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_assessments_need", "assessments", ["user_id", "need", "depth"])
    op.create_index("ix_assessments_depth", "assessments", ["user_id", "depth"])
    op.add_column("habits", sa.Column("basis", models.base.Bytewise(), nullable=False, server_default=""))
    op.execute("UPDATE people SET due_at = 0")


def downgrade() -> None:
    with op.batch_alter_table("habits") as table:
        table.drop_column("basis")
    op.drop_index("ix_assessments_depth", table_name="assessments")
    op.drop_index("ix_assessments_need", table_name="assessments")
    op.execute("DELETE FROM assessments")
    with op.batch_alter_table("assessments") as table:
        table.drop_column("need")
    op.execute("UPDATE people SET due_at = 0")
