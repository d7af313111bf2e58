"""Identities of sightings are sixteen bytes instead of 32 hex digits.

Revision ID: 0019
Revises: 0018
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import models.base
from models.digests import decoded, stored

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COLUMNS = {"sightings": ("identity", "series"), "evidence": ("source",)}


def upgrade() -> None:
    _turn("digits_stored", "decode({0}, 'hex')", sa.LargeBinary(), models.base.Bytewise())


def _turn(sqlite: str, postgresql: str, after: Any, before: Any) -> None:
    """Write these columns anew, and make their indexes once that is done."""
    connection = op.get_bind()
    op.drop_index("ix_sightings_identity", table_name="sightings")
    op.drop_index("ix_sightings_series", table_name="sightings")
    if connection.dialect.name == "postgresql":
        for table, columns in COLUMNS.items():
            for column in columns:
                op.alter_column(
                    table, column, type_=after, existing_type=before, postgresql_using=postgresql.format(column)
                )
    else:
        database: Any = connection.connection.driver_connection
        database.create_function("digits_stored", 1, lambda text: None if text is None else stored(text))
        database.create_function("digits_told", 1, lambda value: None if value is None else decoded(value))
        for table, columns in COLUMNS.items():
            op.execute(f"UPDATE {table} SET " + ", ".join(f"{column} = {sqlite}({column})" for column in columns))  # noqa: S608 - our own names
            options = {} if table == "sightings" else {"sqlite_with_rowid": False}
            with op.batch_alter_table(table, recreate="always", table_kwargs=options) as batch:
                for column in columns:
                    batch.alter_column(column, type_=after, existing_type=before)
    op.create_index("ix_sightings_identity", "sightings", ["user_id", "identity"])
    only = sa.text("series IS NOT NULL")
    op.create_index("ix_sightings_series", "sightings", ["user_id", "series"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    _turn("digits_told", "encode({0}, 'hex')", models.base.Bytewise(), sa.LargeBinary())
