"""Sending one mail through Outlook: a consent of its own, once, and what is certain of a mail that may not have gone."""

import socket
from dataclasses import replace
from email.message import EmailMessage

import pytest

from connectors.base import Grant
from connectors.errors import (
    ConnectorError,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    ScopeMissing,
    Unconfirmed,
)
from connectors.outlook.auth import SCOPES, SENDING
from connectors.outlook.consent import connect
from connectors.outlook.sending import OutlookSender
from tests.connectors.outlook.account import Account, browse, endpoints
from tests.sandbox.microsoft.server import OWNER, MicrosoftSandbox


def mail(to: str = OWNER) -> bytes:
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = OWNER, to, "This week"
    written["Date"], written["Message-ID"] = "Mon, 15 Jun 2026 07:00:00 +0000", "<one@contoso.example>"
    written["Auto-Submitted"] = "auto-generated"
    written.set_content("Anna has gone quiet.")
    return written.as_bytes()


def allowed(sandbox: MicrosoftSandbox) -> Grant:
    return connect(endpoints(sandbox), open_browser=browse, wanted=SENDING)


@pytest.fixture
def sender(sandbox: MicrosoftSandbox) -> OutlookSender:
    return OutlookSender(endpoints(sandbox), allowed(sandbox).credentials, save=lambda _: None)


def test_sending_is_a_consent_of_its_own_that_asks_for_one_scope(sandbox: MicrosoftSandbox) -> None:
    assert allowed(sandbox).address == OWNER
    for asked in sandbox.entra.asked:
        assert set(asked.get("scope", "openid").split()) <= {"User.Read", "Mail.Send", "offline_access", "openid"}
    assert "Mail.Send" not in SCOPES


def test_with_a_code_on_another_device(sandbox: MicrosoftSandbox) -> None:
    shown: list[tuple[str, str]] = []
    grant = connect(
        endpoints(sandbox),
        open_browser=browse,
        device=True,
        show_code=lambda *address_and_code: shown.append(address_and_code),
        wanted=SENDING,
    )
    assert shown
    assert "Mail.Send" in grant.scopes


def test_what_reads_cannot_send(sandbox: MicrosoftSandbox, account: Account) -> None:
    with pytest.raises(ConnectorError):
        OutlookSender(endpoints(sandbox), account.saved, save=lambda _: None).send(mail())
    assert not sandbox.mailbox.mail.outgoing
    assert account.read(account.folder("inbox"))  # and goes on reading


def test_a_mail_to_oneself_lies_in_the_inbox_and_among_the_sent(
    sandbox: MicrosoftSandbox, sender: OutlookSender
) -> None:
    sender.send(mail())
    store = sandbox.mailbox.mail
    assert store.outgoing == [mail()]
    assert sorted(message.folder for message in store.messages.values()) == ["folder-inbox", "folder-sentitems"]


@pytest.mark.parametrize(
    ("fault", "kind", "taken"),
    [
        ("429", RateLimited, 0),
        ("503", RateLimited, 0),
        ("503 bare", Unconfirmed, 0),
        ("504", Unconfirmed, 0),
        ("hang up", Unconfirmed, 0),
        ("answer lost", Unconfirmed, 1),
        ("nonsense", Unconfirmed, 0),
        ("mailbox", ProtocolError, 0),
    ],
)
def test_what_goes_wrong_is_tried_once_and_told_apart(
    sandbox: MicrosoftSandbox, sender: OutlookSender, fault: str, kind: type[ConnectorError], taken: int
) -> None:
    sandbox.mailbox.faults.script.append(fault)
    with pytest.raises(ConnectorError) as failed:
        sender.send(mail())
    assert type(failed.value) is kind
    assert len(sandbox.mailbox.mail.outgoing) == taken


def test_a_token_that_is_refused_is_renewed_and_the_mail_goes_out_once(
    sandbox: MicrosoftSandbox, sender: OutlookSender
) -> None:
    sandbox.mailbox.faults.script.append("401")
    sender.send(mail())
    assert len(sandbox.mailbox.mail.outgoing) == 1
    sandbox.mailbox.faults.script.extend(["401", "401"])
    with pytest.raises(ProviderUnavailable):  # the sign-in still stands: nobody is asked to connect again
        sender.send(mail())
    sender.send(mail())
    assert len(sandbox.mailbox.mail.outgoing) == 2


def test_a_consent_that_was_withdrawn(sandbox: MicrosoftSandbox, sender: OutlookSender) -> None:
    sandbox.entra.expire_tokens()
    sandbox.entra.revoke()
    with pytest.raises(NeedsReauthorisation):
        sender.send(mail())
    assert not sandbox.mailbox.mail.outgoing


def test_a_scope_that_an_administrator_takes_away(sandbox: MicrosoftSandbox, sender: OutlookSender) -> None:
    sandbox.entra.withheld = {"Mail.Send"}
    with pytest.raises(ScopeMissing, match=r"Mail\.Send"):
        sender.send(mail())


def test_a_network_that_is_not_there_leaves_no_doubt(sandbox: MicrosoftSandbox) -> None:
    grant = allowed(sandbox)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    away = replace(endpoints(sandbox), graph_root=f"https://localhost:{port}/v1.0")
    with pytest.raises(ProviderUnavailable) as failed:
        OutlookSender(away, grant.credentials, save=lambda _: None).send(mail())
    assert type(failed.value) is ProviderUnavailable
