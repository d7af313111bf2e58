"""All wiring in one place: what a command or a worker process needs, made from the settings."""

import gc
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine, inspect

from worker.app.secrets.private_files import keep_private
from worker.app.settings import Settings
from worker.storage.clock import STOPWATCH, Clock, Stopwatch, clock_of, wall_clock
from worker.storage.engine import open_database
from worker.storage.migrations import check_schema, upgrade

if TYPE_CHECKING:  # keys are loaded when they are needed: many commands need none
    from worker.app.secrets.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True)
class Runtime:
    """One installation, open for work."""

    settings: Settings
    engine: Engine
    clock: Clock = wall_clock
    stopwatch: Stopwatch = STOPWATCH
    _shared: dict[type, Any] = field(default_factory=dict, repr=False, compare=False)

    def shared(self, kind: type[T]) -> T:
        """Return the one value of its kind that this process keeps for this installation, such as open connectors."""
        if kind not in self._shared:
            self._shared.setdefault(kind, kind())  # two threads may make one: the first stays
        found: T = self._shared[kind]
        return found

    @cached_property
    def vault(self) -> "Vault":
        """What seals secrets; made on first use, so that reading commands need no key."""
        from worker.app.secrets.vault import open_vault

        return open_vault(self.settings)


@cache  # once in a process: a second freeze would keep for good what the first use has left behind
def collect_rarely() -> None:
    """Have Python look for cycles rarely: records live for a page and hold none (measured: a tenth of an import)."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def open_runtime(settings: Settings, clock: Clock | None = None, *, stopwatch: Stopwatch = STOPWATCH) -> Runtime:
    """Open an installation; an empty database gets its tables.

    Args:
        settings: where it lives, and what it may use.
        clock: another than the installation's own is for looking back.
        stopwatch: measures and waits out the pauses between calls to a provider.

    Raises:
        SchemaMismatch: the database is from another version.
    """
    collect_rarely()
    engine = open_database(settings.database)
    keep_private(settings.home, engine.url.database if engine.dialect.name == "sqlite" else None)
    if not inspect(engine).get_table_names():
        upgrade(engine)
    check_schema(engine)
    return Runtime(settings, engine, clock or clock_of(engine), stopwatch)
