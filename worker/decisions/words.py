"""Signed words: what a digest offers to do, in a form that only keepwarm can write and that works once, for a while.

A word is action.period.signature. It names no one: the signature is over the person, and is looked for among the people
the digest of that period named. Whoever was erased since, or a word of another user, fits nothing.
"""

import hmac
import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from models.accounts import User
from models.judgement import DigestLine, StoredDigest
from models.people import TakenAction
from worker.decisions.actions import ABOUT_PEOPLE, Action, Done, Via, Wish, carry_out, undo

#: How long after its digest was made a word works, and by how much clocks may differ.
LIFE, SKEW = timedelta(days=60), timedelta(minutes=10)
WORD = re.compile(r"([a-z]{2,8})\.(\d{4}-(?:W\d\d|Q\d))\.([a-z2-7]{26})")


@dataclass(frozen=True, slots=True)
class Signer:
    """Writes the words of one user's digest of one period."""

    key: str
    period: str

    def word(self, action: Action, about: str = "") -> str:
        """Write the word for an action on a person (by key), on an earlier action (by id), or on the digest."""
        return f"{action.value}.{self.period}.{_signature(self.key, action.value, self.period, about)}"


@dataclass(frozen=True, slots=True)
class Meant:
    """What a word asks for: `about` is a person's key, the id of the action to undo, or "" for the digest."""

    action: Action
    about: str
    id: str  # of the word, so that it does nothing twice


def signing_key(connection: Connection, user_id: int) -> str:
    """Return the key that signs a user's words; made on first use."""
    key = connection.scalar(select(User.action_key).where(User.id == user_id))
    if key is None:
        key = secrets.token_urlsafe(32)
        connection.execute(update(User).where(User.id == user_id).values(action_key=key))
    return key


def read_word(connection: Connection, user_id: int, word: str, at: datetime) -> Meant | None:
    """Find out what a word that was used at a moment asks for; None if it is forged, another user's, or too old."""
    match = WORD.fullmatch(word)
    if match is None or match[1] not in set(Action):
        return None
    action, period, signature = Action(match[1]), match[2], match[3]
    digest = (StoredDigest.user_id == user_id, StoredDigest.period == period)
    found = connection.execute(
        select(StoredDigest.made_at, User.action_key).join(User, User.id == StoredDigest.user_id).where(*digest)
    ).one_or_none()
    if found is None or found.action_key is None or not found.made_at - SKEW <= at <= found.made_at + LIFE:
        return None
    for about in _candidates(connection, user_id, action, period):
        if hmac.compare_digest(_signature(found.action_key, action.value, period, about), signature):
            return Meant(action, about, f"{period}.{signature}")
    return None


def obey(connection: Connection, user_id: int, meant: Meant, via: Via, at: datetime) -> Done:
    """Do what a word asks for, once.

    Raises:
        ActionRefused: it cannot be carried out any more.
    """
    if meant.action is Action.UNDO:
        return undo(connection, user_id, meant.about, at)
    return carry_out(connection, user_id, Wish(meant.action, meant.about, via, id=meant.id), at)


def _candidates(connection: Connection, user_id: int, action: Action, period: str) -> list[str]:
    """Name what a word of this kind may be about: those its digest named, or the actions it confirmed or led to."""
    if action is Action.UNDO:
        taken = TakenAction
        its = or_(taken.confirmed_in == period, taken.id.startswith(f"{period}.", autoescape=True))
        return list(connection.scalars(select(taken.id).where(taken.user_id == user_id, its).order_by(taken.id)))
    if action in ABOUT_PEOPLE:
        named = (DigestLine.user_id == user_id, DigestLine.period == period)
        return list(connection.scalars(select(DigestLine.person).where(*named).order_by(DigestLine.position)))
    return [""]


def _signature(key: str, *parts: str) -> str:
    """Sign with HMAC-SHA256, of which 16 bytes are kept (RFC 2104, 5): 26 characters in base 32."""
    digest = hmac.new(key.encode(), "\0".join(parts).encode(), sha256).digest()[:16]
    return b32encode(digest).decode().rstrip("=").lower()
