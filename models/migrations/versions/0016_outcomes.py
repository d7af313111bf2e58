"""What became of everything is counted from an index: a page that asks reads no record.

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_sightings_outcome", "sightings", ["user_id", "stream_id", "outcome", "reason"])


def downgrade() -> None:
    op.drop_index("ix_sightings_outcome", "sightings")
