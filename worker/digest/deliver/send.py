"""The outbox: a digest is made once for each period, stored as the mail it will be, and handed over until it is taken.

A period is a week, or a quarter whose season is looked back on.
made -> begun -> sent. A kill between the server's acceptance and our note of it leaves `begun`: then the same mail,
with the same Message-ID, goes out again, and the doubt is counted. Nothing else can repeat. Through an account, whose
own sent mail keepwarm reads, it is first waited for: Gmail gives each mail a Message-ID of its own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from models.judgement import StoredDigest
from models.people import Decision
from worker.app.runtime import Runtime
from worker.app.users import hold
from worker.digest.deliver.errors import NotSent, Unsure
from worker.digest.deliver.message import addressed, mail_of, message_id
from worker.digest.deliver.offers.ways import ways_for
from worker.digest.deliver.readiness import NOTHING, due_digests, to_be_read
from worker.digest.deliver.route import Way, way_of
from worker.digest.digest import Digest
from worker.digest.looking_back import season_digest
from worker.network.season.quarters import quarter_named
from worker.storage.transactions import reading, writing
from worker.wording.errors.sentence import sentence

Compose = Callable[[Runtime, int, datetime], Digest]
#: Notes what a digest said, in the transaction that stores it.
Remember = Callable[[Connection, int, Digest], None]


class Sent(StrEnum):
    """What became of a digest."""

    SENT = "sent"
    NOTHING = "nothing to say"
    ALREADY = "already sent"
    AWAITED = "may have gone out: looked for among the sent mail first"
    NOT_DUE = "not due"


def send_due(runtime: Runtime, user_id: int, compose: Compose, remember: Remember) -> Sent:
    """Send what is due: the digest of the present period, and any earlier one that could not be handed over in time.

    Raises:
        NotSent: with what to do about it; it stays in the outbox.
    """
    with reading(runtime.engine) as connection:
        periods = due_digests(connection, runtime.clock()).get(user_id, [])
    outcome = Sent.NOT_DUE
    for period in periods:
        outcome = send(runtime, user_id, period, compose, remember)
    return outcome


def send(runtime: Runtime, user_id: int, period: str, compose: Compose, remember: Remember) -> Sent:
    """Send the digest of a period: made now, unless it lies in the outbox; nothing to say is noted, too.

    Raises:
        NotSent: with what to do about it; it stays in the outbox.
    """
    way = way_of(runtime, user_id)
    with reading(runtime.engine) as connection:
        made = connection.execute(
            select(StoredDigest.document, StoredDigest.sent_at).where(
                StoredDigest.user_id == user_id, StoredDigest.period == period
            )
        ).one_or_none()
    if made is not None and made.sent_at is not None:
        return Sent.ALREADY
    if made is None or made.document is None:
        _make(runtime, user_id, period, compose, remember, way)
    mail = _begin(runtime, user_id, period, way)
    if isinstance(mail, Sent):
        return mail
    try:
        way.hand_over(_for(way, mail), f"{period}-{user_id}")
    except NotSent as error:
        kept = {} if isinstance(error, Unsure) else {"delivery_started_at": None}
        _note(runtime, user_id, period, {"trouble": sentence(error), **kept})
        raise
    _note(runtime, user_id, period, {"sent_at": runtime.clock(), "delivery_started_at": None, "trouble": None})
    return Sent.SENT


def _make(runtime: Runtime, user_id: int, period: str, compose: Compose, remember: Remember, way: Way) -> None:
    now, sender, to = runtime.clock(), way.sender, way.to
    with reading(runtime.engine) as connection:
        before = _forgotten(connection, user_id)
    quarter = quarter_named(period)
    if quarter is not None:
        digest = season_digest(runtime, user_id, quarter, now)
    else:
        digest = replace(compose(runtime, user_id, now), period=period)  # late, it is still that week's
    named = message_id(to, period, sender)
    try:
        mail = NOTHING
        if not digest.says_nothing:
            leave, links = ways_for(runtime, user_id, period, to)
            mail = mail_of(digest, sender=sender, to=to, named=named, now=now, leave=leave, links=links)
    except ValueError as error:
        raise _unaddressed(way) from error
    with writing(runtime.engine) as connection:
        hold(connection, user_id)
        if _forgotten(connection, user_id) != before:
            raise NotSent("digest.outdated")  # someone was erased while it was composed: the next look composes again
        own = (StoredDigest.user_id == user_id, StoredDigest.period == period)
        row = connection.execute(select(StoredDigest.document).where(*own)).one_or_none()
        if row is None:
            connection.execute(insert(StoredDigest).values(user_id=user_id, period=period, made_at=now))
        if row is None or row.document is None:  # another worker may have been quicker
            connection.execute(
                update(StoredDigest).where(*own).values(made_at=now, document=mail, message_id=named if mail else None)
            )
            remember(connection, user_id, digest)


def _forgotten(connection: Connection, user_id: int) -> int:
    return connection.scalar(select(func.count()).where(Decision.user_id == user_id, Decision.kind == "forget")) or 0


def _for(way: Way, mail: bytes) -> bytes:
    try:
        return addressed(mail, sender=way.sender, to=way.to)
    except ValueError as error:
        raise _unaddressed(way) from error


def _unaddressed(way: Way) -> NotSent:
    return NotSent("digest.bad_address", sender=way.sender, to=way.to)


def _begin(runtime: Runtime, user_id: int, period: str, way: Way) -> bytes | Sent:
    """Note that handing over begins, and give the mail; count it where an earlier beginning has no known end."""
    with writing(runtime.engine) as connection:
        own = (StoredDigest.user_id == user_id, StoredDigest.period == period)
        row = connection.execute(
            select(
                StoredDigest.document,
                StoredDigest.delivery_started_at,
                StoredDigest.sent_at,
                StoredDigest.uncertain_deliveries,
            )
            .where(*own)
            .with_for_update()
        ).one()
        if row.document == NOTHING:
            return Sent.NOTHING
        if row.sent_at is not None:
            return Sent.ALREADY
        if (
            row.delivery_started_at is not None
            and way.account_id
            and to_be_read(connection, way.account_id, row.delivery_started_at, runtime.clock())
        ):
            return Sent.AWAITED
        uncertain_deliveries = row.uncertain_deliveries + (row.delivery_started_at is not None)
        connection.execute(
            update(StoredDigest)
            .where(*own)
            .values(delivery_started_at=runtime.clock(), uncertain_deliveries=uncertain_deliveries)
        )
        mail: bytes = row.document
        return mail


def _note(runtime: Runtime, user_id: int, period: str, values: dict[str, object]) -> None:
    with writing(runtime.engine) as connection:
        connection.execute(
            update(StoredDigest).where(StoredDigest.user_id == user_id, StoredDigest.period == period).values(**values)
        )
