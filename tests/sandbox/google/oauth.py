"""Google's authorization server: consent page, codes with PKCE, tokens, refresh and revocation."""

import base64
import hashlib
import html
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.sandbox.google.wire import Refusal
from tests.sandbox.http import Request, Response

CLIENT_ID = "1234567890-keepwarm.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-sandbox-secret-of-nobody"
LIFE = 3599  # seconds an access token lives
_LONG_NAMES = {name: f"https://www.googleapis.com/auth/userinfo.{name}" for name in ("email", "profile")}
_HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Code:
    """What an authorization code stands for, until it is exchanged."""

    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]
    address: str
    offline: bool


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token allows and when (by the server's clock) it ends."""

    address: str
    scopes: frozenset[str]
    expires_at: float


@dataclass
class Authorization:
    """Everything granted to the one client of this sandbox; `clock` gives seconds."""

    accounts: Mapping[str, Any]
    clock: Callable[[], float]
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, Code] = field(default_factory=dict)
    consented: set[str] = field(default_factory=set)
    exchanges: int = 0
    refusal: tuple[str, ...] = ()  # (error, description[, subtype]) that stops refreshing

    def authorize(self, request: Request) -> Response:
        """Show the consent page, or say in HTML why there is none."""
        ask = {name: values[-1] for name, values in request.queries.items()}
        if ask.get("client_id") != CLIENT_ID:
            return _page("Error 401: invalid_client", "The OAuth client was not found.", 401)
        if urlsplit(ask.get("redirect_uri", "")).hostname not in {"127.0.0.1", "localhost"}:
            return _page("Error 400: redirect_uri_mismatch", "The redirect URI does not match.", 400)
        if ask.get("response_type") != "code" or not ask.get("scope"):
            return _page("Error 400: invalid_request", "Required parameter is missing.", 400)
        if ask.get("code_challenge") and ask.get("code_challenge_method") != "S256":
            return _page("Error 400: invalid_request", "Only S256 is understood here.", 400)
        hidden = "".join(_field("hidden", name, value) for name, value in ask.items() if name != "scope")
        boxes = "".join(
            _field("checkbox", "granted", scope) + html.escape(scope) + "<br>" for scope in ask["scope"].split()
        )
        people = "".join(
            _field("radio", "account", address) + html.escape(address) + "<br>" for address in self.accounts
        )
        buttons = '<button name="decision" value="allow">Continue</button><button name="decision" value="deny">Cancel</button>'
        return _page(
            "keepwarm wants access",
            f'<form method="post" action="/o/oauth2/v2/auth/decision">{hidden}{people}{boxes}{buttons}</form>',
        )

    def decide(self, request: Request) -> Response:
        """Send the browser back with a code or with what went wrong."""
        form, ticked = request.form, _all(request, "granted")
        back = {"state": form["state"]} if "state" in form else {}
        if form.get("decision") != "allow":
            back["error"] = "access_denied"
        else:
            scopes = tuple(_LONG_NAMES.get(scope, scope) for scope in ticked)
            code = f"4/0A{secrets.token_urlsafe(40)}"
            address = form["account"]
            offline = form.get("access_type") == "offline" and (
                address not in self.consented or form.get("prompt") == "consent"
            )
            self.codes[code] = Code(form["redirect_uri"], form.get("code_challenge", ""), scopes, address, offline)
            self.consented.add(address)
            back |= {"code": code, "scope": " ".join(scopes), "authuser": "0", "prompt": "consent"}
        separator = "&" if "?" in form["redirect_uri"] else "?"
        return Response(302, b"", {"Location": form["redirect_uri"] + separator + urlencode(back)})

    def token(self, request: Request) -> Response:
        """Exchange a code, or refresh."""
        form = request.form
        if _client(request) != (CLIENT_ID, CLIENT_SECRET):
            return _refused(401, "invalid_client", "The OAuth client was not found.")
        self.exchanges += 1
        if form.get("grant_type") == "refresh_token":
            grant = self.refresh.get(form.get("refresh_token", ""))
            if grant is None:
                return _refused(400, "invalid_grant", "Token has been expired or revoked.")
            if self.refusal:
                return _refused(400, *self.refusal)
            return Response.json(self._tokens(grant))
        if form.get("grant_type") != "authorization_code":
            return _refused(400, "unsupported_grant_type", "Invalid grant_type.")
        code = self.codes.pop(form.get("code", ""), None)
        if code is None:
            return _refused(400, "invalid_grant", "Malformed auth code.")
        if code.redirect_uri != form.get("redirect_uri"):
            return _refused(400, "redirect_uri_mismatch", "Bad Request")
        if code.challenge and _challenge(form.get("code_verifier", "")) != code.challenge:
            return _refused(400, "invalid_grant", "Invalid code verifier.")
        tokens = self._tokens(code)
        if code.offline:
            tokens["refresh_token"] = f"1//0{secrets.token_urlsafe(48)}"
            self.refresh[tokens["refresh_token"]] = code
        if "openid" in code.scopes:
            tokens["id_token"] = _id_token(code.address, self.clock())
        return Response.json(tokens)

    def revoke(self, request: Request) -> Response:
        token = request.form.get("token") or request.query("token")
        grant = self.refresh.get(token) or self.access.get(token)
        if grant is None:
            return _refused(400, "invalid_token", "Token expired or revoked")
        self.withdraw(grant.address)
        return Response.json({})

    def allowed(self, request: Request) -> Access:
        """Find what the bearer token of a request allows.

        Raises:
            Refusal: there is none, or it has ended.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        access = self.access.get(token) if kind == "Bearer" else None
        if access is None or access.expires_at <= self.clock():
            raise Refusal(401, "authError", "Invalid Credentials")
        return access

    def withdraw(self, address: str, *, of: str = "") -> None:
        """The user takes the grant back: every token of the account is dead, or each that allows `of`, a scope."""

        def dead(grant: Code | Access) -> bool:
            return grant.address == address and (not of or of in grant.scopes)

        self.refresh = {token: grant for token, grant in self.refresh.items() if not dead(grant)}
        self.access = {token: grant for token, grant in self.access.items() if not dead(grant)}
        if not of:
            self.consented.discard(address)

    def end_access_tokens(self) -> None:
        """Let every access token run out; refresh tokens go on."""
        self.access.clear()

    def _tokens(self, grant: Code) -> dict[str, Any]:
        token = f"ya29.a0{secrets.token_urlsafe(60)}"
        self.access[token] = Access(grant.address, frozenset(grant.scopes), self.clock() + LIFE)
        return {"access_token": token, "expires_in": LIFE, "scope": " ".join(grant.scopes), "token_type": "Bearer"}


def _client(request: Request) -> tuple[str, str]:
    kind, _, packed = request.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        id_, _, secret = base64.b64decode(packed).decode().partition(":")
        return id_, secret
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _id_token(address: str, now: float) -> str:
    claims = {
        "iss": "https://accounts.google.com",
        "aud": CLIENT_ID,
        "sub": str(int.from_bytes(hashlib.sha256(address.encode()).digest()[:9]) % 10**21).zfill(21),
        "email": address,
        "email_verified": True,
    }
    claims |= {"iat": int(now), "exp": int(now) + LIFE}
    parts = (json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "c2lnbmF0dXJl"])


def _refused(status: int, error: str, description: str, subtype: str = "") -> Response:
    body = {"error": error, "error_description": description} | ({"error_subtype": subtype} if subtype else {})
    return Response.json(body, status)


def _page(title: str, inner: str, status: int = 200) -> Response:
    return Response(status, f"<!doctype html><title>{title}</title><h1>{title}</h1>{inner}".encode(), dict(_HTML))


def _field(kind: str, name: str, value: str) -> str:
    return f'<input type="{kind}" name="{html.escape(name)}" value="{html.escape(value)}">'


def _all(request: Request, name: str) -> list[str]:
    return parse_qs(request.body.decode()).get(name, [])
