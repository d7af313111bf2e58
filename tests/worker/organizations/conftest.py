"""A firm's mailboxes at each provider, and the server that takes the notices."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.records import Mailbox
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.worker.digest.postbox import Postbox, serving
from tests.worker.homes import NOW
from tests.worker.organizations.firm import BOSS, EVERYBODY, FIRM, SCOPES, UNLICENSED, WAY, letter


@pytest.fixture
def google() -> Iterator[GoogleSandbox]:
    mailboxes = [GoogleMailbox(address, address) for address in EVERYBODY if address != UNLICENSED]
    for mailbox in mailboxes:
        mailbox.deliver(letter(mailbox.address), NOW - timedelta(days=18), labels={"SENT"})
        mailbox.expire_cursors()
    with GoogleSandbox(mailboxes, checked=False) as sandbox:
        sandbox.quota.limits["gmail"] = 10**9
        sandbox.workspace.delegated |= SCOPES
        sandbox.workspace.unlicensed.add(UNLICENSED)
        sandbox.workspace.admins.add(BOSS)
        yield sandbox


@pytest.fixture
def microsoft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftSandbox]:
    place = tmp_path / "sandbox"
    place.mkdir()
    with MicrosoftSandbox(place, address=EVERYBODY[0]) as sandbox:
        for address in EVERYBODY:
            mailbox = sandbox.mailbox if address == EVERYBODY[0] else sandbox.add(address)
            friend = Mailbox(f"friend-of-{address}")
            mailbox.mail.send([friend], at=NOW - timedelta(days=18), subject=f"Secret of {address}")
        sandbox.entra.tenant.unlicensed.add(UNLICENSED)
        monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.certificates.ca_file))
        yield sandbox


@pytest.fixture
def post() -> Iterator[Postbox]:
    """The mail server that takes the notices."""
    box = Postbox()
    with serving(box) as port:
        WAY["KEEPWARM_SMTP_URL"] = f"smtp://127.0.0.1:{port}?from=keepwarm@{FIRM}"
        yield box
