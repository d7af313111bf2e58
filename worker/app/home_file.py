"""Writing settings into the .env file of KEEPWARM_HOME; what else is in it stays as it is."""

import os
from collections.abc import Mapping

from worker.app.secrets.private_files import keep_private, private_file, require_own
from worker.app.settings import Settings


def keep_settings(settings: Settings, values: Mapping[str, str]) -> str:
    """Keep settings for every later call, and give the file's path; the environment still comes before it.

    Args:
        settings: whose home it is.
        values: by full name, such as KEEPWARM_GOOGLE_CLIENT_ID; one line each.

    Raises:
        ForeignFile: the file belongs to someone else.
        ValueError: a value can't stand on a line.
    """
    if any(not value.isprintable() or "'" in value for value in values.values()):
        raise ValueError("a setting must stand on one line")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep_private(settings.home)
    path = settings.home / ".env"
    before: list[str] = []
    if path.exists():
        require_own(path)
        before = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in before if line.partition("=")[0].removeprefix("export ").strip().upper() not in values]
    lines = [*kept, *(f"{name}='{value}'" for name, value in values.items())]
    with private_file(path) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
    return str(path)


def shadowed(names: Mapping[str, str]) -> list[str]:
    """Name the settings whose value in the environment would be used instead of these."""
    return [name for name, value in names.items() if os.environ.get(name, value) != value]
