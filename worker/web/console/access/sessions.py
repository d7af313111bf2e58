"""Sessions: a browser that is signed in, known by the hash of a cookie that no one can guess."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine

from models.accounts import User
from models.console import ConsoleSession
from worker.storage.transactions import reading, writing

#: A session ends when it is not used for this long, or when it is this old (ASVS 3.3).
IDLE, LIFE = timedelta(days=7), timedelta(days=30)
#: How often its use is noted: not at every request.
NOTED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. `user_id` is None while no one uses the installation yet."""

    secret: str  # the cookie
    user_id: int | None
    admin: bool
    way: str
    made_at: datetime

    @property
    def csrf(self) -> str:
        """What every form of this session must carry."""
        return hmac.new(self.secret.encode(), b"form", sha256).hexdigest()

    def signed(self, form_token: str) -> bool:
        """Whether a form comes from this session's own pages."""
        return hmac.compare_digest(self.csrf.encode(), form_token.encode())


def digest_of(secret: str) -> str:
    """Return what is stored of a secret: 256 random bits need no slow hash."""
    return sha256(secret.encode()).hexdigest()


def open_session(connection: Connection, user_id: int | None, way: str, now: datetime) -> str:
    """Sign a browser in; returns its cookie, which is stored nowhere."""
    secret = secrets.token_urlsafe(32)
    row = {"token": digest_of(secret), "user_id": user_id, "way": way, "made_at": now, "used_at": now}
    connection.execute(insert(ConsoleSession).values(row))
    connection.execute(delete(ConsoleSession).where(ConsoleSession.made_at < now - LIFE))
    return secret


def find_session(engine: Engine, secret: str, now: datetime) -> Session | None:
    """Find the session of a cookie; None if it has ended or never was."""
    if not secret:
        return None
    kept = ConsoleSession
    with reading(engine) as connection:
        row = connection.execute(select(kept.__table__).where(kept.token == digest_of(secret))).first()
        if row is None or now - row.used_at > IDLE or now - row.made_at > LIFE:
            return None
        users = connection.execute(select(User.id, User.admin).order_by(User.id).limit(2)).all()
        if row.user_id is None and len(users) > 1:
            return None  # it belonged to whoever had this installation to themselves
        user = row.user_id if row.user_id is not None else next((one.id for one in users), None)
        admin = True if user is None else bool(connection.scalar(select(User.admin).where(User.id == user)))
    if now - row.used_at > NOTED:
        with writing(engine) as connection:
            connection.execute(update(kept).where(kept.token == row.token).values(used_at=now))
    return Session(secret, user, admin, row.way, row.made_at)


def belong(connection: Connection, session: Session, user_id: int) -> None:
    """Assign the session of a first run to the user it has made: it stays theirs when others come."""
    mine = (ConsoleSession.token == digest_of(session.secret), ConsoleSession.user_id.is_(None))
    connection.execute(update(ConsoleSession).where(*mine).values(user_id=user_id))


def close_session(connection: Connection, secret: str) -> None:
    """Sign a browser out."""
    connection.execute(delete(ConsoleSession).where(ConsoleSession.token == digest_of(secret)))


def close_others(connection: Connection, session: Session) -> int:
    """Sign out every other browser of this user; returns how many there were."""
    gone = delete(ConsoleSession).where(
        ConsoleSession.user_id == session.user_id, ConsoleSession.token != digest_of(session.secret)
    )
    return connection.execute(gone).rowcount
