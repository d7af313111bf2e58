"""What happened: sightings as they were shown to us, and the interactions they amount to."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, SmallInteger, UniqueConstraint, text

from models.base import At, Base, Key, Line, MaybeAt, MaybeLine, serving
from models.declarative import Mapped, mapped_column
from models.digests import BEGINNING, Digest
from models.learned import Packed
from models.words import LETTERS, MaybeWorded, Worded

#: What the identities of sightings are found by, in the very words of their index (see models.digests.beginning).
IDENTITY_BEGINS = text(f"substr(identity, 1, {BEGINNING})")
#: What finds sightings that became no interaction, in the very words of their index.
NOT_HELD = text(f"outcome <> '{LETTERS['held']}'")


class Sighting(Base):
    """The stored fact that a stream showed us a record: kept as an interaction, or skipped with a reason.

    `record` is the record itself (msgspec JSON), so that changed filters and merges judge it again without fetching.
    SQL cannot look into it: it is stored packed (worker.ingest.stored looks through records).
    """

    __tablename__ = "sightings"
    __table_args__ = (
        serving("ix_sightings_identity", "user_id", IDENTITY_BEGINS, by="worker.ingest.reprocess._read_copies"),
        serving(
            "ix_sightings_series",
            "user_id",
            "series",
            sqlite_where=text("series IS NOT NULL"),
            by="worker.ingest.meetings.series.in_other_streams",
        ),
        # covers the counting of what became of all that isn't held, which a page asks for again and again
        serving(
            "ix_sightings_outcome",
            "user_id",
            "stream_id",
            "outcome",
            "reason",
            sqlite_where=NOT_HELD,
            by="worker.sync.completeness._outcomes",
        ),
        serving(
            "ix_sightings_stale",
            "user_id",
            sqlite_where=text("stale = 1"),
            by="worker.ingest.reprocess.reprocess_stale",
        ),
    )

    stream_id: Mapped[int] = mapped_column(
        ForeignKey("streams.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key: Mapped[Key]
    user_id: Mapped[int]
    # what the record is about, whoever shows it: 32 hex digits, or "" while only its id is known
    identity: Mapped[str] = mapped_column(Digest)
    series: Mapped[str | None] = mapped_column(Digest)  # of a meeting: what all occurrences of its series share
    outcome: Mapped[Worded]  # held | skipped | deferred
    reason: Mapped[MaybeWorded]
    gone_at: Mapped[MaybeAt]  # since when the provider no longer shows it
    round: Mapped[int]
    stale: Mapped[bool] = mapped_column(default=False)
    record: Mapped[bytes | None] = mapped_column(Packed)


class Unreadable(Base):
    """Something in a stream that could not be read: counted, listed, and never in the way of the rest."""

    __tablename__ = "unreadable"
    __table_args__ = ({"sqlite_with_rowid": False},)

    stream_id: Mapped[int] = mapped_column(
        ForeignKey("streams.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[Key]
    user_id: Mapped[int]
    key: Mapped[MaybeLine]  # under which it appears once it can be read
    reason: Mapped[Line]
    round: Mapped[int]


class Interaction(Base):
    """One real touch between the user and others: one mail, or one meeting, from whichever accounts showed it.

    It counts from `counts_at` on: at once for a mail, at its end for a meeting. `id` begins with the identity. `number`
    is what its participations call it, and is known nowhere else: it tells only in which order rows were written.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        UniqueConstraint("user_id", "id"),
        # of one second there are few: they are put in order where they are read
        serving("ix_interactions_time", "user_id", "occurred_at", by="worker.export.lines.write._rows"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    id: Mapped[str] = mapped_column(Digest)
    account: Mapped[Line]
    channel: Mapped[Worded]
    direction: Mapped[Worded]
    occurred_at: Mapped[At]
    ends_at: Mapped[MaybeAt]
    counts_at: Mapped[At]
    subject: Mapped[MaybeLine]
    thread: Mapped[MaybeLine]
    message_id: Mapped[MaybeLine]
    ical_uid: Mapped[MaybeLine]
    recurrence_at: Mapped[MaybeAt]
    group_size: Mapped[int]
    my_role: Mapped[MaybeWorded]
    my_response: Mapped[MaybeWorded]


class Participation(Base):
    """An address in an interaction, in its strongest role; the user's own addresses are left out.

    `touch` is what the interaction was between the user and this address (models.enums.Touch), None if no contact.
    """

    __tablename__ = "participations"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "address"], ["addresses.user_id", "addresses.number"], ondelete="CASCADE"),
        # covers the reading of a person's whole history without touching the table
        serving(
            "ix_participations_address",
            "user_id",
            "address",
            "at",
            "counts_at",
            "touch",
            by="worker.judgement.histories.touches",
        ),
        {"sqlite_with_rowid": False},
    )

    interaction: Mapped[int] = mapped_column(
        ForeignKey("interactions.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    address: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # its number
    user_id: Mapped[int]
    role: Mapped[Worded]
    response: Mapped[MaybeWorded]
    name: Mapped[Line]  # what the address is called there, or ""
    touch: Mapped[int | None] = mapped_column(SmallInteger)
    at: Mapped[At]
    counts_at: Mapped[At]
