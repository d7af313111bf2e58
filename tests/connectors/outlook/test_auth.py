"""Signing in with msal unmodified: consent, refusals, tokens that run out, grants that are withdrawn."""

import json
import socket
import threading

import httpx
import pytest

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    ScopeMissing,
    TokenRevoked,
)
from connectors.outlook.api.http import http_client
from connectors.outlook.auth import MicrosoftEndpoints
from connectors.outlook.calendar.stream import STREAM
from connectors.outlook.consent import connect
from models.enums import StreamKind
from tests.connectors.outlook.account import Account, browse, endpoints
from tests.sandbox.microsoft.entra import CLIENT_SECRET, CONFIDENTIAL_CLIENT
from tests.sandbox.microsoft.grants import TENANT_ID
from tests.sandbox.microsoft.server import MicrosoftSandbox

WANTED = {"User.Read", "Mail.ReadBasic", "Calendars.ReadBasic", "offline_access", "openid"}


def asked(sandbox: MicrosoftSandbox, endpoint: str) -> dict[str, str]:
    return next(each for each in sandbox.entra.asked if each["endpoint"] == endpoint)


def test_connecting_asks_for_exactly_the_scopes_that_are_needed(sandbox: MicrosoftSandbox) -> None:
    grant = connect(endpoints(sandbox), open_browser=browse)
    assert grant.address == "owner@contoso.example"
    assert set(asked(sandbox, "authorize")["scope"].split()) == WANTED
    assert asked(sandbox, "authorize")["code_challenge_method"] == "S256"
    assert asked(sandbox, "authorize")["redirect_uri"].startswith("http://localhost:")
    for each in sandbox.entra.asked:
        assert set(each.get("scope", "openid").split()) <= WANTED


def test_a_confidential_client_in_one_tenant(sandbox: MicrosoftSandbox) -> None:
    where = MicrosoftEndpoints(CONFIDENTIAL_CLIENT, CLIENT_SECRET, f"{sandbox.root}/{TENANT_ID}", sandbox.graph_root)
    grant = connect(where, open_browser=browse)
    assert grant.scopes
    assert CLIENT_SECRET not in repr(where)
    assert grant.credentials not in repr(grant)


def test_a_personal_account_is_called_by_its_principal_name(sandbox: MicrosoftSandbox) -> None:
    sandbox.mailbox.personal = True
    assert connect(endpoints(sandbox), open_browser=browse).address == "owner@contoso.example"


def test_the_address_can_be_pasted_from_another_machine(sandbox: MicrosoftSandbox) -> None:
    opened: list[str] = []
    there = threading.Event()

    def print_it(address: str) -> None:
        opened.append(address)
        there.set()

    def paste() -> str:
        assert there.wait(10)
        return str(http_client().get(opened[0]).headers["location"]) + "\n"

    assert connect(endpoints(sandbox), open_browser=print_it, paste=paste).address


def test_strangers_on_the_local_port_are_ignored(sandbox: MicrosoftSandbox) -> None:
    answers: list[int] = []

    def visit(address: str) -> None:
        back = str(httpx.URL(address).params["redirect_uri"])
        strangers = ("favicon.ico", "?code=stolen", "?code=stolen&state=guessed")
        answers.extend(httpx.get(back + stranger).status_code for stranger in strangers)
        answers.append(browse(address).status_code)

    assert connect(endpoints(sandbox), open_browser=visit).address
    assert answers == [404, 200, 200, 200]


def test_a_port_that_is_in_use(sandbox: MicrosoftSandbox) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ProtocolError, match=r"network\.port_in_use"),
    ):
        connect(endpoints(sandbox), open_browser=browse, port=taken.getsockname()[1])


@pytest.mark.parametrize("secret", ["", "x"])
def test_signing_in_with_a_code_on_another_device(sandbox: MicrosoftSandbox, secret: str) -> None:
    shown: list[tuple[str, str]] = []
    where = endpoints(sandbox, secret=secret)
    if secret:
        with pytest.raises(ProtocolError, match=r"microsoft\.device_needs_public_client"):
            connect(where, open_browser=browse, device=True)
        return
    grant = connect(
        where, open_browser=browse, device=True, show_code=lambda *address_and_code: shown.append(address_and_code)
    )
    assert grant.address == "owner@contoso.example"
    assert shown == [(f"{sandbox.root}/devicelogin", "KW4RMTHX")]
    assert set(asked(sandbox, "devicecode")["scope"].split()) == WANTED


