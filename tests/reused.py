"""A migrated database of PostgreSQL's that many tests use, one after the other: making one takes longer than most."""

from uuid import uuid4

import sqlalchemy as sa

from tests.services import drop_database
from worker.storage.engine import open_database
from worker.storage.migrations import upgrade

#: What changes with any table, column, index, trigger, or version of the schema.
SHAPE = """SELECT (SELECT string_agg(version_num, ',') FROM alembic_version), (SELECT max(oid::bigint) FROM pg_class),
(SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped),
(SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_constraint)"""
#: No connection of an earlier test goes on in the next one, as if the database had been dropped.
ALONE = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


class ReusedDatabase:
    """Empty for every test, and made anew after one that changed its tables."""

    def __init__(self, server_url: str) -> None:
        self.server = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._make()

    def empty(self) -> str:
        """The URL of the database, with nothing in it."""
        own = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with own.connect() as connection:
            connection.exec_driver_sql(ALONE)
            changed = self._shape(connection) != self.shape
            if not changed:
                _clear(connection)
        if changed:
            self.drop()
            self._make()
        return self.url

    def drop(self) -> None:
        with self.server.connect() as connection:
            drop_database(connection, self.name)

    def _make(self) -> None:
        self.name = f"keepwarm_{uuid4().hex[:16]}"
        with self.server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'")
        self.url = self.server.url.set(database=self.name).render_as_string(hide_password=False)
        made = open_database(self.url)
        upgrade(made)
        with made.connect() as connection:
            self.shape = self._shape(connection)
        made.dispose()

    @staticmethod
    def _shape(connection: sa.Connection) -> tuple[object, ...] | None:
        has_version = connection.exec_driver_sql("SELECT to_regclass('public.alembic_version')").scalar()
        return tuple(connection.exec_driver_sql(SHAPE).one()) if has_version else None


def _clear(connection: sa.Connection) -> None:
    """Delete every row, in any order, and count from one again."""
    connection.exec_driver_sql("SET session_replication_role = replica")  # foreign keys are not asked
    tables = connection.exec_driver_sql(TABLES).scalars().all()
    connection.exec_driver_sql(";".join(f'DELETE FROM "{table}"' for table in tables))
    used = connection.exec_driver_sql(SEQUENCES).scalars().all()
    if used:
        connection.exec_driver_sql(";".join(f'ALTER SEQUENCE "{one}" RESTART' for one in used))
