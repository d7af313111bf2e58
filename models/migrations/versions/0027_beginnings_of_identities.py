"""The index on identities of sightings holds how they begin: four bytes instead of sixteen.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEX = "ix_sightings_identity"


def upgrade() -> None:
    op.drop_index(INDEX, table_name="sightings")
    op.create_index(INDEX, "sightings", ["user_id", sa.text("substr(identity, 1, 4)")])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="sightings")
    op.create_index(INDEX, "sightings", ["user_id", "identity"])
