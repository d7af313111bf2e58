"""What follows every reading: stale sightings are classified again, people found, and those who are due assessed."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, select
from sqlalchemy.engine import Connection

from models.history import Sighting
from models.people import Address
from worker.app.runtime import Runtime
from worker.app.users import hold
from worker.decisions.erase.subjects import purge_subjects
from worker.identity.resolve import SAID, decisions_of, persons_of, resolve
from worker.ingest.evidence.lists import MAYBE_LISTS, conclude_touched
from worker.ingest.reprocess import STALE, reprocess_stale
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.outsiders import settle_many
from worker.judgement.keep.refresh import due_now, refresh
from worker.storage.conditions import there_is
from worker.storage.engine import scrub, tune
from worker.storage.transactions import writing

#: So many touched addresses mean that so much has come that the database should look at its rows again.
MANY = 100


def recompute(runtime: Runtime, user_id: int) -> int:
    """Bring everything that depends on the sightings up to date; returns how many people were assessed."""
    if not runtime.settings.keep_subjects and purge_subjects(runtime.engine, user_id):
        scrub(runtime.engine)
    now, rules = runtime.clock(), RulesSource(runtime.settings.rules)
    assessed = 0
    more = concluding = True
    while more:  # one new mail is settled in one transaction, much that is new in several
        with writing(runtime.engine) as connection:
            hold(connection, user_id)
            waiting = _waiting(connection, user_id)
            more = waiting.stale and reprocess_stale(connection, user_id, keep_subjects=runtime.settings.keep_subjects)
            if not more and concluding:
                more = concluding = waiting.lists and conclude_touched(connection, user_id)
            if more:
                continue
            # once for all who respect them
            decisions = decisions_of(connection, user_id) if waiting.decided else ()
            met = _meet(connection, user_id, now, decisions)
            more = met.many
            if not more:
                found = refresh(connection, user_id, rules, now, decisions, met.due)
                assessed += found.people
                more = found.more
    return assessed


class _Waiting(NamedTuple):
    """What there is to do before people are found, and whether the user ever decided anything about people."""

    stale: bool
    lists: bool
    decided: bool


def _waiting(connection: Connection, user_id: int) -> _Waiting:
    """Ask once what each of them would ask, nearly always for nothing."""
    return _Waiting(*connection.execute(_asked(), {"user": user_id}).one())


@cache
def _asked() -> Select[Any]:
    asked: Any = select(there_is(*STALE), there_is(*MAYBE_LISTS), there_is(*SAID))
    return asked  # type: ignore[no-any-return]


class _Met(NamedTuple):
    """Whether many addresses were resolved, and else whom to assess beside those who are due."""

    many: bool
    due: Sequence[str]


def _meet(connection: Connection, user_id: int, now: datetime, decisions: Sequence[Any]) -> _Met:
    """Find the people behind touched addresses."""
    found = resolve(connection, user_id, now, decisions)
    if not found.addresses:
        return _Met(many=False, due=())
    from worker.network.introductions.keep import recognise  # most readings bring nobody to be introduced

    many = len(found.addresses) >= MANY
    if many:  # what comes next joins all of them with what they took part in
        due_now(connection, user_id, found.unchanged, now)
        tune(connection)
    strangers = None if found.introductions else found.people
    introduced = recognise(connection, user_id, found.addresses, decisions, strangers)
    if introduced:
        due_now(connection, user_id, persons_of(connection, user_id, introduced), now)
    if many:
        settle_many(connection, user_id, found.addresses)
    return _Met(many, found.unchanged)


def needs_recompute(connection: Connection, user_id: int) -> bool:
    """Whether something read has not been worked into people and interactions yet."""
    return bool(
        connection.scalar(
            select(
                exists().where(Sighting.user_id == user_id, Sighting.stale)
                | exists().where(Address.user_id == user_id, Address.touched)
            )
        )
    )
