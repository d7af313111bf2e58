"""Tokens: what a program shows to read or act for a user.

Only the hash of a token is kept, so a copy of the database gives no one access; a token is shown once.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from models.access import ApiToken
from models.errors import CodedError
from worker.app.runtime import Runtime
from worker.storage.transactions import reading

#: kw_ID_SECRET: the secret is 256 random bits, which need no slow hash.
TOKEN = re.compile(r"kw_([a-z0-9]{10})_([A-Za-z0-9_-]{43})")
LONGEST_NAME = 80


class Right(StrEnum):
    """What a token allows."""

    READ = "read"
    ACT = "act"  # take and undo actions; reading is not included
    FEED = "feed"  # only the address book, by an address that holds the token


class TokenUnknown(CodedError):  # noqa: N818 - says what is wrong
    """No such token, or it cannot be made so."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a token, and what it allows."""

    token_id: str
    user_id: int
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token as it is listed."""

    id: str
    name: str
    rights: tuple[Right, ...]
    made_at: datetime


def add_token(connection: Connection, user_id: int, name: str, rights: frozenset[Right], now: datetime) -> str:
    """Make a token, and give it: it cannot be shown again.

    Raises:
        TokenUnknown: it has no name, or no right.
    """
    called = " ".join(name.split())[:LONGEST_NAME]
    if not called or not rights:
        raise TokenUnknown("access.unnamed")
    key = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(10))
    secret = secrets.token_urlsafe(32)
    row = {"id": key, "user_id": user_id, "name": called, "made_at": now, "hash": _hash(secret)}
    connection.execute(insert(ApiToken).values(rights=" ".join(sorted(rights)), **row))
    return f"kw_{key}_{secret}"


def list_tokens(connection: Connection, user_id: int) -> list[KnownToken]:
    """List a user's tokens, the oldest first."""
    rows = connection.execute(
        select(ApiToken.id, ApiToken.name, ApiToken.rights, ApiToken.made_at)
        .where(ApiToken.user_id == user_id)
        .order_by(ApiToken.made_at, ApiToken.id)
    )
    return [KnownToken(row.id, row.name, tuple(map(Right, row.rights.split())), row.made_at) for row in rows]


def revoke_token(connection: Connection, user_id: int, token: str) -> None:
    """Revoke a token of a user's, named by its id or shown whole.

    Raises:
        TokenUnknown: the user has no such token.
    """
    shown = TOKEN.fullmatch(token)
    key = shown[1] if shown else token
    gone = connection.execute(delete(ApiToken).where(ApiToken.user_id == user_id, ApiToken.id == key))
    if not gone.rowcount:
        raise TokenUnknown("access.no_token", token=key)


def find_token(runtime: Runtime, token: str) -> Bearer | None:
    """Say who shows this token; None if it is none, or was revoked."""
    shown = TOKEN.fullmatch(token)
    if shown is None:
        return None
    with reading(runtime.engine) as connection:
        row = connection.execute(
            select(ApiToken.user_id, ApiToken.hash, ApiToken.rights).where(ApiToken.id == shown[1])
        ).one_or_none()
    if row is None or not hmac.compare_digest(row.hash, _hash(shown[2])):
        return None
    return Bearer(shown[1], row.user_id, frozenset(map(Right, row.rights.split())))


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
