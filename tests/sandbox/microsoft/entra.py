"""Entra ID v2.0: discovery, authorize with PKCE, token, refresh, device code, and its AADSTS refusals."""

import base64
import hashlib
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.sandbox.http import Request, Response
from tests.sandbox.microsoft.grants import TENANT_ID, Access, Code, Device, Grant, b64, id_token, object_id
from tests.sandbox.microsoft.refusals import page, refusal
from tests.sandbox.microsoft.tenant import APPLICATION, Tenant

TENANTS = {"common", "organizations", "consumers", TENANT_ID}
PUBLIC_CLIENT = "6a1d0c6e-1111-4c1b-8a57-2d7f4d3f0001"
CONFIDENTIAL_CLIENT = "6a1d0c6e-2222-4c1b-8a57-2d7f4d3f0002"
CLIENT_SECRET = "sandbox~secret"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
OIDC_SCOPES = {"openid", "profile", "offline_access", "email"}


@dataclass
class Entra:
    """The identity provider of the sandbox: everybody signs in at once as `signs_in`, with `consent` as said."""

    signs_in: str
    root: str = ""
    clock: Callable[[], float] = time.time
    consent: str = "accept"  # accept | deny | admin
    device_answers: list[str] = field(default_factory=lambda: ["pending", "accepted"])  # one a poll, last one stays
    token_life: int = 3600
    interval: int = 1
    withheld: set[str] = field(default_factory=set)  # scopes an administrator has taken out of every grant
    refusal: tuple[str, int] | None = None  # (error, AADSTS number) that stops refreshing
    interaction: str = ""  # the AADSTS number of a conditional access rule that stops refreshing
    demanded_claims: str = ""  # Graph wants a token minted with these
    trouble: list[int] = field(default_factory=list)  # statuses of the next answers, none of them helpful
    tenant: Tenant = field(default_factory=Tenant)
    asked: list[dict[str, str]] = field(default_factory=list)  # every authorize, devicecode and token request

    def __post_init__(self) -> None:
        self.clients: dict[str, str | None] = {PUBLIC_CLIENT: None, CONFIDENTIAL_CLIENT: CLIENT_SECRET}
        self.codes: dict[str, Code] = {}
        self.devices: dict[str, Device] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.access_tokens: dict[str, Access] = {}
        self.numbers = itertools.count(1)
        self.lock = threading.RLock()

    def answer(self, request: Request) -> Response | None:
        """The answer to a request for Entra, None if it is not for Entra."""
        tenant, _, rest = request.path.strip("/").partition("/")
        routes = {
            "v2.0/.well-known/openid-configuration": self._discovery,
            "oauth2/v2.0/authorize": self._authorize,
            "oauth2/v2.0/devicecode": self._device,
            "oauth2/v2.0/token": self._token,
        }
        if rest not in routes:
            return None
        if self.trouble and self.trouble[0] == 200:
            return page("A captive portal", self.trouble.pop(0))
        if self.trouble:
            return Response(self.trouble.pop(0), b"busy", {"Retry-After": "9"})
        if tenant not in TENANTS:
            return refusal(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
        with self.lock:
            return routes[rest](request)

    def check(self, bearer: str) -> Access | None:
        """What an access token stands for, None if it is unknown, expired or revoked."""
        access = self.access_tokens.get(bearer)
        if access is None or access.grant.revoked or access.expires_at <= self.clock():
            return None
        return access

    def expire_tokens(self) -> None:
        """Let every access token run out; refresh tokens live on."""
        for access in self.access_tokens.values():
            access.expires_at = 0

    def revoke(self) -> None:
        """Withdraw every grant, as the person or an administrator can."""
        for grant in self.refresh_tokens.values():
            grant.revoked = True

    def _discovery(self, request: Request) -> Response:
        base = f"{self.root}/{request.path.strip('/').partition('/')[0]}"
        return Response.json(
            {
                "issuer": f"{self.root}/{{tenantid}}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_types_supported": ["code", "id_token"],
            },
        )

    def _authorize(self, request: Request) -> Response:
        asked = {name: values[-1] for name, values in request.queries.items()}
        self.asked.append({"endpoint": "authorize", **asked})
        redirect = asked.get("redirect_uri", "")
        if asked.get("client_id") not in self.clients:
            return page("AADSTS700016: Application was not found in the directory.")
        if urlsplit(redirect).scheme != "http" or urlsplit(redirect).hostname != "localhost":
            return page("AADSTS50011: The redirect URI does not match the redirect URIs configured.")
        if self.consent != "accept":
            refusal = {
                "deny": ("access_denied", "AADSTS65004: User declined to consent to access the app."),
                "admin": ("consent_required", "AADSTS90094: An administrator of sandbox has to grant permission."),
            }[self.consent]
            back = {"error": refusal[0], "error_description": refusal[1], "state": asked.get("state", "")}
        else:
            code = self._name("code")
            self.codes[code] = Code(
                self._grant(asked),
                redirect,
                asked.get("code_challenge", "") if asked.get("code_challenge_method") == "S256" else "",
                asked.get("nonce", ""),
            )
            back = {"code": code, "state": asked.get("state", ""), "session_state": "sandbox"}
        return Response(302, headers={"Location": f"{redirect}?{urlencode(back)}"})

    def _device(self, request: Request) -> Response:
        self.asked.append({"endpoint": "devicecode", **request.form})
        code = self._name("device")
        self.devices[code] = Device(self._grant(request.form))
        return Response.json(
            {
                "device_code": code,
                "user_code": "KW4RMTHX",
                "verification_uri": f"{self.root}/devicelogin",
                "expires_in": 900,
                "interval": self.interval,
                "message": "To sign in, use a web browser to open the page and enter the code.",
            },
        )

    def _token(self, request: Request) -> Response:
        form = request.form
        self.asked.append({"endpoint": "token", **form})
        if form.get("grant_type") == "client_credentials":
            return self._application(form)
        known = form.get("client_id", "") in self.clients
        if not known:
            return refusal(400, "unauthorized_client", 700016, "Application was not found in the directory.")
        secret = self.clients[form["client_id"]]
        if secret is None and "client_secret" in form:
            return refusal(
                401, "invalid_client", 700025, "Client is public so 'client_secret' should not be presented."
            )
        if secret is not None and form.get("client_secret") != secret:
            return refusal(401, "invalid_client", 7000215, "Invalid client secret provided.")
        redeem = {
            "authorization_code": self._redeem_code,
            "refresh_token": self._refresh,
            DEVICE_GRANT: self._poll,
        }.get(form.get("grant_type", ""))
        if redeem is None:
            return refusal(400, "unsupported_grant_type", 70003, "The grant type is not supported.")
        return redeem(form)

    def _application(self, form: dict[str, str]) -> Response:
        if form.get("client_id") != APPLICATION:
            return refusal(400, "unauthorized_client", 700016, "Application was not found in the directory.")
        if refused := self.tenant.refused(form):
            return refused
        bearer = self.tenant.bearer(self._name("application"))
        self.access_tokens[bearer] = Access(Grant("", APPLICATION, frozenset()), self.clock() + self.token_life)
        return Response.json({"token_type": "Bearer", "expires_in": self.token_life, "access_token": bearer})

    def _redeem_code(self, form: dict[str, str]) -> Response:
        code = self.codes.pop(form.get("code", ""), None)
        if code is None:
            return refusal(400, "invalid_grant", 54005, "The authorization code was already redeemed.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if not code.challenge or base64.urlsafe_b64encode(digest).decode().rstrip("=") != code.challenge:
            return refusal(400, "invalid_grant", 50148, "The code_verifier does not match the code_challenge.")
        if code.redirect_uri != form.get("redirect_uri"):
            return refusal(400, "invalid_grant", 50011, "The redirect URI does not match.")
        return self._issue(code.grant, nonce=code.nonce)

    def _refresh(self, form: dict[str, str]) -> Response:
        grant = self.refresh_tokens.get(form.get("refresh_token", ""))
        if grant is None:
            return refusal(400, "invalid_grant", 9002313, "Invalid request. The refresh token is malformed.")
        if grant.revoked:
            text = "The provided grant has expired due to it being revoked, a fresh auth token is needed."
            return refusal(400, "invalid_grant", 50173, text)
        if self.refusal:
            return refusal(400, *self.refusal, "Refused by the sandbox.")
        if self.interaction:
            text = "Due to a configuration change made by your administrator, you must use multi-factor authentication."
            return refusal(400, "interaction_required", int(self.interaction), text, suberror="basic_action")
        return self._issue(grant, claims=form.get("claims", ""))

    def _poll(self, form: dict[str, str]) -> Response:
        device = self.devices.get(form.get("device_code", ""))
        if device is None:
            return refusal(400, "bad_verification_code", 70018, "Bad verification code.")
        device.answer = self.device_answers.pop(0) if len(self.device_answers) > 1 else self.device_answers[0]
        refusals = {
            "pending": ("authorization_pending", 70016, "The authorization is pending."),
            "declined": ("authorization_declined", 70019, "The end user denied the authorization request."),
            "expired": ("expired_token", 70020, "The device code has expired."),
        }
        if device.answer in refusals:
            return refusal(400, *refusals[device.answer])
        del self.devices[form["device_code"]]
        return self._issue(device.grant)

    def _grant(self, asked: dict[str, str]) -> Grant:
        scopes = frozenset(asked.get("scope", "").split()) - self.withheld
        return Grant(asked.get("login_hint") or self.signs_in, asked["client_id"], scopes)

    def _issue(self, grant: Grant, *, nonce: str = "", claims: str = "") -> Response:
        bearer = self._name("access")
        self.access_tokens[bearer] = Access(grant, self.clock() + self.token_life, claims)
        scopes = sorted(scope for scope in grant.scopes - self.withheld if scope != "offline_access")
        answer = {
            "token_type": "Bearer",
            "scope": " ".join(scopes),
            "expires_in": self.token_life,
            "ext_expires_in": self.token_life,
            "access_token": bearer,
        }
        if "offline_access" in grant.scopes:
            # The old refresh token stays valid: only a revocation ends it.
            answer["refresh_token"] = self._name("refresh")
            self.refresh_tokens[str(answer["refresh_token"])] = grant
        if "openid" in grant.scopes:
            answer["id_token"] = id_token(grant, f"{self.root}/{TENANT_ID}/v2.0", nonce, int(self.clock()))
        if "profile" in grant.scopes:
            answer["client_info"] = b64({"uid": object_id(grant.user), "utid": TENANT_ID})
        return Response.json(answer)

    def _name(self, kind: str) -> str:
        return f"sandbox-{kind}-{next(self.numbers)}"
