"""The people who use this installation."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine

from models.accounts import User
from models.errors import CodedError
from worker.storage.transactions import reading


class UnknownUser(CodedError):  # noqa: N818 - says what is wrong
    """No such user, or it is not said which of several is meant."""


def add_user(connection: Connection, address: str, now: datetime, *, name: str = "", zone: str = "UTC") -> int:
    """Add a user, or find the one with this address."""
    bare = address.strip().lower()
    found = connection.scalar(select(User.id).where(User.address == bare))
    if found is not None:
        return found
    nobody = connection.scalar(select(User.id).limit(1)) is None  # whoever is first looks after the installation
    row = insert(User).values(
        address=bare, name=name, zone=zone, digest_weekday=0, digest_hour=7, created_at=now, admin=nobody
    )
    return connection.execute(row.returning(User.id)).scalar_one()


def the_user(connection: Connection, address: str | None = None) -> int:
    """Say who is meant: the one named, or the only one there is.

    Raises:
        UnknownUser: with what to do about it.
    """
    users = connection.execute(select(User.id, User.address).order_by(User.address)).all()
    if address is not None:
        for key, known in users:
            if known == address.strip().lower():
                return key
        raise UnknownUser("account.unknown_user", address=address)
    if not users:
        raise UnknownUser("account.not_connected")
    if len(users) > 1:
        raise UnknownUser("account.several_users", users=", ".join(a for _, a in users))
    return users[0][0]


def used_by_one(engine: Engine) -> bool:
    """Whether one person has this installation to themselves: then servers in their own network may be asked."""
    with reading(engine) as connection:
        return len(connection.scalars(select(User.id).limit(2)).all()) < 2


def hold(connection: Connection, user_id: int) -> None:
    """Have other writers of this user wait until the transaction ends.

    What one writes may decide what another has to: two accounts with the same email, an own address learned meanwhile.
    SQLite has one writer anyway, and is not asked.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
