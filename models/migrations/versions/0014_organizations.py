"""Organizations connected by their administrator: members, opt-outs, and sharing among colleagues.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    line = models.base.Bytewise
    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", line(), nullable=False),
        sa.Column("name", line(), nullable=False),
        sa.Column("decided_by", line(), nullable=False),
        sa.Column("allowed", line(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key", line(), nullable=False),
        sa.Column("connected_at", models.base.Instant(), nullable=False),
        sa.Column("checked_at", models.base.Instant(), nullable=True),
        sa.Column("trouble", line(), nullable=True),
        sa.Column("advice", line(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("provider", "name", name=op.f("uq_organizations_provider_name")),
    )
    op.create_table(
        "members",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("address", line(), nullable=False),
        sa.Column("state", line(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("noticed_at", models.base.Instant(), nullable=True),
        sa.Column("left_at", models.base.Instant(), nullable=True),
        sa.Column("trouble", line(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_members_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_members_user_id_users"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("organization_id", "address", name=op.f("pk_members")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_members_user_id"), "members", ["user_id"])
    op.create_table(
        "opt_outs",
        sa.Column("address", line(), nullable=False),
        sa.Column("at", models.base.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_opt_outs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sharing",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("team", line(), nullable=False),
        sa.Column("since", models.base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sharing_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_sharing")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("sharing", "opt_outs", "members", "organizations"):
        op.drop_table(table)
