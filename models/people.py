"""Who there is: addresses, the people behind them, the user's own addresses, and what the user decided."""

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, SmallInteger, UniqueConstraint, text

from models.base import At, Base, Key, Line, MaybeAt, MaybeLine, serving
from models.declarative import Mapped, mapped_column
from models.digests import Digest
from models.words import MaybeWorded, WordKey

#: What finds mailing lists among addresses, in the very words of their index.
LISTS = text("kind = 'list'")


class Address(Base):
    """A mailbox that was seen, and whose it is. `name`: the newest, its owner's own before what others wrote.

    `number` is what participations call it, and is known nowhere else: it tells only which was seen before which.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("user_id", "address"),
        serving("ix_addresses_person", "user_id", "person", by="worker.judgement.beside.whose"),
        serving("ix_addresses_lists", "user_id", sqlite_where=LISTS, by="worker.ingest.learn._known_addresses"),
        serving(
            "ix_addresses_touched", "user_id", sqlite_where=text("touched = 1"), by="worker.identity.resolve.resolve"
        ),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address: Mapped[Line]
    name: Mapped[Line] = mapped_column(default="")
    name_own: Mapped[int] = mapped_column(SmallInteger, default=0)
    name_at: Mapped[int] = mapped_column(BigInteger, default=0)
    kind: Mapped[Line]  # person | role | robot | relay | list | room | unusable
    person: Mapped[MaybeLine]
    why: Mapped[MaybeWorded]  # why it belongs to that person, in words
    touched: Mapped[bool] = mapped_column(default=True)  # its person has to be found, or assessed, again
    outsider: Mapped[bool | None]  # the user isn't two-way with its person: what it says of others is no fact


class Evidence(Base):
    """A piece of evidence about an address, from one email or from what an account is connected with.

    It goes with its account, and is derived again with its record; what follows from it is never stored here.
    """

    __tablename__ = "evidence"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    fact: Mapped[WordKey]  # mine | list
    address: Mapped[Key]
    kind: Mapped[WordKey]  # stated | sent | through | written
    at: Mapped[At] = mapped_column(primary_key=True)  # when the email was written; 1970 for what was stated
    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # the identity of the email, or "" for what was stated
    source: Mapped[str] = mapped_column(Digest, primary_key=True)
    why: Mapped[MaybeLine]  # in words, where it was stated


class OwnAddress(Base):
    """An address of the user as concluded from evidence and decisions, and why."""

    __tablename__ = "own_addresses"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    address: Mapped[Key]
    why: Mapped[Line]


class Person(Base):
    """A human with one or more addresses; `key` is one of them, the same whatever the order of arrival."""

    __tablename__ = "people"
    __table_args__ = (
        serving("ix_people_due", "user_id", "due_at", by="worker.judgement.keep.refresh._late"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key: Mapped[Key]
    name: Mapped[Line] = mapped_column(default="")
    due_at: Mapped[MaybeAt]  # when the next assessment is due


class MatchEvidence(Base):
    """Strong evidence that two addresses are one person: an interaction that shows it, or an export that remembers it.

    Anyone can put a name into a header: unless `sure`, it counts only where the other address shows the same, and the
    user has answered both since.
    """

    __tablename__ = "match_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "interaction_id"], ["interactions.user_id", "interactions.id"], ondelete="CASCADE"
        ),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    interaction_id: Mapped[str] = mapped_column(Digest, primary_key=True)
    address: Mapped[Key]
    other: Mapped[Key]
    why: Mapped[Line]
    sure: Mapped[bool] = mapped_column(default=False)


class Decision(Base):
    """Something the user said of an address or a domain; it survives every recomputation.

    kind: merge (object: the other address) | split | block | mute | rest | snooze (until) | forget | me | not me |
    once me (of an account that was erased: a hash, as forget) | keep | introduced (object: by whom) |
    not introduced (object: by whom) | never introduce (object: to whom) |
    tends (subject: how many people).
    """

    __tablename__ = "decisions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[Key]
    subject: Mapped[Key]
    object: Mapped[Key] = mapped_column(default="")
    at: Mapped[At]
    until: Mapped[MaybeAt]


class TakenAction(Base):
    """An action the user took on a person, or on the digest, by one tap; it can be undone, and is confirmed once."""

    __tablename__ = "actions"
    __table_args__ = (
        serving("ix_actions_at", "user_id", "at", by="worker.decisions.actions.recent_actions"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    id: Mapped[Key]  # of a signed word: derived from it, so that it does nothing twice
    action: Mapped[Line]  # snooze | talked | rest | mute | fewer | more | stop
    person: Mapped[Line]  # a person's key; "" for what is about the digest
    at: Mapped[At]
    via: Mapped[Line]  # mail | link | page | api | assistant | command
    before: Mapped[Line]  # what undoing it restores, as JSON
    undone_at: Mapped[MaybeAt]
    confirmed_in: Mapped[MaybeLine]  # the digest that confirmed it
