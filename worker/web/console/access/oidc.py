"""Sign-in at an OpenID Connect issuer: code flow with PKCE, and an ID token of which every claim is checked here.

OpenID Connect Core 1.0, 3.1.3.7; RFC 7636; RFC 9700. Users are known by issuer and subject: an address that changes
hands opens no one's history. No one becomes a user by signing in: an address must have been invited.
"""

import hmac
import secrets
import threading
from base64 import urlsafe_b64encode
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from models.accounts import User
from models.console import OutsideIdentity
from models.errors import CodedError
from worker.app.settings import Settings, is_safe_for_secrets

#: Signatures that only the issuer can make; a shared secret or none is not among them.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
#: How long a sign-in may take, how many are under way at most, by how much clocks may differ.
PATIENCE, MOST, SKEW = timedelta(minutes=10), 1000, 60
TIMEOUT = 10.0


class SignInRefused(CodedError):  # noqa: N818 - says what is wrong
    """The issuer's answer does not sign anyone in."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way."""

    nonce: str
    verifier: str
    to: str  # a path of ours
    at: datetime


class SignIns:
    """The sign-ins under way in this process, by their state."""

    def __init__(self) -> None:
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, to: str, now: datetime) -> tuple[str, Begun]:
        """Begin one; returns its state."""
        state, begun = secrets.token_urlsafe(24), Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(48), to, now)
        with self._lock:
            self._begun[state] = begun
            while len(self._begun) > MOST:
                self._begun.popitem(last=False)
        return state, begun

    def take(self, state: str, now: datetime) -> Begun | None:
        """Return the sign-in of a state, once."""
        with self._lock:
            begun = self._begun.pop(state, None)
        return begun if begun is not None and now - begun.at <= PATIENCE else None


def consent_url(settings: Settings, state: str, begun: Begun, redirect_uri: str) -> str:
    """Return where the browser goes to sign in.

    Raises:
        SignInRefused: the issuer does not answer as one.
    """
    challenge = urlsafe_b64encode(sha256(begun.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code", "client_id": settings.oidc_client_id, "redirect_uri": redirect_uri,
        "scope": "openid email", "state": state, "nonce": begun.nonce, "code_challenge": challenge,
        "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{_configuration(settings)['authorization_endpoint']}?{urlencode(asked)}"


def signed_in_as(settings: Settings, code: str, begun: Begun, redirect_uri: str, now: datetime) -> dict[str, Any]:
    """Exchange a code and check the ID token; returns its claims.

    Raises:
        SignInRefused: anything about the answer is wrong.
    """
    known = _configuration(settings)
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
        "client_id": settings.oidc_client_id, "code_verifier": begun.verifier,
    }  # fmt: skip
    if secret := settings.oidc_client_secret.get_secret_value():
        form["client_secret"] = secret
    token = _asked("POST", str(known["token_endpoint"]), form).get("id_token", "")
    return checked(str(token), _asked("GET", str(known["jwks_uri"])), settings, begun.nonce, now)


def checked(token: str, keys: dict[str, Any], settings: Settings, nonce: str, now: datetime) -> dict[str, Any]:
    """Check an ID token against the issuer's keys, this client, this sign-in and this moment.

    Raises:
        SignInRefused: it does not hold.
    """
    try:
        wanted = jwt.get_unverified_header(token).get("kid")
        found = [one for one in jwt.PyJWKSet.from_dict(keys).keys if wanted in {None, one.key_id}]
        if len(found) != 1:
            raise SignInRefused("signing.refused")
        claims: dict[str, Any] = jwt.decode(
            token, found[0], algorithms=list(ALGORITHMS), audience=settings.oidc_client_id,
            issuer=settings.oidc_issuer,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False},
        )  # fmt: skip
        moment = now.timestamp()
        timely = float(claims["iat"]) - SKEW <= moment <= float(claims["exp"]) + SKEW
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise SignInRefused("signing.refused") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    ours = claims.get("azp", settings.oidc_client_id) == settings.oidc_client_id and not (
        several and "azp" not in claims
    )
    said = str(claims.get("nonce", ""))
    if not (timely and ours and claims["sub"] and hmac.compare_digest(said.encode(), nonce.encode())):
        raise SignInRefused("signing.refused")
    return claims


def user_of(connection: Connection, claims: dict[str, Any], now: datetime) -> int | None:
    """Find the user of an identity; the first time, the one invited at the address that the issuer has verified."""
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    known = connection.scalar(
        select(OutsideIdentity.user_id).where(OutsideIdentity.issuer == issuer, OutsideIdentity.subject == subject)
    )
    if known is not None:
        return known
    address = str(claims.get("email", "")).strip().lower()
    if claims.get("email_verified") is not True or not address:
        return None
    user = connection.scalar(select(User.id).where(User.address == address))
    taken = user is not None and connection.scalar(
        select(OutsideIdentity.subject).where(OutsideIdentity.issuer == issuer, OutsideIdentity.user_id == user)
    )
    if user is None or taken:  # the address has changed hands at the issuer
        return None
    row = {"issuer": issuer, "subject": subject, "user_id": user, "made_at": now}
    connection.execute(insert(OutsideIdentity).values(row))
    return user


def _configuration(settings: Settings) -> dict[str, Any]:
    """Ask the issuer where its endpoints are (OpenID Connect Discovery 1.0, 4)."""
    found = _asked("GET", f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration")
    places = [str(found.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if found.get("issuer") != settings.oidc_issuer or not all(map(is_safe_for_secrets, places)):
        raise SignInRefused("signing.not_an_issuer", issuer=settings.oidc_issuer)
    return found


def _asked(method: str, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    try:
        answer = httpx.request(method, url, data=form, timeout=TIMEOUT)
        found = answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError) as error:
        raise SignInRefused("signing.no_answer") from error
    if not isinstance(found, dict):
        raise SignInRefused("signing.no_answer")
    return found
