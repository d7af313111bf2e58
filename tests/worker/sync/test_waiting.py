"""Waiting for the end of a sync: however long it lasts, waiting takes up no more than at the beginning."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from models.enums import Provider
from tests.connectors.gmail.test_consent import Browser
from tests.sandbox.google.consent import approve
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from worker.service import one_shot

END = datetime(2026, 11, 20, 18, tzinfo=UTC)
LIMITLESS = 10**9


def test_no_thread_stays_behind_for_each_look_at_how_far_it_is(tmp_path: Path) -> None:
    looks: list[set[str]] = []

    def look(standing: list[one_shot.StreamProgress]) -> None:
        del standing
        looks.append({thread.name for thread in threading.enumerate()})

    with GoogleSandbox([google_mailbox(World(3, until=END, mails=600))]) as google:
        google.quota.limits["gmail"] = LIMITLESS
        settings = {**google.settings(), "home": tmp_path, "google_units_per_minute": LIMITLESS}
        runtime = open_runtime(Settings.model_validate(settings), clock=lambda: END)
        browser = Browser(approve)
        user = connect_account(runtime, Provider.GMAIL, SignIn(browser)).user_id
        browser.close()
        assert all(stream.finished for stream in one_shot.sync(runtime, user, watch=look))
        runtime.engine.dispose()
    assert len(looks) > 3
    assert not any("join" in name for names in looks for name in names)
