"""Reading the introductions that were found, as between people, for whoever shows them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.declarative import aliased
from models.judgement import Introduction
from models.people import Address, Decision
from worker.identity.resolve import CONFIRMED, clusters_of
from worker.network.introductions.signs import SENTENCES, Sign

#: from here on something that does not count is worth a question
LIKELY = 0.45
NEW, FRIEND = aliased(Address), aliased(Address)
ROWS = (
    select(
        NEW.person.label("new"), FRIEND.person.label("friend"), Introduction.at, Introduction.known_at,
        Introduction.confidence, Introduction.signs, Introduction.evidence, Introduction.counts,
    )
    .join(NEW, (NEW.user_id == Introduction.user_id) & (NEW.address == Introduction.introduced))
    .join(FRIEND, (FRIEND.user_id == Introduction.user_id) & (FRIEND.address == Introduction.introducer))
    .where(NEW.person.is_not(None), FRIEND.person.is_not(None), NEW.person != FRIEND.person)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """One introduction: `introducer` brought `introduced` and the user together (person keys)."""

    introducer: str
    introduced: str
    at: datetime  # aware UTC: when it was made
    confidence: float  # 0 to 1: how sure it is that this was one
    because: tuple[str, ...]  # what it stands on, in words
    evidence: tuple[str, ...]  # interaction ids
    counts: bool  # False: likely, but not sure enough unless the user says so
    confirmed: bool  # the user said so


def introductions(
    connection: Connection, user_id: int, now: datetime, people: Collection[str] | None = None
) -> list[Known]:
    """Read what was known at `now`: the introductions that count, and those worth a question, the newest first.

    Args:
        connection: an open transaction.
        user_id: whose.
        now: aware UTC.
        people: only of or by these person keys; None for all.
    """
    confirmed = _confirmed(connection, user_id)
    rows: Any = connection.execute(
        ROWS.where(
            Introduction.user_id == user_id,
            Introduction.known_at <= now,
            Introduction.counts | (Introduction.confidence >= LIKELY),
        )
    )
    found: dict[tuple[str, str], Known] = {}
    for row in rows:
        if people is not None and not {row.new, row.friend} & set(people):
            continue
        one = _known(row, confirmed=(row.new, row.friend) in confirmed)
        before = found.get((row.new, row.friend))
        if before is None or (one.counts, one.confidence) > (before.counts, before.confidence):
            found[row.new, row.friend] = one
    return sorted(found.values(), key=lambda one: (one.at, one.introduced), reverse=True)


def _confirmed(connection: Connection, user_id: int) -> set[tuple[str, str]]:
    """The introductions the user confirmed: who was introduced and who introduced them, whoever they are now."""
    said = connection.execute(
        select(Decision.subject, Decision.object).where(Decision.user_id == user_id, Decision.kind == CONFIRMED)
    ).all()
    person = clusters_of(connection, user_id).person if said else str
    return {(person(row.subject), person(row.object)) for row in said}


def _known(row: Any, *, confirmed: bool) -> Known:
    """One row of `ROWS` as a value."""
    because = [SENTENCES[sign] for sign in map(Sign, filter(None, row.signs.split(","))) if sign in SENTENCES]
    if confirmed:
        because.append("you said so")
    evidence = tuple(row.evidence.split())
    return Known(row.friend, row.new, row.at, row.confidence, tuple(because), evidence, row.counts, confirmed)


def counted(connection: Connection, user_id: int, now: datetime) -> list[Known]:
    """Read only the introductions that count, the oldest first, one for each person who was introduced."""
    found: dict[str, Known] = {}
    for one in reversed(introductions(connection, user_id, now)):
        if one.counts:
            found.setdefault(one.introduced, one)
    return list(found.values())
