"""What is logged tells of ids and places, and never what a mail says."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from worker.app.logs import Logger, set_up
from worker.storage.engine import open_database

SECRET = "anna.berg@north.example wrote: the offer"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level, logging.getLogger("worker").level
    yield
    root.handlers, root.level = before[0], before[1]
    logging.getLogger("worker").setLevel(before[2])


def failing() -> None:
    raise ValueError(SECRET)


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_exception_is_told_without_its_text() -> None:
    out = io.StringIO()
    set_up(logging.INFO, to=out)
    for logger in (Logger("worker.service.actors"), logging.getLogger("dramatiq.worker")):
        try:
            failing()
        except ValueError:
            logger.exception("it failed")
    assert SECRET not in out.getvalue()
    ours, theirs = lines(out)
    assert ours["error"] == theirs["error"]
    assert str(ours["error"]).startswith("ValueError at tests/worker/web/test_logs.py:")
    assert ours["event"] == "it failed"


def test_with_debug_the_traceback_is_shown() -> None:
    out = io.StringIO()
    set_up(logging.DEBUG, full=True, to=out)
    try:
        failing()
    except ValueError:
        Logger("worker.service.actors").error("it failed", exc_info=True)
    assert SECRET in out.getvalue()


def test_commands_are_quiet_and_libraries_quieter() -> None:
    out = io.StringIO()
    set_up(logging.WARNING, to=out)
    Logger("worker.schedule").info("tick", sent=3)
    logging.getLogger("dramatiq.worker").info("nothing of interest")
    logging.getLogger("httpx").warning("GET https://graph.example/me")
    assert out.getvalue() == ""
    set_up(logging.INFO, to=out)
    Logger("worker.schedule").info("tick", sent=3)
    logging.getLogger("dramatiq.worker").info("nothing of interest")
    (line,) = lines(out)
    assert (line["event"], line["sent"], line["level"]) == ("tick", 3, "info")


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite:///{}/x.db"])
def test_the_database_does_not_quote_rows_in_its_errors(url: str, tmp_path: object) -> None:
    engine = open_database(url.format(tmp_path))
    with engine.connect() as connection, pytest.raises(Exception, match="no such table") as raised:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (?)", (SECRET,))
    engine.dispose()
    assert SECRET not in str(raised.value)
