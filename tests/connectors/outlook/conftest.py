from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.outlook.account import Account
from tests.sandbox.microsoft.server import MicrosoftSandbox


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftSandbox]:
    with MicrosoftSandbox(tmp_path) as sandbox:
        monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.certificates.ca_file))
        yield sandbox


@pytest.fixture
def account(sandbox: MicrosoftSandbox) -> Account:
    return Account(sandbox)
