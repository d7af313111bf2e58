"""What a digest said is remembered, so that nobody is named twice without news; and the next one asks for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.accounts import Account
from models.base import seconds
from models.enums import FILES
from models.history import NOT_HELD, Participation, Sighting
from models.judgement import DigestLine, StoredDigest
from models.people import Address, Decision, TakenAction
from models.records import EmailRecord
from worker.app.runtime import Runtime
from worker.digest.choose.choice import Listing
from worker.digest.choose.occasions.leave import Leave, away_until
from worker.digest.digest import Digest, Line, LineKind
from worker.identity.merges import Merge
from worker.identity.resolve import WRITTEN, clusters_of
from worker.storage.bulk import put
from worker.storage.conditions import there_is
from worker.storage.transactions import writing

#: How long an automatic reply is taken to mean that somebody is away.
AWAY = timedelta(days=21)
#: How far back an automatic reply is looked for: who has been back for so long is not missed because of it.
LOOKED_BACK = timedelta(days=180)
#: How long after an email its automatic replies come: servers try for days.
ANSWERED_WITHIN = timedelta(days=5)
#: The decision that notes that a digest has announced a merge, and how many it announces.
ANNOUNCED_MERGE, MERGES = "told merge", 3
MAIL = msgspec.json.Decoder(EmailRecord)
ENCODE = msgspec.json.Encoder().encode


def remember(runtime: Runtime, user_id: int, digest: Digest) -> None:
    """Note what a digest said on the screen, so that nobody is named twice without news; once for each period.

    An introduction that was only looked at, often while trying things out, does not use up its lines: the first
    regular digest may name the same people.
    """
    with writing(runtime.engine) as connection:
        put(
            connection,
            StoredDigest,
            ("user_id", "period", "made_at"),
            [(user_id, digest.period, seconds(digest.as_of))],
            "ON CONFLICT (user_id, period) DO NOTHING",
        )
        _keep(connection, user_id, digest)
        note(connection, user_id, replace(digest, lines=()) if digest.first else digest)


def note(connection: Connection, user_id: int, digest: Digest) -> None:
    """Note the people and accounts a digest named, and what it said, in the transaction that stores it."""
    _keep(connection, user_id, digest)
    _note_lines(connection, user_id, digest)
    put(
        connection,
        Decision,
        ("user_id", "kind", "subject", "object", "at"),
        [(user_id, ANNOUNCED_MERGE, address, person, seconds(digest.as_of)) for address, person in digest.merged],
        "ON CONFLICT (user_id, kind, subject, object) DO NOTHING",
    )
    for one in digest.done:
        mine = (TakenAction.user_id == user_id, TakenAction.id == one.action)
        connection.execute(update(TakenAction).where(*mine).values(confirmed_in=digest.period))
    if digest.notes:
        first_time = (Account.state == "needs_person") & Account.reported_at.is_(None)
        for which in (first_time, Account.provider.in_(FILES)):
            mine = (Account.user_id == user_id, which)
            connection.execute(update(Account).where(*mine).values(reported_at=digest.as_of))


def _note_lines(connection: Connection, user_id: int, digest: Digest) -> None:
    """Note each person a digest named, in the order of its lines; who moved comes after them."""
    user_and_period, at = (user_id, digest.period), seconds(digest.as_of)
    named = [
        (*user_and_period, person, line.kind, at, _last(line), line.cold_probability, place)
        for place, line in enumerate(digest.lines)
        for person in (line.person, *(other.person for other in line.others))
    ]
    moved = [
        (*user_and_period, person, LineKind.MOVED, at, None, None, place)
        for place, person in enumerate(digest.moved, start=len(digest.lines))
    ]
    put(
        connection,
        DigestLine,
        ("user_id", "period", "person", "kind", "at", "last_at", "said", "position"),
        named + moved,
        "ON CONFLICT (user_id, period, person) DO NOTHING",
    )


def _keep(connection: Connection, user_id: int, digest: Digest) -> None:
    """Keep what a digest says, for pages and programs, unless that is kept already."""
    connection.execute(
        update(StoredDigest)
        .where(StoredDigest.user_id == user_id, StoredDigest.period == digest.period, StoredDigest.content.is_(None))
        .values(content=ENCODE(digest))
    )


def _last(line: Line) -> int | None:
    moments = [at for at in (line.last.met_at, line.last.talked_at, line.last.wrote_at) if at is not None]
    return seconds(max(moments)) if moments else None


def not_announced(connection: Connection, user_id: int, period: str, merges: Sequence[Merge]) -> list[Merge]:
    """Leave out the merges that an earlier digest announced; few at a time."""
    made = select(StoredDigest.made_at).where(StoredDigest.user_id == user_id, StoredDigest.period == period)
    since = connection.scalar(made)
    announced = {
        (row.subject, row.object)
        for row in connection.execute(
            select(Decision.subject, Decision.object, Decision.at).where(
                Decision.user_id == user_id, Decision.kind == ANNOUNCED_MERGE
            )
        )
        if since is None or row.at < since  # asked again in its week, a digest says the same
    }
    return [one for one in merges if (one.address, one.person) not in announced][:MERGES]


def past(connection: Connection, user_id: int, period: str, now: datetime) -> list[Listing]:
    """What earlier digests said, by whoever those people are now."""
    clusters = clusters_of(connection, user_id)
    rows = connection.execute(
        select(DigestLine.person, DigestLine.kind, DigestLine.at, DigestLine.last_at, DigestLine.said)
        .where(DigestLine.user_id == user_id, DigestLine.period != period, DigestLine.at <= now)
        .order_by(DigestLine.at, DigestLine.position)
    )
    return [Listing(clusters.person(row.person), LineKind(row.kind), row.at, row.last_at, row.said) for row in rows]


def quiet(connection: Connection, user_id: int, now: datetime) -> dict[str, str]:
    """The people the user does not want to hear of just now, and why."""
    clusters = clusters_of(connection, user_id)
    said = connection.execute(
        select(Decision.kind, Decision.subject, Decision.until).where(
            Decision.user_id == user_id, Decision.kind.in_(("snooze", "mute"))
        )
    )
    found: dict[str, str] = {}
    for kind, subject, until in said:
        if kind == "mute":
            found[clusters.person(subject)] = "muted"
        elif until is not None and until > now:
            found.setdefault(clusters.person(subject), f"snoozed until {until.day} {until:%B}")
    return found


def woken(connection: Connection, user_id: int, now: datetime) -> dict[str, datetime]:
    """Whose snooze has ended, and when."""
    clusters = clusters_of(connection, user_id)
    said = connection.execute(
        select(Decision.subject, Decision.until).where(
            Decision.user_id == user_id, Decision.kind == "snooze", Decision.until <= now
        )
    )
    return {clusters.person(subject): until for subject, until in said if until is not None}


def leaves(connection: Connection, user_id: int, now: datetime) -> dict[str, list[Leave]]:
    """Who has answered automatically, and until when they are away: the day they named, else for some weeks.

    An automatic reply answers something: one that follows nothing the user wrote to that address proves nothing. The
    leaves that ended in the half year before `now` are given too.
    """
    clusters = clusters_of(connection, user_id)
    away: dict[str, list[Leave]] = defaultdict(list)
    replies = connection.scalars(
        select(Sighting.record).where(
            Sighting.user_id == user_id, NOT_HELD, Sighting.outcome == "skipped", Sighting.reason == "automatic reply"
        )
    )
    for record in replies:
        mail = MAIL.decode(record or b"{}")
        at = mail.received_at or mail.sent_at
        if mail.sender is None or at is None or at > now or mail.dmarc == "fail":
            continue
        until = away_until(mail.subject or "", at) or at + AWAY
        if until > now - LOOKED_BACK and _wrote(connection, user_id, mail.sender.address.lower(), at):
            away[clusters.person(mail.sender.address)].append(Leave(at, until))
    return away


def _wrote(connection: Connection, user_id: int, address: str, at: datetime) -> bool:
    """Whether the user had written to an address shortly before."""
    part = Participation
    return bool(
        connection.scalar(
            select(
                there_is(
                    part.user_id == user_id,
                    Address.user_id == user_id,
                    Address.address == address,
                    part.address == Address.number,
                    part.touch.in_(WRITTEN),
                    part.at.between(at - ANSWERED_WITHIN, at + timedelta(hours=1)),
                )
            )
        )
    )