@pytest.mark.parametrize(
    ("answer", "code"),
    [("declined", "microsoft.declined"), ("expired", "microsoft.code_expired")],
)
def test_device_codes_that_come_to_nothing(sandbox: MicrosoftSandbox, answer: str, code: str) -> None:
    sandbox.entra.device_answers = [answer]
    with pytest.raises(NeedsReauthorisation, match=code):
        connect(endpoints(sandbox), open_browser=browse, device=True)


@pytest.mark.parametrize(
    ("consent", "code"),
    [("deny", "microsoft.declined"), ("admin", "microsoft.needs_administrator")],
)
def test_consent_that_is_not_given(sandbox: MicrosoftSandbox, consent: str, code: str) -> None:
    sandbox.entra.consent = consent
    with pytest.raises(NeedsReauthorisation, match=code):
        connect(endpoints(sandbox), open_browser=browse)


def test_a_scope_that_is_not_granted_is_named(sandbox: MicrosoftSandbox) -> None:
    sandbox.entra.withheld = {"Mail.ReadBasic"}
    with pytest.raises(ScopeMissing, match=r"Mail\.ReadBasic") as refused:
        connect(endpoints(sandbox), open_browser=browse)
    assert refused.value.scope == "Mail.ReadBasic"


def test_without_the_calendar_mail_is_read_and_that_is_said(sandbox: MicrosoftSandbox) -> None:
    sandbox.entra.withheld = {"Calendars.ReadBasic"}
    account = Account(sandbox)
    assert "only email is read" in account.grant.notes[0]
    assert {stream.kind for stream in account.connector().streams()} == {StreamKind.MAIL}


def test_a_calendar_taken_away_later_stops_no_mail(account: Account) -> None:
    account.sandbox.entra.withheld = {"Calendars.ReadBasic"}
    account.sandbox.entra.expire_tokens()
    assert {stream.kind for stream in account.connector().streams()} == {StreamKind.MAIL}
    assert account.read(account.folder("inbox"))
    with pytest.raises(AccessDenied):
        account.read(STREAM)


def test_nobody_comes(sandbox: MicrosoftSandbox) -> None:
    with pytest.raises(NeedsReauthorisation, match=r"microsoft\.not_answered"):
        connect(endpoints(sandbox), open_browser=lambda _: None, max_wait=0.05)


@pytest.mark.parametrize(
    ("where", "kind", "code"),
    [
        ({"client_id": ""}, ProtocolError, "microsoft.no_client"),
        ({"authority": "/nobody"}, ProtocolError, "microsoft.unknown_authority"),
        (
            {"client_id": CONFIDENTIAL_CLIENT, "client_secret": "old"},
            ProtocolError,
            "microsoft.(wrong_secret|client_refused|secret_expired)",
        ),
        ({"authority": "https://localhost:1/common"}, ProviderUnavailable, "microsoft.sign_in_unreachable"),
    ],
)
def test_settings_that_are_wrong(
    sandbox: MicrosoftSandbox, where: dict[str, str], kind: type[ConnectorError], code: str
) -> None:
    right = {
        "client_id": endpoints(sandbox).client_id,
        "authority": sandbox.authority,
        "graph_root": sandbox.graph_root,
    }
    wrong = right | where
    if wrong["authority"].startswith("/"):
        wrong["authority"] = sandbox.root + wrong["authority"]
    with pytest.raises(kind, match=code):
        connect(MicrosoftEndpoints(**wrong), open_browser=browse)


def test_an_expired_token_is_renewed_and_the_cache_saved(account: Account) -> None:
    account.sandbox.entra.expire_tokens()
    before = account.saved
    assert account.connector().streams()
    assert account.saved != before
    tokens = len(account.sandbox.entra.asked)
    assert account.connector().streams()
    assert len(account.sandbox.entra.asked) == tokens, "the renewed token was kept"


def test_a_token_that_runs_out_in_the_midst(account: Account) -> None:
    account.sandbox.mailbox.diary.meet(account.now)
    connector = account.connector()
    streams = connector.streams()
    account.sandbox.entra.expire_tokens()
    assert connector.streams() == streams


def test_a_withdrawn_grant_asks_the_person(account: Account) -> None:
    account.sandbox.entra.revoke()
    with pytest.raises(TokenRevoked, match=r"microsoft\.(expired|sign_in|no_consent|password)"):
        account.connector().streams()


