"""All checks in their order: each looks at one thing, and what goes wrong within one is its finding."""

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from pydantic import ValidationError

from worker.app.secrets.private_files import ForeignFile
from worker.app.settings import Settings
from worker.cli.admin.checks import accounts, database, machine, queue
from worker.cli.admin.checks.check import Check, Level
from worker.cli.terminal.errors import verdict


def examine(now: datetime | None = None) -> list[Check]:
    """Run every check; none changes anything but that a new database or key is made where there is none."""
    try:
        settings = Settings()
    except (ValidationError, ForeignFile) as error:
        said = verdict(error)
        return [Check("settings", Level.WRONG, said.sentence if said else str(error))]
    checks: tuple[Callable[[], Iterable[Check]], ...] = (
        lambda: machine.names(os.environ),
        lambda: machine.home(settings),
        lambda: machine.key(settings),
        lambda: queue.queue(settings),
        lambda: machine.certificates(os.environ),
        machine.packages,
        lambda: database.database(settings, now or datetime.now(UTC)),
        lambda: accounts.advice(settings),
        lambda: accounts.sending(settings),
    )
    found: list[Check] = []
    for check in checks:
        try:
            found += check()
        except Exception as error:  # noqa: BLE001 - whatever a check meets is a finding, and the others still run
            said = verdict(error)
            found.append(Check("problem", Level.WRONG, said.sentence if said else str(error)))
    return found
