"""Alembic's entry: runs revisions on the connection it is given, or on the URL of its configuration."""

from alembic import context
from sqlalchemy import Connection, create_engine

from models.tables import Base


def run(connection: Connection) -> None:
    """Run what is due on this connection; batch mode, because SQLite cannot alter a table in place."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "sqlite:///keepwarm.db").connect() as opened:
        run(opened)
