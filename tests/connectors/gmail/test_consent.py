"""Connecting a Google account over HTTP, as a person does it and as it goes wrong: one clear sentence each."""

import json
import logging
import queue
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from connectors.base import Grant
from connectors.errors import ConnectorError, NeedsReauthorisation, ProtocolError, ProviderUnavailable, ScopeMissing
from connectors.gmail.auth import CALENDARS_SCOPE, EVENTS_SCOPE, MAIL_SCOPE, SCOPES, GoogleEndpoints, revoke
from connectors.gmail.connector import MAIL, GmailConnector
from connectors.gmail.consent import connect
from tests.connectors.gmail.accounts import ADA, LONG_AGO, endpoints
from tests.sandbox.google.consent import approve, decide
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox


class Browser:
    """Does with the page what it is told, as soon as it is opened; `page` is what it shows in the end."""

    def __init__(self, act: Callable[[str], str]) -> None:
        self.act = act
        self.page = ""
        self.url = ""
        self._thread: threading.Thread | None = None

    def __call__(self, url: str) -> None:
        self.url = url
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.page = self.act(self.url)

    def close(self) -> None:
        if self._thread:
            self._thread.join(10)


def connected(google: GoogleSandbox, act: Callable[[str], str] = approve) -> tuple[Grant, Browser]:
    with closing(Browser(act)) as browser:
        grant = connect(endpoints(google), open_browser=browser, max_wait=20)
    return grant, browser


def refusal(google: GoogleSandbox, act: Callable[[str], str]) -> tuple[ConnectorError, Browser]:
    with closing(Browser(act)) as browser, pytest.raises(ConnectorError) as error:
        connect(endpoints(google), open_browser=browser, max_wait=20)
    return error.value, browser


