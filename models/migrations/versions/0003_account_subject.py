"""The provider's lasting id of an account, so that a renamed address stays one account.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("subject", models.base.Bytewise(), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "subject")
