"""How far a file reaches: when the newest thing in each stream was written.

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
    op.add_column("streams", sa.Column("newest_at", models.base.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("streams", "newest_at")
