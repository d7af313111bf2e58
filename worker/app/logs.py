"""The log, set up in one place: lines on standard error, JSON where it is no terminal, and never a word of any email.

Events carry ids and counts. What makes lines of them loads when there is one: most commands have nothing to log.
"""

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

HOUSE = Path(__file__).parents[2]
#: Libraries that log the hosts they talk to: only their errors are of interest.
TALKATIVE = (
    "google",
    "googleapiclient",
    "google_auth_httplib2",
    "httpx",
    "httpcore",
    "msal",
    "urllib3",
    "pika",
    "uvicorn",
)


LEVELS = {**logging.getLevelNamesMapping(), "EXCEPTION": logging.ERROR}


class Logger:
    """Logs events with their fields under a name: `log.info("tick", sent=3)`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """Return what logs at a level: `debug`, `info`, `warning`, `error` or `exception`."""
        if not logging.getLogger(self._name).isEnabledFor(LEVELS[method.upper()]):
            return _nothing
        from worker.app.log_lines import structured

        logs: Callable[..., Any] = getattr(structured(self._name), method)
        return logs


def _nothing(*_event: object, **_fields: object) -> None:
    pass


class Lines(logging.Formatter):
    """Makes a line of whatever is logged, by structlog or by a library; `full` shows tracebacks."""

    def __init__(self, *, full: bool, terminal: bool) -> None:
        super().__init__()
        self._wanted = (full, terminal)
        self._made: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines of a traceback."""
        if self._made is None:
            from worker.app.log_lines import formatter

            full, terminal = self._wanted
            self._made = formatter(full=full, terminal=terminal)
        return self._made.format(record)


def set_up(level: int, *, full: bool = False, to: TextIO | None = None) -> None:
    """Send everything logged from `level` on to standard error; `full` shows tracebacks, for --debug only."""
    out = to or sys.stderr
    lines = logging.StreamHandler(out)
    lines.setFormatter(Lines(full=full, terminal=out.isatty()))
    root = logging.getLogger()
    root.handlers = [lines]
    root.setLevel(max(level, logging.WARNING))  # libraries are asked for warnings only
    logging.getLogger("worker").setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


def said_of(error: BaseException) -> str:
    """Name an exception and the place in our code where it came up, without its text."""
    frames = [
        f"{Path(frame.filename).relative_to(HOUSE)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(HOUSE) and "site-packages" not in frame.filename
    ]
    return " at ".join([type(error).__name__, *frames[-1:]])
