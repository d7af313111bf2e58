"""Sending one mail through Gmail: a consent of its own, once, and what is certain of a mail that may not have gone."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.base import Grant
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    ScopeMissing,
    TokenRevoked,
    Unconfirmed,
)
from connectors.gmail.auth import SCOPES, SEND_SCOPE, SENDING
from connectors.gmail.connector import MAIL
from connectors.gmail.consent import allow_sending
from connectors.gmail.rate_limit import RateLimits, Units
from connectors.gmail.sending import GmailSender
from tests.connectors.gmail.accounts import ADA, Clock, connector, endpoints, granted, read
from tests.connectors.gmail.test_consent import Browser
from tests.sandbox.google.consent import approve
from tests.sandbox.google.faults import Fault, hang_up, not_json, refuse, truncate
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox


def mail(to: str = ADA) -> bytes:
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = ADA, to, "This week"
    written["Date"], written["Message-ID"] = "Mon, 23 Nov 2026 07:00:00 +0000", "<one@example.org>"
    written.set_content("Anna has gone quiet.")
    return written.as_bytes()


@pytest.fixture
def sender(google: GoogleSandbox, clock: Clock) -> Iterator[GmailSender]:
    limits = RateLimits.of(Units(), clock=clock, sleep=clock.sleep)
    consent = granted(google, scopes=SENDING)
    with closing(GmailSender(endpoints(google), consent, save=lambda _: None, limits=limits)) as sender:
        yield sender


def allowed(google: GoogleSandbox, refuse: tuple[str, ...] = ()) -> tuple[Grant, str]:
    with closing(Browser(lambda url: approve(url, refuse=refuse))) as browser:
        return allow_sending(endpoints(google), open_browser=browser, login_hint=ADA, max_wait=20), browser.url


def test_sending_is_a_consent_of_its_own_that_asks_for_one_scope_and_reads_nothing(google: GoogleSandbox) -> None:
    grant, url = allowed(google)
    assert grant.address == ADA
    asked = parse_qs(urlsplit(url).query)
    assert asked["scope"] == [" ".join(SENDING)]
    assert "include_granted_scopes" not in asked
    assert asked["login_hint"] == [ADA]
    overstated = json.dumps(json.loads(grant.credentials) | {"scopes": SCOPES})
    with closing(connector(google, Clock(), credentials=overstated)) as reader, pytest.raises(ScopeMissing):
        read(reader, MAIL)
    assert SEND_SCOPE not in SCOPES


def test_what_reads_cannot_send(google: GoogleSandbox, mailbox: GoogleMailbox) -> None:
    consent = granted(google)
    with (
        closing(GmailSender(endpoints(google), consent, save=lambda _: None)) as sender,
        pytest.raises(ScopeMissing) as refused,
    ):
        sender.send(mail())
    assert refused.value.scope == SEND_SCOPE
    assert not mailbox.outgoing
    with closing(connector(google, Clock())) as reader:  # and goes on reading
        assert not read(reader, MAIL).records


def test_a_mail_to_oneself_lies_in_the_inbox_and_is_sent(
    google: GoogleSandbox, mailbox: GoogleMailbox, sender: GmailSender
) -> None:
    sender.send(mail())
    assert mailbox.outgoing == [mail()]
    (kept,) = mailbox.messages.values()
    assert kept.labels == {"SENT", "INBOX", "UNREAD"}
    assert dict(kept.headers)["Message-ID"] != "<one@example.org>"
    assert google.quota.spent["gmail"] == 100


@pytest.mark.parametrize(
    ("fault", "kind", "taken"),
    [
        (refuse(429, "rateLimitExceeded", "Quota exceeded", retry_after=30), RateLimited, 0),
        (refuse(403, "userRateLimitExceeded", "User Rate Limit Exceeded"), RateLimited, 0),
        (refuse(403, "domainPolicy", "The domain administrators have disabled Gmail apps."), AccessDenied, 0),
        (refuse(400, "invalidArgument", "Recipient address required"), ProtocolError, 0),
        (refuse(500, "backendError", "Internal error encountered."), Unconfirmed, 1),
        (refuse(503, "backendError", "The service is currently unavailable."), Unconfirmed, 1),
        (hang_up, Unconfirmed, 1),
        (truncate, Unconfirmed, 1),
        (not_json, Unconfirmed, 1),
    ],
)
def test_what_goes_wrong_is_tried_once_and_told_apart(
    google: GoogleSandbox,
    mailbox: GoogleMailbox,
    sender: GmailSender,
    fault: Fault,
    kind: type[ConnectorError],
    taken: int,
) -> None:
    google.faults.then(fault)
    with pytest.raises(ConnectorError) as failed:
        sender.send(mail())
    assert type(failed.value) is kind
    assert len(mailbox.outgoing) == taken
    assert not google.faults.queued


def test_a_token_that_ran_out_is_renewed_and_the_mail_goes_out_once(
    google: GoogleSandbox, mailbox: GoogleMailbox, sender: GmailSender
) -> None:
    sender.send(mail())
    google.faults.then(refuse(401, "authError", "Invalid Credentials"))
    sender.send(mail())
    assert len(mailbox.outgoing) == 2


def test_a_consent_that_was_withdrawn(google: GoogleSandbox, sender: GmailSender) -> None:
    google.revoke(ADA)
    with pytest.raises(TokenRevoked):
        sender.send(mail())


def test_a_network_that_is_not_there_leaves_no_doubt(google: GoogleSandbox, sender: GmailSender) -> None:
    sender.send(mail())  # it holds a good token now
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    away = replace(endpoints(google), api_root=f"http://127.0.0.1:{port}")
    consent = granted(google, scopes=SENDING)
    with (
        closing(GmailSender(away, consent, save=lambda _: None)) as lonely,
        pytest.raises(ProviderUnavailable) as failed,
    ):
        lonely.send(mail())
    assert type(failed.value) is ProviderUnavailable


def test_without_the_box_ticked_nothing_is_stored(google: GoogleSandbox) -> None:
    with pytest.raises(ScopeMissing, match=r"google\.sending_not_allowed"):
        allowed(google, refuse=(SEND_SCOPE,))
