"""Links that sign in once: on this machine by the command line, and invitations for others."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from models.accounts import User
from models.console import SignInLink
from worker.web.console.access.sessions import digest_of

LINK, INVITATION = "link", "invitation"
LIVES = {LINK: timedelta(minutes=15), INVITATION: timedelta(days=7)}


class Link(NamedTuple):
    """A link that was used: the user it signs in, and what it was for."""

    user_id: int | None
    purpose: str


def make_link(connection: Connection, user_id: int | None, purpose: str, now: datetime) -> str:
    """Make a link's secret; only its hash is stored. An invitation takes the place of an earlier one."""
    secret = secrets.token_urlsafe(32)
    connection.execute(delete(SignInLink).where(SignInLink.until < now))
    if purpose == INVITATION:
        connection.execute(delete(SignInLink).where(SignInLink.user_id == user_id, SignInLink.purpose == INVITATION))
    row = {"token": digest_of(secret), "user_id": user_id, "purpose": purpose, "until": now + LIVES[purpose]}
    connection.execute(insert(SignInLink).values(row))
    return secret


def take_link(connection: Connection, secret: str, now: datetime) -> Link | None:
    """Use a link up, whoever comes first; None if it is not known, used or too old."""
    found = connection.execute(
        delete(SignInLink)
        .where(SignInLink.token == digest_of(secret), SignInLink.until >= now)
        .returning(SignInLink.user_id, SignInLink.purpose)
    ).first()
    if found is None:
        return None
    several = len(connection.scalars(select(User.id).limit(2)).all()) > 1
    if found.user_id is None and several:  # made when no one or one was there
        return None
    return Link(found.user_id, found.purpose)
