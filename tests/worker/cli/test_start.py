"""What a command loads before it works: never what it does not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.clocks import INHERITED
from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write_mbox
from tests.sandbox.people import OWNER
from tests.worker.cli.keepwarm import ROOT

#: What runs a command and tells, last of all, which packages and modules it has loaded.
LOADED = """
import json, sys
from worker.cli import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
#: Each takes a tenth of a second and more.
PROVIDERS = {"googleapiclient", "msal", "httpx", "connectors.archive.connector"}
QUEUE = {"dramatiq", "redis", "pika", "prometheus_client"}
JUDGEMENT = {"cel", "worker.judgement.assess"}
DATABASE = {"sqlalchemy", "alembic", "models.base"}
#: What of the database's own library nothing here is made with.
UNUSED = {"sqlalchemy.orm", "sqlalchemy.dialects.postgresql"}


def loaded(home: Path, *words: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        env={**INHERITED, "KEEPWARM_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(run.stderr.splitlines()[-1]))


@pytest.mark.parametrize("words", [("--help",), ("status", "--help"), ("people", "--nonsense"), ("export",)])
def test_a_help_page_and_wrong_usage_load_nothing_to_work_with(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert not loaded(tmp_path, *words) & (
        PROVIDERS | QUEUE | JUDGEMENT | DATABASE | {"structlog", "pydantic_settings"}
    )


@pytest.mark.parametrize(
    "words",
    [("status",), ("export", "interactions"), ("export", "people"), ("people",), ("people", "--json", "--cold")],
)
def test_looking_loads_neither_providers_nor_queue_nor_rules(tmp_path: Path, words: tuple[str, ...]) -> None:
    loaded(tmp_path, "users", "add", "me@mine.example")
    unneeded = PROVIDERS | QUEUE | JUDGEMENT | UNUSED | {"alembic", "structlog", "jinja2", "icalendar", "uvicorn"}
    assert not loaded(tmp_path, *words) & unneeded


def test_one_person_is_shown_without_what_acts_or_composes(tmp_path: Path) -> None:
    write_mbox(bulk(1, 40, people=3, noise=0), tmp_path / "all.mbox")
    loaded(tmp_path, "connect", "archive", str(tmp_path / "all.mbox"), "--me", OWNER.address)
    friend = next(mail.sender.address for mail in bulk(1, 40, people=3, noise=0) if not mail.sent)
    acting = {
        "worker.decisions.actions",
        "worker.sync.recompute",
        "worker.digest.compose",
        "worker.digest.choose.policy",
    }
    assert not loaded(tmp_path, "show", friend) & (acting | PROVIDERS | QUEUE | {"cel", "structlog"})


def test_reading_files_loads_no_other_provider_no_foreign_queue_and_no_digest(tmp_path: Path) -> None:
    write_mbox(bulk(1, 20, people=3, noise=0), tmp_path / "all.mbox")
    home = tmp_path / "home"
    loaded(home, "users", "add", OWNER.address)  # the tables are made by migrations, which load more
    unneeded = {
        *("googleapiclient", "msal", "httpx", "connectors.gmail", "connectors.outlook", "connectors.imap.connector"),
        *(
            "redis",
            "pika",
            "uvicorn",
            "structlog",
            "prompt_toolkit",
            "jinja2",
            "icalendar",
            "worker.digest.compose",
            *UNUSED,
        ),
    }
    connecting = loaded(home, "connect", "archive", str(tmp_path / "all.mbox"), "--me", OWNER.address)
    assert not connecting & unneeded
    assert "cel" in connecting  # the people of those emails were assessed
    nothing_new = {
        *("cel", "worker.judgement.assess", "worker.network.introductions.keep"),  # nobody is due, or new
        *("connectors.headers", "connectors.text", "connectors.vcalendar.read", "olefile", "plistlib"),  # or read
        *("worker.digest.deliver.smtp", "worker.decisions.actions", "worker.organizations", "smtplib"),  # or sent
        *("cryptography", "rich.progress"),  # and nothing is sealed, or drawn
    }
    assert not loaded(home, "sync") & (unneeded | nothing_new)
