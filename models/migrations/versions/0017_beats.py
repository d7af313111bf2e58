"""What only grows with the days is found when it is shown: the stored judgement holds what it is found from.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # who is stored already is judged anew on the next day, as before, and gets beats then
    op.add_column("assessments", sa.Column("beats", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE people SET due_at = 0")
    op.drop_column("assessments", "beats")
