"""Which digests are due, and which of them can be written: enough must be known."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from models.accounts import Account, SendingConsent, StreamState, User
from models.enums import StreamKind
from models.judgement import StoredDigest
from worker.app.settings import Settings
from worker.digest.deliver.timing import Occasion, occasion, season_occasion
from worker.sync.recompute import needs_recompute

#: How long a digest waits for a first reading to end: what is half known would be wrong.
PATIENCE = timedelta(days=1)
#: What was read this long before a digest is due is new enough for it: the quietest streams are read twice an hour.
FRESH = timedelta(hours=1)

#: How long a digest that may have gone out is looked for among the sent mail, and how soon it would be there.
LOOKED_FOR, SHOWN = timedelta(hours=2), timedelta(minutes=2)

#: What is stored in place of a mail for a week with nothing to say.
NOTHING = b""


def due_digests(connection: Connection, now: datetime) -> dict[int, list[str]]:
    """Name by user the periods whose digests are to go out: what is in the outbox, and what is due and can be made."""
    due: dict[int, list[str]] = {}
    for row in connection.execute(
        select(StoredDigest.user_id, StoredDigest.period)
        .where(StoredDigest.sent_at.is_(None), StoredDigest.document != NOTHING)
        .order_by(StoredDigest.user_id, StoredDigest.period)
    ):
        due.setdefault(row.user_id, []).append(row.period)
    coming = [*occasions(connection, now), *seasons(connection, now)]
    known = {
        (row.user_id, row.period)
        for row in connection.execute(
            select(StoredDigest.user_id, StoredDigest.period).where(
                or_(StoredDigest.document.is_not(None), StoredDigest.sent_at.is_not(None)),  # sent, then erased in part
                StoredDigest.period.in_({when.period for _, when in coming}),
            )
        )
    }
    for user_id, when in coming:
        if (user_id, when.period) not in known and _is_ready(connection, user_id, when.due_at, now):
            due.setdefault(user_id, []).append(when.period)
    return due


def with_a_way(connection: Connection, settings: Settings) -> set[int]:
    """Name the users whose digests can go out by email: all where there is a mail server, else those with a consent."""
    everybody = select(User.id) if settings.smtp_url.get_secret_value() else select(SendingConsent.user_id)
    return set(connection.scalars(everybody))


def occasions(connection: Connection, now: datetime) -> list[tuple[int, Occasion]]:
    """Return by user who wants digests the occasion that came last, unless it came before the user did."""
    found = []
    for row in connection.execute(
        select(User.id, User.zone, User.digest_weekday, User.digest_hour, User.created_at).order_by(User.id)
    ):
        when = occasion(now, row.zone, row.digest_weekday, row.digest_hour)
        if when is not None and when.due_at >= row.created_at:
            found.append((row.id, when))
    return found


def seasons(connection: Connection, now: datetime) -> list[tuple[int, Occasion]]:
    """Return by user who wants digests the season that is due; the first digest introduces keepwarm before it."""
    made = select(StoredDigest.user_id, func.min(StoredDigest.made_at).label("first")).group_by(StoredDigest.user_id)
    introduced = {row.user_id: row.first for row in connection.execute(made)}
    found = []
    for row in connection.execute(select(User.id, User.zone, User.digest_weekday, User.digest_hour).order_by(User.id)):
        when = season_occasion(now, row.zone, row.digest_weekday, row.digest_hour)
        if when is not None and row.id in introduced and introduced[row.id] <= when.due_at:
            found.append((row.id, when))
    return found


def _is_ready(connection: Connection, user_id: int, due_at: datetime, now: datetime) -> bool:
    """Whether enough is known to write: what can be read was read lately, and was worked into people.

    A stream that fails, or an account that needs its person, is not waited for: that may be what the digest is about.
    A first reading is waited for only so long; one that goes on from where it was ends soon, or fails.
    """
    late = now - due_at > PATIENCE
    first = StreamState.synced_at.is_(None)
    awaited = first & (Account.connected_at > now - PATIENCE) if late else first
    unread = (
        select(StreamState.id)
        .join(Account, Account.id == StreamState.account_id)
        .where(
            StreamState.user_id == user_id,
            Account.state == "active",
            ~StreamState.retired,
            StreamState.failures == 0,
            or_(StreamState.synced_at < due_at - FRESH, awaited),
        )
        .limit(1)
    )
    return connection.scalar(unread) is None and (late or not needs_recompute(connection, user_id))


def to_be_read(connection: Connection, account_id: int, delivery_started_at: datetime, now: datetime) -> bool:
    """Whether it is still to be seen among an account's sent mail if a digest went out: it was not read since.

    A mailbox that cannot be read is waited for so long and no longer.
    """
    if now - delivery_started_at >= LOOKED_FOR:
        return False
    unread = (
        select(StreamState.id)
        .join(Account, Account.id == StreamState.account_id)
        .where(
            StreamState.account_id == account_id,
            StreamState.kind == StreamKind.MAIL,
            Account.state == "active",
            ~StreamState.retired,
            or_(StreamState.synced_at.is_(None), StreamState.synced_at < delivery_started_at + SHOWN),
        )
        .limit(1)
    )
    return connection.scalar(unread) is not None