def test_reconnecting_after_a_withdrawal(account: Account) -> None:
    account.sandbox.entra.revoke()
    with pytest.raises(TokenRevoked):
        account.connector().streams()
    account.saved = connect(
        endpoints(account.sandbox), open_browser=browse, login_hint=account.grant.address
    ).credentials
    assert account.connector().streams()
    assert account.sandbox.entra.asked[-2]["login_hint"] == account.grant.address


def test_a_claims_challenge_is_met_silently_where_that_is_allowed(account: Account) -> None:
    account.sandbox.entra.demanded_claims = json.dumps(
        {"access_token": {"nbf": {"essential": True, "value": "1604106651"}}}
    )
    assert account.connector().streams()
    assert "1604106651" in account.sandbox.entra.asked[-1]["claims"]


def test_conditional_access_ends_in_connect_again(account: Account) -> None:
    account.sandbox.entra.expire_tokens()
    account.sandbox.entra.interaction = "50076"
    with pytest.raises(TokenRevoked, match=r"microsoft\.second_factor"):
        account.connector().streams()


def test_a_scope_taken_away_later_is_named(account: Account) -> None:
    account.sandbox.entra.withheld = {"Mail.ReadBasic"}
    with pytest.raises(ScopeMissing, match=r"Mail\.ReadBasic"):
        account.connector().streams()


def test_a_sign_in_service_in_trouble_is_no_withdrawal(account: Account) -> None:
    account.sandbox.entra.expire_tokens()
    account.sandbox.entra.trouble = [503, 429]
    for _ in range(2):
        with pytest.raises(RateLimited) as refused:
            account.connector().streams()
        assert refused.value.retry_after == 9
    assert account.connector().streams(), "msal did not keep the refusal in mind"


@pytest.mark.parametrize("turn", [1, 2])
def test_a_captive_portal_instead_of_the_sign_in(account: Account, turn: int) -> None:
    account.sandbox.entra.expire_tokens()
    connector = account.connector()
    if turn == 2:  # msal knows the authority already
        connector.streams()
        account.sandbox.entra.expire_tokens()
    account.sandbox.entra.trouble = [200]
    with pytest.raises(ProviderUnavailable, match=r"microsoft\.(sign_in_)?not_microsoft"):
        connector.streams()


@pytest.mark.parametrize("device", [False, True])
def test_a_captive_portal_while_connecting(sandbox: MicrosoftSandbox, device: bool) -> None:
    def open_browser(address: str) -> None:
        browse(address)
        sandbox.entra.trouble = [200]

    def show_code(*_: str) -> None:
        sandbox.entra.trouble = [200]

    with pytest.raises(ProviderUnavailable, match=r"microsoft\.(sign_in_)?not_microsoft"):
        connect(endpoints(sandbox), open_browser=open_browser, show_code=show_code, device=device)


@pytest.mark.parametrize("cache", ["", "nonsense", "[1"])
def test_a_stored_sign_in_that_cannot_be_read(account: Account, cache: str) -> None:
    account.saved = cache
    with pytest.raises(TokenRevoked, match=r"microsoft\.(expired|sign_in|no_consent|password)"):
        account.connector().streams()


def test_an_empty_cache_asks_the_person(account: Account) -> None:
    account.saved = "{}"
    with pytest.raises(TokenRevoked):
        account.connector().streams()


def test_secrets_stay_out_of_what_is_shown(account: Account) -> None:
    secrets = [*account.sandbox.entra.access_tokens, *account.sandbox.entra.refresh_tokens]
    account.sandbox.entra.revoke()
    with pytest.raises(TokenRevoked) as refused:
        account.connector().streams()
    shown = f"{refused.value!r} {refused.value} {account.connector()!r} {account.grant!r}"
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize(
    ("root", "scope"),
    [
        ("https://graph.microsoft.com/v1.0", "User.Read"),
        ("https://graph.microsoft.us/v1.0", "https://graph.microsoft.us/User.Read"),
        ("https://microsoftgraph.chinacloudapi.cn/v1.0", "https://microsoftgraph.chinacloudapi.cn/User.Read"),
    ],
)
def test_national_clouds_want_their_name_in_the_scopes(root: str, scope: str) -> None:
    assert MicrosoftEndpoints("id", graph_root=root).scopes()[0] == scope
