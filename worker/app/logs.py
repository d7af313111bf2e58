"""The log, set up in one place: lines on standard error, JSON where it is no terminal, and never a word of any email.

Events carry ids and counts. The texts of exceptions are left out, ours and those of the libraries, because a text may
quote a mail or an address: what is said is the kind of the error and the place in our code.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

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


def set_up(level: int, *, full: bool = False, to: TextIO | None = None) -> None:
    """Send everything logged from `level` on to standard error; `full` shows tracebacks, for --debug only."""
    out = to or sys.stderr
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    before.append(structlog.processors.format_exc_info if full else without_texts)
    looks = structlog.dev.ConsoleRenderer(colors=out.isatty()) if out.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    lines = logging.StreamHandler(out)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, looks], foreign_pre_chain=before
        )
    )
    root = logging.getLogger()
    root.handlers = [lines]
    root.setLevel(max(level, logging.WARNING))  # libraries are asked for warnings only
    logging.getLogger("worker").setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


def without_texts(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put in place of an exception its kind and the place in our code."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = said_of(error)
    return event


def said_of(error: BaseException) -> str:
    """Name an exception and the place in our code where it came up, without its text."""
    frames = [
        f"{Path(frame.filename).relative_to(HOUSE)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(HOUSE) and "site-packages" not in frame.filename
    ]
    return " at ".join([type(error).__name__, *frames[-1:]])
