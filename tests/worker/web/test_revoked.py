"""A running keepwarm whose consent is withdrawn says so: in its metrics, and in the digest, once."""

import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import update

from models.accounts import StreamState
from tests.chaos.providers import Providers
from tests.sandbox.people import ALIASES
from tests.services import free_port
from tests.worker.queue.processes import EMBEDDED, Installation, until
from worker.storage.transactions import writing


@pytest.mark.timeout(200)
def test_a_withdrawn_consent_is_seen_by_who_watches_and_told_once(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    home.mkdir()

    def shows(line: str) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
            return line in page.read().decode()

    with Providers(tmp_path, seed=3, mails=60) as providers:
        watched = {"metrics": f"127.0.0.1:{port}", "smtp_url": f"smtp://127.0.0.1:{providers.port}"}
        with Installation(home, settings=providers.settings() | watched) as installation:
            runtime = installation.open()
            providers.connect(runtime)
            providers.google.revoke(ALIASES[0].address)
            providers.google.authorization.end_access_tokens()
            with writing(runtime.engine) as connection:
                connection.execute(update(StreamState).values(due_at=None))
            installation.start(*EMBEDDED)
            until(lambda: len(providers.postbox.mails) == 1, within=90)
            needy = 'keepwarm_account_needs_person{account="1",provider="gmail"} 1.0'
            until(lambda: shows(needy), within=60)
            assert shows('keepwarm_account_needs_person{account="2",provider="outlook"} 0.0')
            assert shows('keepwarm_failed_reads_total{error="TokenRevoked",provider="gmail"} ')
            assert shows('keepwarm_quota_units_allowed{account="1"} ')
            runtime.engine.dispose()
        digest = providers.postbox.mails[0].get_body(("plain",))
        assert digest is not None
        said = " ".join(digest.get_content().split())
        assert said.count(f"{ALIASES[0].address} can no longer be read. Connect it again: keepwarm connect gmail") == 1
