"""What a line of the log is made of, from structlog's events and those of libraries alike.

The texts of exceptions are left out, ours and those of the libraries, because a text may quote a mail or an address:
what is said is the kind of the error and the place in our code.
"""

import logging
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any

import structlog
from structlog.typing import Processor

from worker.app.logs import said_of

BEFORE: Sequence[Processor] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]


def structured(name: str) -> Any:
    """Return structlog's logger over the standard library's of this name."""
    return structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            *BEFORE,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def formatter(*, full: bool, terminal: bool) -> logging.Formatter:
    """Return what makes lines: for people at a terminal, else JSON; tracebacks only where they are wanted in `full`."""
    looks = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info if full else without_texts,
            looks,
        ],
        foreign_pre_chain=BEFORE,
    )


def without_texts(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put in place of an exception its kind and the place in our code."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = said_of(error)
    return event
