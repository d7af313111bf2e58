"""The schema's versions: upgrading, and refusing what this version does not know."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

import models.migrations
from models.errors import CodedError
from models.learned import own_of
from worker.storage.engine import tune
from worker.storage.transactions import writing

MIGRATIONS = Path(models.migrations.__file__).parent
#: What all migrations together make of an empty SQLite database: a tenth of the work (`python -m tests.models.schema`).
SCHEMA = MIGRATIONS / "sqlite.sql"


class SchemaMismatch(CodedError):  # noqa: N818 - says what is wrong
    """The database was made by a newer keepwarm, or has not been upgraded."""


def _alembic(engine: Engine, verb: str, revision: str) -> None:
    from alembic import command  # only when the schema changes: it takes longer to load than most commands to run
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        getattr(command, verb)(config, revision)
    own_of(engine.dialect).clear()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to `revision`."""
    if revision != "head" or not _created(engine):
        _alembic(engine, "upgrade", revision)
        with writing(engine) as connection:  # what was made anew has no statistics: SQLite then walks whole tables
            tune(connection)


def _created(engine: Engine) -> bool:
    """Make every table of an empty SQLite database at once; False where there is something to be upgraded."""
    if engine.dialect.name != "sqlite":
        return False
    with writing(engine) as connection:  # another process may be about to do the same
        if sa.inspect(connection).get_table_names():
            return False
        for statement in SCHEMA.read_text("utf-8").split(";\n"):
            connection.exec_driver_sql(statement)
        return True


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to `revision`."""
    _alembic(engine, "downgrade", revision)


def revisions() -> list[str]:
    """Name every revision this version knows, oldest first: a migration's file begins with its number."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def check_schema(engine: Engine) -> None:
    """Refuse to work on a schema this version does not know.

    Raises:
        SchemaMismatch: with what to do about it.
    """
    with engine.connect() as connection:
        if sa.inspect(connection).has_table("alembic_version"):
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        else:
            found = None
    known = revisions()
    if found == known[-1]:
        return
    if found is None or found in known:
        raise SchemaMismatch("app.older_schema")
    raise SchemaMismatch("app.newer_schema")
