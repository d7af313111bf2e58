"""Organizations whose administrator connected them once, their people, and who shares with colleagues."""

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint

from models.base import At, Base, Key, Line, MaybeAt, MaybeLine
from models.declarative import Mapped, mapped_column

#: States of a member. Only of an active one is anything read; the others say why not.
WAITING, ACTIVE, SKIPPED, LEFT, OPTED_OUT = "waiting", "active", "skipped", "left", "opted out"


class Organization(Base):
    """An organization, with what opens its mailboxes (sealed), and which of them may be opened."""

    __tablename__ = "organizations"
    __table_args__ = (UniqueConstraint("provider", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[Line]
    name: Mapped[Line]  # the domain, or the tenant's id
    decided_by: Mapped[Line]  # the address of whoever decided it: every notice names it
    allowed: Mapped[Line]  # whose mailboxes, as JSON (worker.organizations.allowed)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[Line]  # the fingerprint of the key that sealed it
    connected_at: Mapped[At]
    checked_at: Mapped[MaybeAt]  # when its people were last compared with the allow-list
    trouble: Mapped[MaybeLine]  # what its administrator should know, in one sentence
    advice: Mapped[MaybeLine]  # what would hurt later, in one sentence


class Member(Base):
    """A person of an organization: invited by the allow-list, and why nothing is read where that is so."""

    __tablename__ = "members"
    __table_args__ = ({"sqlite_with_rowid": False},)

    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    address: Mapped[Key]
    state: Mapped[Line]  # waiting | active | skipped | left | opted out
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    noticed_at: Mapped[MaybeAt]  # when the notice was sent: nothing is read before
    left_at: Mapped[MaybeAt]  # since when the allow-list no longer names them: what was read is erased some days later
    trouble: Mapped[MaybeLine]


class OptOut(Base):
    """An address whose person wants nothing read: no administrator changes that, and disconnecting keeps it."""

    __tablename__ = "opt_outs"
    __table_args__ = ({"sqlite_with_rowid": False},)

    address: Mapped[Key]
    at: Mapped[At]


class Sharing(Base):
    """A person's consent to show colleagues of one team who they know at a firm, by stage alone."""

    __tablename__ = "sharing"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    team: Mapped[Line]
    since: Mapped[At]
