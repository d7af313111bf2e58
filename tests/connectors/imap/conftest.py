from collections.abc import Iterator

import pytest

from tests.connectors.imap.dovecot import Dovecot, dovecot


@pytest.fixture(scope="session")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    monkeypatch.setenv("SSL_CERT_FILE", str(running.place / "ca.pem"))
    return running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of the test's own."""
    return f"{abs(hash(request.node.nodeid)):x}@mail.example"
