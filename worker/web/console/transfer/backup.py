"""A copy of the SQLite database beside it, taken while keepwarm runs."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from models.errors import CodedError

#: Copies that are kept.
KEPT = 5


class NoBackup(CodedError):  # noqa: N818 - says what is wrong
    """This database is not a file that keepwarm can copy."""


def back_up(engine: Engine, home: Path, now: datetime) -> Path:
    """Copy the database into the home's folder of backups; older copies than the newest few go.

    Raises:
        NoBackup: it is not SQLite.
    """
    if engine.dialect.name != "sqlite":
        raise NoBackup("app.backup_elsewhere")
    folder = home / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"keepwarm-{now:%Y-%m-%d-%H%M%S}.db"
    path.unlink(missing_ok=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    path.chmod(0o600)
    for old in sorted(folder.glob("keepwarm-*.db"))[:-KEPT]:
        old.unlink()
    return path
