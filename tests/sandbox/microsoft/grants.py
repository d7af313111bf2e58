"""What Entra hands out: grants, codes, access tokens and id tokens."""

import base64
import hashlib
import json
from dataclasses import dataclass

TENANT_ID = "3fb2c5a1-7f6e-4b52-9d43-6f5a1c0e8b11"


@dataclass
class Grant:
    """What one sign-in allowed."""

    user: str
    client: str
    scopes: frozenset[str]
    revoked: bool = False


@dataclass
class Access:
    """An access token's meaning."""

    grant: Grant
    expires_at: float
    claims: str = ""


@dataclass
class Code:
    """An authorization code waiting to be redeemed once."""

    grant: Grant
    redirect_uri: str
    challenge: str
    nonce: str


@dataclass
class Device:
    """A device code; `answer` is what the person did: pending, accepted, declined or expired."""

    grant: Grant
    answer: str = "pending"


def id_token(grant: Grant, issuer: str, nonce: str, now: int) -> str:
    """An id token with the claims that the granted scopes allow; nobody checks its signature."""
    claims = {
        "iss": issuer,
        "aud": grant.client,
        "sub": b64({"for": grant.user})[:24],
        "tid": TENANT_ID,
        "iat": now,
        "exp": now + 3600,
        "nonce": nonce,
        "ver": "2.0",
    }
    if "profile" in grant.scopes:
        claims |= {"oid": object_id(grant.user), "preferred_username": grant.user}
    return ".".join((b64({"alg": "none", "typ": "JWT"}), b64(claims), "unsigned"))


def object_id(user: str) -> str:
    digest = hashlib.sha256(user.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
