"""Write what all migrations make of an empty SQLite database into one file: `python -m tests.models.schema`."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import Engine

from worker.storage.engine import open_database
from worker.storage.migrations import SCHEMA, revisions, upgrade


def migrated(folder: Path) -> Engine:
    """Make an empty database and take it through every migration."""
    engine = open_database(f"sqlite:///{folder / 'migrated.db'}")
    upgrade(engine, revisions()[-1])
    return engine


def schema_of(engine: Engine) -> str:
    """Give the statements that make the tables and indexes of a SQLite database, and name its version."""
    with engine.connect() as connection:
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'sqlite_%' ORDER BY rowid"
        ).scalars()
        statements = [in_order(statement) for statement in made]
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    return ";\n".join([*statements, f"INSERT INTO alembic_version VALUES ('{version}')"]) + "\n"


def in_order(statement: str) -> str:
    """Give a statement with its constraints in the order of their names: Alembic copies a table's as a set has them."""
    lines = [line.strip() for line in statement.strip().splitlines()]
    places = [place for place, line in enumerate(lines) if line.startswith("CONSTRAINT ")]
    clauses = sorted(lines[place].removesuffix(",") for place in places)
    for place, clause in zip(places, clauses, strict=True):
        lines[place] = clause + ("," if lines[place].endswith(",") else "")
    return "\n".join(lines)


if __name__ == "__main__":
    with TemporaryDirectory() as made_in:
        SCHEMA.write_text(schema_of(migrated(Path(made_in))), "utf-8")
