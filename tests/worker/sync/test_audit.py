"""The audit: what was lost without anybody noticing is found by comparing, and read again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from models.accounts import StreamState
from models.enums import Provider
from models.history import Interaction, Sighting
from tests.connectors.gmail.test_consent import Browser
from tests.sandbox.google.consent import approve
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import sync
from worker.storage.transactions import reading, writing
from worker.sync.audit import EVERY, Audit, audit, due_audits

END = datetime(2026, 11, 20, 18, tzinfo=UTC)
LIMITLESS = 10**9


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    now = [END]
    with GoogleSandbox([google_mailbox(World(3, until=END, mails=300))]) as google:
        google.quota.limits["gmail"] = LIMITLESS
        settings = Settings.model_validate(
            {**google.settings(), "home": tmp_path, "google_units_per_minute": LIMITLESS}
        )
        runtime = open_runtime(settings, clock=lambda: now[0])
        browser = Browser(approve)
        user = connect_account(runtime, Provider.GMAIL, SignIn(browser)).user_id
        browser.close()
        sync(runtime, user)
        yield runtime


def history(runtime: Runtime) -> set[str]:
    with reading(runtime.engine) as connection:
        return set(connection.scalars(select(Interaction.id)))


def mail_stream(runtime: Runtime) -> int:
    with reading(runtime.engine) as connection:
        return connection.scalars(select(StreamState.id).where(StreamState.kind == "mail")).one()


def test_an_audit_of_what_is_whole_finds_nothing(runtime: Runtime) -> None:
    found = audit(runtime, mail_stream(runtime), "auditor")
    assert found is not None
    assert found.compared > 100
    assert found.mended == 0


def test_what_was_lost_is_mended(runtime: Runtime) -> None:
    # Given that somebody has lost mails behind our back
    whole, stream = history(runtime), mail_stream(runtime)
    with writing(runtime.engine) as connection:
        lost = connection.execute(
            select(Sighting.key, Sighting.identity)
            .where(Sighting.stream_id == stream, Sighting.outcome == "held")
            .order_by(Sighting.identity)
            .limit(9)
        ).all()
        connection.execute(delete(Sighting).where(Sighting.key.in_([row.key for row in lost])))
        connection.execute(delete(Interaction).where(Interaction.id.in_([row.identity for row in lost])))
    assert len(history(runtime)) == len(whole) - 9

    # When the stream is audited
    found = audit(runtime, stream, "auditor")

    # Then they are back, and a second audit has nothing to mend
    assert isinstance(found, Audit)
    assert found.mended == 9
    assert history(runtime) == whole
    assert audit(runtime, stream, "auditor") == Audit(found.compared, 0)


def test_a_stream_is_audited_once_a_week_and_never_by_two_at_once(runtime: Runtime) -> None:
    stream = mail_stream(runtime)
    with reading(runtime.engine) as connection:
        assert due_audits(connection, END + timedelta(days=1)) == []
        assert due_audits(connection, END + EVERY + timedelta(hours=1)) == [(stream,)]
    with writing(runtime.engine) as connection:
        from worker.queue.leases import take

        assert take(connection, stream, "somebody else", END) is not None
    assert audit(runtime, stream, "auditor") is None
