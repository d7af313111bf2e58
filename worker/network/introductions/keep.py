"""Keeping introductions: found again for whoever was touched, and what the user said of them goes before."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, false, select, true, union
from sqlalchemy.engine import Connection

from models.base import seconds
from models.declarative import aliased
from models.judgement import Introduction
from models.people import Address
from worker.identity.resolve import CONFIRMED, REFUTED, clusters_of, decisions_of
from worker.network.introductions.events import Opening
from worker.network.introductions.read import meetings_with, openings
from worker.network.introductions.score import Score, score_opening
from worker.storage.bulk import chunks, put

COLUMNS = (
    "user_id", "interaction_id", "introducer", "introduced", "at", "known_at", "confidence", "signs", "evidence",
    "counts",
)  # fmt: skip


#: Made once, because aliases take long to make.
USER: Any = bindparam("user")
ADDRESSES: Any = bindparam("addresses", expanding=True)
FRIEND, NEW = aliased(Address), aliased(Address)
THEIRS = select(Address.person).where(
    Address.user_id == USER, Address.address.in_(ADDRESSES), Address.person.is_not(None)
)
OF_FRIENDS = select(FRIEND.address).where(FRIEND.user_id == USER, FRIEND.person.in_(THEIRS))
#: The people behind some addresses, and again (with "true") whoever of them, or by one of them, was introduced.
AFFECTED = union(
    THEIRS.add_columns(false()),
    select(NEW.person, true())
    .join(Introduction, (Introduction.user_id == NEW.user_id) & (Introduction.introduced == NEW.address))
    .where(NEW.user_id == USER, NEW.person.in_(THEIRS)),
    select(NEW.person, true())
    .join(Introduction, (Introduction.user_id == NEW.user_id) & (Introduction.introduced == NEW.address))
    .where(Introduction.user_id == USER, Introduction.introducer.in_(OF_FRIENDS), NEW.person.is_not(None)),
)
DROP = (
    delete(Introduction)
    .where(
        Introduction.user_id == USER,
        Introduction.introduced.in_(
            select(Address.address).where(
                Address.user_id == USER, Address.person.in_(bindparam("people", expanding=True))
            )
        ),
    )
    .returning(Introduction.introducer, Introduction.introduced, Introduction.counts)
)


class _Said(NamedTuple):
    """What the user said, between people as they are now; the addresses as it was said of them."""

    confirmed: dict[str, tuple[str, int, str, str]]  # introduced -> introducer, when, and the two addresses
    refuted: frozenset[tuple[str, str]]  # (introduced, introducer)


def recognise(
    connection: Connection,
    user_id: int,
    addresses: Sequence[str],
    decisions: Sequence[Any] | None = None,
    strangers: Collection[str] | None = None,
) -> set[str]:
    """Find again who introduced the people behind these addresses; what no longer holds is deleted.

    Whoever one of them may have introduced is looked at too: the user may only now be known to know them. Where it is
    known that no introduction of or by the people behind these addresses is stored, they are given as `strangers`.

    Returns:
        addresses of those whose introduction has changed: they have to be assessed again.
    """
    affected = (
        _affected(connection, user_id, addresses) if strangers is None else dict.fromkeys(sorted(strangers), False)
    )
    if not affected:
        return set()
    people = affected.keys()
    before = _drop(connection, user_id, [person for person, introduced in affected.items() if introduced])
    said = _said(connection, user_id, decisions)
    rows: list[tuple[Any, ...]] = []
    found = sorted(openings(connection, user_id, people), key=lambda one: (one.new, one.first.at, one.friend))
    for new, theirs in groupby(found, key=lambda one: one.new):
        rows += _rows(user_id, new, [(one, _scored(connection, user_id, one)) for one in theirs], said)
    known = {(row[2], row[3]) for row in rows if row[-1]}
    rows += [
        (user_id, "", friend, new, at, at, 1.0, "", "", True)
        for person, (_, at, new, friend) in sorted(said.confirmed.items())
        if person in people and not any(new == introduced for _, introduced in known)
    ]
    put(connection, Introduction, COLUMNS, rows)
    return {introduced for _, introduced in before ^ {(row[2], row[3]) for row in rows if row[-1]}}


def _affected(connection: Connection, user_id: int, addresses: Sequence[str]) -> dict[str, bool]:
    """Name the people behind these addresses, and those they may have introduced: whose introduction is stored?"""
    found: dict[str, bool] = {}
    for chunk in chunks(addresses):
        rows: Any = connection.execute(AFFECTED, {"user": user_id, "addresses": chunk})
        for person, introduced in rows:
            found[person] = found.get(person, False) or bool(introduced)
    return found


def _drop(connection: Connection, user_id: int, people: Collection[str]) -> set[tuple[str, str]]:
    """Take away what was found of these people; returns (introducer, introduced) of what counted."""
    gone: set[tuple[str, str]] = set()
    for chunk in chunks(sorted(people)):
        rows: Any = connection.execute(DROP, {"user": user_id, "people": chunk})
        gone |= {(introducer, introduced) for introducer, introduced, counts in rows if counts}
    return gone


def _said(connection: Connection, user_id: int, decisions: Sequence[Any] | None) -> _Said:
    every = decisions_of(connection, user_id) if decisions is None else decisions
    rows = [row for row in every if row.kind in {CONFIRMED, REFUTED}]
    person = clusters_of(connection, user_id, every).person if rows else str
    return _Said(
        {
            person(row.subject): (person(row.object), seconds(row.at), row.subject, row.object)
            for row in rows
            if row.kind == CONFIRMED
        },
        frozenset((person(row.subject), person(row.object)) for row in rows if row.kind == REFUTED),
    )


def _scored(connection: Connection, user_id: int, opening: Opening) -> Score:
    score = score_opening(opening)
    if score is not None and score.found:
        seen = {one.id for one in opening.later}
        met = [one for one in meetings_with(connection, user_id, opening) if one.id not in seen]
        later = sorted([*opening.later, *met], key=lambda one: (one.at, one.id))
        score = score_opening(opening._replace(later=later))
    # kept even where the user is not yet known to know the friend: that may be read later
    return score or Score(0.0, (), (opening.first.id,), opening.first.at)


def _rows(user_id: int, new: str, found: Sequence[tuple[Opening, Score]], said: _Said) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one person's openings: one of them counts at most, the surest, then the earliest."""
    confirmed = said.confirmed[new][0] if new in said.confirmed else None
    likely = [
        (-score.confidence, opening.first.at, opening.friend)
        for opening, score in found
        if score.found and (new, opening.friend) not in said.refuted
    ]
    best = confirmed or min(likely, default=(0.0, 0, None))[2]
    for opening, scored in found:
        first = opening.first
        known_at = first.at if opening.friend == confirmed else scored.known_at
        yield (
            user_id, first.id, opening.friend_address, opening.new_address, first.at, known_at, scored.confidence,
            ",".join(scored.signs), " ".join(scored.evidence), opening.friend == best,
        )  # fmt: skip
