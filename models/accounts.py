"""Users, their accounts, and the streams of an account with cursor, lease and progress."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint, false

from models.base import At, Base, Key, Line, MaybeAt, MaybeLine
from models.declarative import Mapped, mapped_column

#: The digest_weekday of who wants no digests.
NEVER = 7


class User(Base):
    """A person whose relationships are kept; everything else belongs to exactly one user."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[Line] = mapped_column(unique=True)
    name: Mapped[Line] = mapped_column(default="")
    zone: Mapped[Line] = mapped_column(default="UTC")  # IANA name: used at the edges only
    digest_weekday: Mapped[int] = mapped_column(default=0)  # 0 is Monday
    digest_hour: Mapped[int] = mapped_column(default=7)  # in the user's zone
    created_at: Mapped[At]
    subjects_kept: Mapped[bool] = mapped_column(default=True)  # whether any subject may be stored
    unsubscribe_token: Mapped[
        MaybeLine
    ]  # what no one else knows: a mail with it in its subject switches the digest off
    action_key: Mapped[MaybeLine]  # signs the actions a digest offers; shown to no one
    digest_budget: Mapped[int] = mapped_column(default=5, server_default="5")  # people named in one digest at most
    admin: Mapped[bool] = mapped_column(default=False, server_default=false())  # may invite others and see their health
    preferences_set_at: Mapped[MaybeAt]  # when a command last said how it is wanted: earlier mails switch nothing off


class Account(Base):
    """One connected mailbox with its calendars, or one owner's archives."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("user_id", "provider", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[Line]
    address: Mapped[Line]
    state: Mapped[Line] = mapped_column(default="active")  # active | needs_person | disconnected
    trouble: Mapped[MaybeLine]  # what the person should know, in one sentence
    reported_at: Mapped[MaybeAt]  # when a digest said that it needs the person
    scopes: Mapped[Line] = mapped_column(default="")
    sources: Mapped[Line] = mapped_column(default="[]")  # an archive's paths, as JSON
    connected_at: Mapped[At]
    discovered_at: Mapped[MaybeAt]  # when its streams were last looked for
    subject: Mapped[MaybeLine]  # the provider's own id of it, which stays when its address is changed
    paused_until: Mapped[MaybeAt]  # one shared pause per account, when the provider asks for it


class Secret(Base):
    """What opens an account, for reading it or for sending from it; sealed, and stored nowhere else."""

    __tablename__ = "secrets"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    purpose: Mapped[Key] = mapped_column(default="read")  # read | send: each by a consent of its own
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[Line]  # the fingerprint of the key that sealed it: what is to be sealed again is found without opening


class PushSubscription(Base):
    """A subscription to notifications about an account, or why there is none; polling goes on either way."""

    __tablename__ = "push_subscriptions"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[Line] = mapped_column(default="")  # the hash of where notifications go; "" if nowhere
    name: Mapped[MaybeLine]  # the provider's id of it
    secret: Mapped[Line] = mapped_column(default="")  # the hash of what its notifications must carry
    until: Mapped[MaybeAt]  # when it ends
    due_at: Mapped[At]  # when it is to be renewed, or asked for again
    trouble: Mapped[MaybeLine]  # why there is none, in one sentence


class SendingConsent(Base):
    """The consent to send a user's digest through one of their accounts, from and to its own address.

    It is there only where it was asked for by name; reading never needs it, and goes on without it.
    """

    __tablename__ = "sending_consents"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    granted_at: Mapped[At]
    trouble: Mapped[MaybeLine]  # why it no longer serves, and what to do


class StreamState(Base):
    """Where the reading of one stream stands.

    `round` counts full listings; while `sweeping`, what an earlier round saw last is gone once the listing ends.
    `fence` grows with every lease, so that a stale worker's commit fails.
    """

    __tablename__ = "streams"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    kind: Mapped[Line]
    name: Mapped[Line]
    title: Mapped[Line]
    cursor: Mapped[MaybeLine]
    round: Mapped[int] = mapped_column(default=0)
    sweeping: Mapped[bool] = mapped_column(default=False)
    unfinished: Mapped[bool] = mapped_column(default=True)
    listed: Mapped[int | None]
    done: Mapped[int | None] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    unit: Mapped[MaybeLine]
    began_at: Mapped[MaybeAt]
    synced_at: Mapped[MaybeAt]  # when it was last read to its end
    newest_at: Mapped[MaybeAt]  # when the newest thing in it was written: a file is silent about what came later
    audited_at: Mapped[MaybeAt]  # when it was last compared with what the provider lists
    due_at: Mapped[MaybeAt]
    asked_at: Mapped[MaybeAt]  # when the queue was last asked to read it
    notified_at: Mapped[MaybeAt]  # when the provider last notified of something new
    generation: Mapped[int] = mapped_column(default=0, server_default="0")  # grows with each request to read it
    interval: Mapped[int] = mapped_column(default=120)  # seconds until it is looked at again; grows while nothing comes
    trouble: Mapped[MaybeLine]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    retired: Mapped[bool] = mapped_column(default=False)  # the provider no longer offers it
    usage: Mapped[MaybeLine]  # units of the provider in the last minute of its lease, as JSON [[at, units], ...]
    leased_by: Mapped[MaybeLine]
    leased_until: Mapped[MaybeAt]
    fence: Mapped[int] = mapped_column(default=0)


class Lock(Base):
    """Who holds the lock on something only one process may do at a time, such as scheduling."""

    __tablename__ = "locks"

    name: Mapped[Line] = mapped_column(primary_key=True)
    held_by: Mapped[Line]
    until: Mapped[At]
