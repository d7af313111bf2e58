"""What we think of it: assessments, introductions, and the digest_lines that were given."""

from sqlalchemy import ForeignKey, LargeBinary, text

from models.base import At, Base, Key, Line, MaybeAt, MaybeLine, serving
from models.declarative import Mapped, mapped_column


class StoredAssessment(Base):
    """The last judgement of one relationship: a cache of a pure function of the history, made `as_of` a moment.

    `incomplete`: made while not everything had been read; it is made again as soon as everything has.
    `beats`: when the two talked, where tomorrow can say no more than that the silence goes on: the document then holds
    what it says on the day it was made, and `warmth` what holds today. None: made again each day.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        serving("ix_assessments_incomplete", "user_id", "incomplete", by="worker.judgement.keep.refresh._late"),
        serving("ix_assessments_need", "user_id", "need", "depth", by="worker.views.people.people._statement"),
        serving("ix_assessments_depth", "user_id", "depth", by="worker.views.people.people._statement"),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person: Mapped[Key]
    as_of: Mapped[At]
    depth: Mapped[float]
    stage: Mapped[Line]
    warmth: Mapped[Line]
    need: Mapped[float] = mapped_column(server_default=text("0"))  # how overdue times how deep: who needs you first
    incomplete: Mapped[bool]
    document: Mapped[bytes] = mapped_column(LargeBinary)  # assessment and dates of contact, msgspec JSON, packed
    beats: Mapped[bytes | None] = mapped_column(LargeBinary)  # msgspec JSON; empty: the two were never in touch


class UserHabits(Base):
    """What is usual for a user, as of one day: read from all histories once a day, not for each new mail."""

    __tablename__ = "habits"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[int]  # UTC day number
    basis: Mapped[Line] = mapped_column(server_default=text("''"))  # the rules, and how far each account reached
    document: Mapped[bytes] = mapped_column(LargeBinary)


class Introduction(Base):
    """One person may have brought another and the user together: where, how sure it is, and whether it counts.

    It `counts` if it is sure enough or the user confirmed it, and the user has not refuted it.
    """

    __tablename__ = "introductions"
    __table_args__ = (
        serving(
            "ix_introductions_introducer", "user_id", "introducer", by="worker.network.introductions.keep.AFFECTED"
        ),
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    introduced: Mapped[Key]
    introducer: Mapped[Key]
    interaction_id: Mapped[Key]  # "" where only the user says so
    at: Mapped[At]
    known_at: Mapped[At]  # when there was enough to see it
    confidence: Mapped[float]
    signs: Mapped[Line]  # what it stands on, comma-separated
    evidence: Mapped[Line]  # interaction ids, separated by blanks
    counts: Mapped[bool]


class DigestLine(Base):
    """One line of one digest: the person it named, why, and how sure it was."""

    __tablename__ = "digest_lines"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    period: Mapped[Key]  # the week where the reader is: 2026-W47
    person: Mapped[Key]
    kind: Mapped[Line]
    at: Mapped[At]
    said: Mapped[float | None]  # the probability it was named with: how often that comes true is learned from
    last_at: Mapped[MaybeAt]  # the contact it was silent since: news is any later one
    position: Mapped[int]


class StoredDigest(Base):
    """A digest that was made for a period: one row, so that it goes out once, and always as the same mail."""

    __tablename__ = "digests"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    period: Mapped[Key]
    made_at: Mapped[At]
    # the mail as it goes out; empty: nothing was to be said; None: only shown so far
    document: Mapped[bytes | None] = mapped_column(LargeBinary)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)  # what it says, msgspec JSON, for pages and programs
    delivery_started_at: Mapped[MaybeAt]  # handing it over has begun, and its end is not known
    sent_at: Mapped[MaybeAt]
    message_id: Mapped[MaybeLine]
    uncertain_deliveries: Mapped[int] = mapped_column(
        server_default=text("0")
    )  # begun again without knowing how it had ended
    trouble: Mapped[MaybeLine]  # why it has not gone out, in one sentence
