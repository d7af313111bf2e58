"""The console beside the work of `keepwarm run`: where it is served, and where a second call finds it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from starlette.routing import BaseRoute

from worker.app.runtime import Runtime
from worker.app.secrets.private_files import private_file
from worker.app.settings import Settings
from worker.service.actors import Actors
from worker.web.connection import Limits
from worker.web.console.app import console_routes
from worker.web.console.visit import Console, Finding
from worker.web.console.warming import warm
from worker.web.programs import program_routes
from worker.web.server import EndpointBusy, listening

#: Connections of browsers: exports take long to be read, and uploads to be sent as long as they keep coming.
LIMITS = Limits(response_seconds=900, steady=64 << 10)
OFF = "off"


@dataclass(frozen=True)
class Shown:
    """How a process shows the console: the checks of `doctor`, and who is shown its address."""

    examine: Callable[[], Sequence[Finding]]
    at: Callable[[str], object]  # gets its address, such as http://127.0.0.1:8484


@contextmanager
def showing(runtime: Runtime, actors: Actors, shown: Shown | None) -> Iterator[None]:
    """Serve the console while the block runs, unless it is off.

    Raises:
        EndpointBusy: the address that KEEPWARM_CONSOLE names cannot be used.
    """
    if shown is None or runtime.settings.console in {"", OFF}:
        yield
        return
    console = Console(runtime, examine=shown.examine, discover_soon=actors.discover.send)
    warm(console)
    with _listening(runtime.settings, [*program_routes(runtime), *console_routes(console)]) as port:
        address = f"http://127.0.0.1:{port}"
        noted = _noted(runtime.settings)
        with suppress(OSError), private_file(noted) as file:  # on a full disk work waits for room; pages need none
            file.write(address.encode())
        try:
            shown.at(runtime.settings.public_url or address)
            yield
        finally:
            noted.unlink(missing_ok=True)


@contextmanager
def _listening(settings: Settings, routes: list[BaseRoute]) -> Iterator[int]:
    """Serve at the address that is set; where the usual one is taken, at any free port."""
    usual = settings.console == Settings.model_fields["console"].default
    try:
        served = listening(settings.console, routes, "KEEPWARM_CONSOLE", LIMITS)
        port = served.__enter__()
    except EndpointBusy:
        if not usual:
            raise
        served = listening("127.0.0.1:0", routes, "KEEPWARM_CONSOLE", LIMITS)
        port = served.__enter__()
    try:
        yield port
    finally:
        served.__exit__(None, None, None)


def running_console(settings: Settings) -> str:
    """Return the address of a console that this installation serves already, "" if there is none."""
    with suppress(OSError, httpx.HTTPError, ValueError):
        address = _noted(settings).read_text()
        if urlsplit(address).hostname == "127.0.0.1" and httpx.get(f"{address}/enter", timeout=3).status_code == 200:
            return address
    return ""


def _noted(settings: Settings) -> Path:
    return settings.home / "console.address"
