"""Who is an outsider: with whom the user isn't two-way. What they write of others is no fact.

Everybody is looked at once more, so that it is found out. Where evidence about addresses was never read out of what is
stored, because it was stored before there was any (0005), all of it is weighed again, batch by batch.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("addresses", sa.Column("outsider", sa.Boolean(), nullable=True))
    op.execute("UPDATE addresses SET touched = true")
    op.execute(
        "UPDATE sightings SET stale = true WHERE record IS NOT NULL"
        " AND user_id NOT IN (SELECT user_id FROM evidence WHERE source <> '')"
    )


def downgrade() -> None:
    op.execute("UPDATE participations SET touch = 7 WHERE touch = 20")
    op.drop_column("addresses", "outsider")
