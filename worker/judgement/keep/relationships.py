"""How things stand with people: from the stored judgement where it is that of the moment, else from the history.

What reads and judges histories is loaded where it is called: most questions are answered by what is stored.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from models.enums import Stage
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.stored import Dates, Relationship, current, is_current, need_of

if TYPE_CHECKING:
    from worker.judgement.assessment import Assessment
    from worker.judgement.facts import History


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which relationships are asked for, and in which order."""

    people: Collection[str] | None = None  # only these; None for everyone
    stage: Stage | None = None
    needing: bool = False  # only people who are going cold or have gone cold
    by_depth: bool = False  # the deepest first, instead of those who need a word most
    limit: int | None = None


def relationships(
    connection: Connection,
    user_id: int,
    rules: RulesSource,
    now: datetime,
    wanted: Wanted | None = None,
) -> list[Relationship]:
    """Say how things stand as of `now`: as stored if no one is due, else everyone is judged from the history.

    Args:
        connection: an open transaction.
        user_id: whose relationships.
        rules: the rules in force; loaded only where something has to be judged.
        now: aware UTC.
        wanted: which ones, and their order; everyone unless given.
    """
    wanted = wanted or Wanted()
    if is_current(connection, user_id, now, rules.fingerprint):
        return current(
            connection,
            user_id,
            wanted.people,
            stage=wanted.stage,
            needing=wanted.needing,
            by_depth=wanted.by_depth,
            limit=wanted.limit,
        )
    return _anew(connection, user_id, rules, now, wanted)


def _anew(
    connection: Connection, user_id: int, rules: RulesSource, now: datetime, wanted: Wanted
) -> list[Relationship]:
    """Judge everyone from the history."""
    from worker.identity.find_person import everybody
    from worker.judgement.keep.refresh import judged

    known = everybody(connection, user_id)
    found = [
        Relationship(person, known[person].name, known[person].addresses, Dates.of(history), judgement)
        for person, (history, judgement) in judged(connection, user_id, rules(), now).items()
        if (wanted.people is None or person in wanted.people)
        and wanted.stage in {None, judgement.stage}
        and (not wanted.needing or need_of(judgement) > 0)
    ]
    found.sort(key=lambda one: (wanted.by_depth or -need_of(one.judgement), -one.judgement.depth, one.person))
    return found[: wanted.limit]


def with_histories(
    connection: Connection, user_id: int, rules: RulesSource, now: datetime, *, threads: bool = False
) -> "Mapping[str, tuple[History, Assessment]]":
    """Return everyone's history with how things stand as of `now`, stored or judged again; what a digest chooses from.

    Histories hold their `threads` only where asked for: what is judged already needs them no more.
    """
    from worker.judgement.histories import histories
    from worker.judgement.keep.kinds import with_kinds
    from worker.judgement.keep.refresh import decided, judged

    if not is_current(connection, user_id, now, rules.fingerprint):
        return judged(connection, user_id, rules(), now)
    known = with_kinds(
        connection,
        user_id,
        dict(histories(connection, user_id, now, threads=threads)),
        decided(connection, user_id).keep,
    )
    stored = {one.person: one.judgement for one in current(connection, user_id)}
    return {person: (history, stored[person]) for person, history in known.items() if person in stored}


def history_of(connection: Connection, user_id: int, now: datetime, person: str) -> "History":
    """Read what happened with one person; what is judged already needs its threads no more."""
    from worker.judgement.facts import History
    from worker.judgement.histories import histories
    from worker.judgement.keep.kinds import with_kinds
    from worker.judgement.keep.refresh import decided

    found = dict(histories(connection, user_id, now, {person}, threads=False))
    return with_kinds(connection, user_id, found, decided(connection, user_id).keep).get(person, History(days=()))
