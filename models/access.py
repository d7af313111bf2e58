"""Programs that may read or act for a user, and places that are notified when something happens."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary

from models.base import At, Base, Key, Line, MaybeAt, MaybeLine, serving
from models.declarative import Mapped, mapped_column


class ApiToken(Base):
    """A token of a user's: its secret is known by its hash alone."""

    __tablename__ = "tokens"
    __table_args__ = (
        serving("ix_tokens_user", "user_id", by="worker.app.tokens.list_tokens"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[Key]  # the public part of the token
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[Line]
    rights: Mapped[Line]  # read | act | feed, separated by blanks
    hash: Mapped[Line]  # SHA-256 of the secret part, in hex
    made_at: Mapped[At]


class Outlet(Base):
    """Where a user is notified of events: an address that is called, or a service that Apprise knows."""

    __tablename__ = "outlets"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    id: Mapped[Key]
    kind: Mapped[Line]  # webhook | apprise
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # the address and the key that signs, which both may be secret
    key: Mapped[Line]  # the fingerprint of the key that sealed it
    events: Mapped[Line]  # separated by blanks
    made_at: Mapped[At]
    trouble: Mapped[MaybeLine]  # why the last call failed, in one sentence


class Notice(Base):
    """One event for one outlet: delivered once, and remembered, so that it is not delivered again."""

    __tablename__ = "notices"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "outlet"], ["outlets.user_id", "outlets.id"], ondelete="CASCADE"),
        serving("ix_notices_due", "due_at", by="worker.outlets.deliver.deliver_due"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outlet: Mapped[Key]
    event: Mapped[Key]  # what happened, and the person: quiet:ann@one.example:20614
    at: Mapped[At]
    due_at: Mapped[MaybeAt]  # None: delivered, or given up
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
