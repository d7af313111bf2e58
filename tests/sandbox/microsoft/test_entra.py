import httpx
import msal
import pytest

from tests.sandbox.microsoft.conftest import SCOPES, begin, sign_in
from tests.sandbox.microsoft.entra import CLIENT_SECRET, CONFIDENTIAL_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox


def test_code_flow_and_refresh(sandbox: MicrosoftSandbox, app: msal.PublicClientApplication, web: httpx.Client) -> None:
    first = sign_in(app, web)
    account = app.get_accounts()[0]
    second = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True)
    assert second["access_token"] != first["access_token"]
    assert {"authorize", "token"} == {each["endpoint"] for each in sandbox.entra.asked}


def test_the_old_refresh_token_stays_valid(app: msal.PublicClientApplication, web: httpx.Client) -> None:
    first = str(sign_in(app, web)["refresh_token"])
    for _ in range(2):
        assert "access_token" in app.acquire_token_by_refresh_token(first, SCOPES)


def test_a_code_is_redeemed_once_and_with_its_verifier(app: msal.PublicClientApplication, web: httpx.Client) -> None:
    flow = begin(app)
    back = dict(httpx.URL(web.get(flow["auth_uri"]).headers["location"]).params)
    wrong = app.acquire_token_by_auth_code_flow({**flow, "code_verifier": "x" * 43}, dict(back))
    assert wrong["error_codes"] == [50148]
    assert app.acquire_token_by_auth_code_flow(flow, back)["error_codes"] == [54005]


def test_revocation(sandbox: MicrosoftSandbox, app: msal.PublicClientApplication, web: httpx.Client) -> None:
    sign_in(app, web)
    sandbox.entra.revoke()
    refused = app.acquire_token_silent_with_error(SCOPES, app.get_accounts()[0], force_refresh=True)
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [50173])


def test_device_code(sandbox: MicrosoftSandbox, app: msal.PublicClientApplication) -> None:
    flow = app.initiate_device_flow(SCOPES)
    assert flow["user_code"]
    assert "access_token" in app.acquire_token_by_device_flow(flow)
    assert sum(each["endpoint"] == "token" for each in sandbox.entra.asked) == 2


@pytest.mark.parametrize(("secret", "number"), [(CLIENT_SECRET, None), ("wrong", 7000215)])
@pytest.mark.usefixtures("app")
def test_confidential_client(sandbox: MicrosoftSandbox, web: httpx.Client, secret: str, number: int | None) -> None:
    app = msal.ConfidentialClientApplication(
        CONFIDENTIAL_CLIENT,
        client_credential=secret,
        authority=sandbox.authority,
        instance_discovery=False,
    )
    answer = sign_in(app, web)
    assert answer.get("error_codes") == ([number] if number else None)


def test_redirects_go_to_localhost_only(app: msal.PublicClientApplication, web: httpx.Client) -> None:
    flow = begin(app, "http://127.0.0.1:5000/")
    assert "AADSTS50011" in web.get(flow["auth_uri"]).text


def test_an_unknown_tenant(web: httpx.Client) -> None:
    assert web.get("/nobody/v2.0/.well-known/openid-configuration").json()["error_codes"] == [90002]


def test_a_claims_challenge_is_met_by_a_new_token(
    sandbox: MicrosoftSandbox,
    app: msal.PublicClientApplication,
    graph: httpx.Client,
) -> None:
    sandbox.entra.demanded_claims = '{"access_token": {"nbf": {"essential": true, "value": "1604106651"}}}'
    refused = graph.get("/v1.0/me")
    assert refused.status_code == 401
    assert 'error="insufficient_claims"' in refused.headers["www-authenticate"]
    fresh = app.acquire_token_silent(SCOPES, app.get_accounts()[0], claims_challenge=sandbox.entra.demanded_claims)
    assert graph.get("/v1.0/me", headers={"Authorization": f"Bearer {fresh['access_token']}"}).status_code == 200
