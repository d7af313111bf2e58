"""How far a file reaches: when the newest thing in each stream was written.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("streams", sa.Column("newest_at", models.base.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("streams", "newest_at")