def test_consent_gives_an_account_and_exactly_the_five_scopes_are_asked_for(google: GoogleSandbox) -> None:
    grant, browser = connected(google)
    assert grant.address == ADA
    assert {MAIL_SCOPE, EVENTS_SCOPE, CALENDARS_SCOPE} <= set(grant.scopes)
    assert "Thank you" in browser.page
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.url).query)
    assert asked["scope"] == [" ".join(SCOPES)]
    assert asked["access_type"] == ["offline"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"][0].startswith("http://127.0.0.1:")


def test_what_is_kept_holds_no_client_secret_and_shows_none(google: GoogleSandbox) -> None:
    grant, _ = connected(google)
    assert google.client_secret not in grant.credentials
    assert set(json.loads(grant.credentials)) == {"token", "refresh_token", "expiry", "scopes"}
    assert json.loads(grant.credentials)["refresh_token"] not in repr(grant)
    assert google.client_secret not in repr(endpoints(google))


def test_no_log_tells_a_secret_however_talkative_it_is(google: GoogleSandbox, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        grant, _ = connected(google)
        google.authorization.end_access_tokens()
        with closing(GmailConnector(endpoints(google), grant.credentials, save=lambda _: None)) as account:
            list(account.changes(MAIL, None, since=LONG_AGO))
    logged = "".join(record.getMessage() for record in caplog.records)
    issued = google.authorization
    assert logged
    for secret in (google.client_secret, *issued.refresh, *issued.access, "code_verifier="):
        assert secret not in logged


def test_an_account_connects_a_second_time(google: GoogleSandbox) -> None:
    connected(google)
    grant, _ = connected(google)
    assert json.loads(grant.credentials)["refresh_token"]


def test_mail_without_calendars_works_and_is_said(google: GoogleSandbox) -> None:
    grant, _ = connected(google, lambda url: approve(url, refuse={EVENTS_SCOPE, CALENDARS_SCOPE}))
    assert "only email is read" in grant.notes[0]
    with closing(GmailConnector(endpoints(google), grant.credentials, save=lambda _: None)) as account:
        assert [stream.name for stream in account.streams()] == ["mail"]


def test_without_the_list_of_calendars_the_main_one_is_read(google: GoogleSandbox) -> None:
    grant, _ = connected(google, lambda url: approve(url, refuse={CALENDARS_SCOPE}))
    assert "main calendar" in grant.notes[0]
    with closing(GmailConnector(endpoints(google), grant.credentials, save=lambda _: None)) as account:
        assert [stream.name for stream in account.streams()] == ["mail", "calendar:primary"]


def test_calendars_without_mail_are_refused(google: GoogleSandbox) -> None:
    error, _ = refusal(google, lambda url: approve(url, refuse={MAIL_SCOPE}))
    assert isinstance(error, ScopeMissing)
    assert error.code == "google.email_not_allowed"


def test_a_refusal_is_said_here_and_in_the_browser(google: GoogleSandbox) -> None:
    error, browser = refusal(google, lambda url: approve(url, deny=True))
    assert isinstance(error, NeedsReauthorisation)
    assert error.code == "google.declined"
    assert "not allowed" in browser.page


@pytest.mark.parametrize("stranger", ["?code=x&state=guess", "?code=x", "?error=access_denied&state=guess", "?state="])
def test_strangers_at_the_port_are_passed_over(google: GoogleSandbox, stranger: str) -> None:
    pages: list[str] = []

    def visit(url: str) -> str:
        redirect = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["redirect_uri"][0]
        for _ in range(3):
            try:
                with urllib.request.urlopen(redirect + stranger, timeout=5) as page:
                    pages.append(page.read().decode())
            except urllib.error.HTTPError as refused:
                pages.append(str(refused.code))
        return approve(url)

    grant, browser = connected(google, visit)
    assert grant.address == ADA
    assert "Thank you" in browser.page
    assert all("another sign-in" in page or page == "404" for page in pages)
    assert len(pages) == 3


def test_a_pasted_address_of_another_sign_in_is_refused_at_once(google: GoogleSandbox) -> None:
    with pytest.raises(ProtocolError, match=r"network\.other_sign_in"):
        connect(
            endpoints(google),
            open_browser=lambda _: None,
            paste=lambda: "http://127.0.0.1:1/?code=x&state=guess",
            max_wait=20,
        )


def test_the_address_of_a_browser_elsewhere_can_be_pasted(google: GoogleSandbox) -> None:
    shown: queue.Queue[str] = queue.Queue()
    grant = connect(
        endpoints(google),
        open_browser=shown.put,
        paste=lambda: f" {decide(shown.get(timeout=10))}\n",
        max_wait=20,
    )
    assert grant.address == ADA


def test_a_client_google_does_not_know(google: GoogleSandbox) -> None:
    wrong = replace(endpoints(google), client_secret="wrong")
    with closing(Browser(approve)) as browser, pytest.raises(ProtocolError, match=r"google\.unknown_client"):
        connect(wrong, open_browser=browser, max_wait=20)


def test_no_client_at_all() -> None:
    with pytest.raises(ProtocolError, match=r"google\.no_client"):
        connect(GoogleEndpoints(""), open_browser=print)


def test_secrets_do_not_travel_in_the_clear() -> None:
    elsewhere = GoogleEndpoints("id", "secret", auth_uri="http://accounts.example.org/auth")
    with pytest.raises(ProtocolError, match=r"network\.not_https"):
        connect(elsewhere, open_browser=print)


def test_a_port_in_use(google: GoogleSandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ProtocolError, match=r"network\.port_in_use"):
            connect(endpoints(google), open_browser=print, port=port)


def test_nobody_answers(google: GoogleSandbox) -> None:
    with pytest.raises(NeedsReauthorisation, match=r"google\.not_answered"):
        connect(endpoints(google), open_browser=lambda _: None, max_wait=0.1)


def test_a_clock_that_is_wrong(google: GoogleSandbox) -> None:
    google.clock_ahead = 3600
    error, _ = refusal(google, approve)
    assert error.fields == {"minutes": 60, "way": "behind"}


def test_an_account_without_gmail() -> None:
    with GoogleSandbox([GoogleMailbox(ADA, mail_enabled=False)]) as google:
        error, _ = refusal(google, approve)
    assert error.code == "google.no_mailbox"


def test_a_proxy_that_is_not_there(google: GoogleSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def proxied(url: str) -> str:
        home = decide(url)
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("NO_PROXY", "")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(home) as page:
            return str(page.read().decode())

    error, _ = refusal(google, proxied)
    assert isinstance(error, ProviderUnavailable)
    assert error.code == "google.proxy"


def test_disconnecting_takes_the_grant_back(google: GoogleSandbox) -> None:
    grant, _ = connected(google)
    assert revoke(endpoints(google), grant.credentials)
    assert not revoke(endpoints(google), grant.credentials)
    with closing(GmailConnector(endpoints(google), grant.credentials, save=lambda _: None)) as account:
        google.authorization.end_access_tokens()
        with pytest.raises(NeedsReauthorisation, match=r"google\.(expired|sign_in_unreadable)"):
            account.streams()
