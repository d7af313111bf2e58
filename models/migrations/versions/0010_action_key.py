"""The key that signs what a digest offers to do.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("action_key", models.base.Bytewise(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "action_key")
