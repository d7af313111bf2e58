"""The console's own tables: sessions, links that sign in once, passkeys, outside identities, and what was done."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary

from models.base import At, Base, Key, Line, MaybeAt, MaybeLine, serving
from models.declarative import Mapped, mapped_column


class ConsoleSession(Base):
    """A signed-in browser. Only the hash of its cookie is stored.

    Without a user it belongs to whoever has the installation to themselves: on the first run no one is there yet.
    """

    __tablename__ = "console_sessions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    token: Mapped[Key]  # SHA-256, hex
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    way: Mapped[Line]  # link | passkey | oidc | proxy
    made_at: Mapped[At]
    used_at: Mapped[At]


class SignInLink(Base):
    """A link that signs in once; only its hash is stored. An invitation is one with a longer life."""

    __tablename__ = "sign_in_links"
    __table_args__ = ({"sqlite_with_rowid": False},)

    token: Mapped[Key]  # SHA-256, hex
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Line]  # link | invitation
    until: Mapped[At]


class Passkey(Base):
    """A public key that a user's device signs in with (WebAuthn)."""

    __tablename__ = "passkeys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    credential: Mapped[Key]  # base64url
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    signatures: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[Line] = mapped_column(default="")
    made_at: Mapped[At]
    used_at: Mapped[MaybeAt]


class OutsideIdentity(Base):
    """Who a user is at an issuer of OpenID Connect: its subject stays when an address changes hands."""

    __tablename__ = "outside_identities"
    __table_args__ = ({"sqlite_with_rowid": False},)

    issuer: Mapped[Key]
    subject: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[At]


class AuditEvent(Base):
    """Something that matters for security, and who did it from where; never a name of a contact."""

    __tablename__ = "audit_events"
    __table_args__ = (serving("ix_audit_events_user", "user_id", "id", by="worker.web.console.access.audit.recent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[At]
    event: Mapped[Line]
    place: Mapped[Line] = mapped_column(default="")  # the address of the client
    detail: Mapped[MaybeLine]
