"""The relationships export: how things stand with everyone as of one moment, with the reasons."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from models.base import seconds
from worker.export.rows.columns import Column, Kind
from worker.export.rows.scope import Scope, stamp
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.relationships import Wanted
from worker.judgement.keep.relationships import relationships as judge
from worker.judgement.keep.stored import Relationship

COLUMNS: tuple[Column, ...] = (
    Column("person", Kind.TEXT),
    Column("name", Kind.TEXT),
    Column("addresses", Kind.JSON),
    Column("stage", Kind.PLAIN),
    Column("depth", Kind.NUMBER),
    Column("warmth", Kind.PLAIN),
    Column("first_at", Kind.MOMENT),
    Column("last_at", Kind.MOMENT),
    Column("last_in_at", Kind.MOMENT),
    Column("last_out_at", Kind.MOMENT),
    Column("next_meeting_at", Kind.MOMENT),
    Column("usual_gap_days", Kind.NUMBER),
    Column("silent_days", Kind.NUMBER),
    Column("cold_probability", Kind.NUMBER),
    Column("reasons", Kind.JSON),
    Column("as_of", Kind.MOMENT),
)


def relationships(connection: Connection, scope: Scope, rules: RulesSource) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the order of COLUMNS, in order of the people's keys; `since` and `until` bound the last contact."""
    wanted = Wanted(people=None if scope.person is None else {scope.person})
    found_ones = judge(connection, scope.user_id, rules, scope.now, wanted)
    for found in sorted(found_ones, key=lambda one: one.person):
        if _within(scope, found.dates.last_at):
            yield row(found, scope.now)


def as_json(found: Relationship, now: datetime) -> dict[str, Any]:
    """Write one relationship as an object."""
    return dict(zip((column.name for column in COLUMNS), row(found, now), strict=True))


def row(found: Relationship, now: datetime) -> tuple[Any, ...]:
    """Write one relationship as a row; depth rules give points, the reasons of warmth none."""
    history, judgement = found.dates, found.judgement
    return (
        found.person,
        found.name,
        list(found.addresses),
        judgement.stage.value,
        judgement.depth,
        judgement.warmth.value,
        _stamp(history.first_at),
        _stamp(history.last_at),
        _stamp(history.last_in_at),
        _stamp(history.last_out_at),
        _stamp(history.next_meeting_at),
        None if judgement.usual_gap_days is None else round(judgement.usual_gap_days, 2),
        judgement.silent_days,
        judgement.cold_probability,
        [{"rule": part.rule, "points": part.points, "reason": part.reason} for part in judgement.contributions]
        + [{"rule": "warmth", "points": 0.0, "reason": reason} for reason in judgement.reasons],
        _stamp(now),
    )


def _within(scope: Scope, last_at: datetime | None) -> bool:
    if scope.since is not None and (last_at is None or last_at < scope.since):
        return False
    return scope.until is None or (last_at is not None and last_at < scope.until)


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else stamp(seconds(at))
