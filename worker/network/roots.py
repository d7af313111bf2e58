"""Introductions over the years: who was met through whom, as a tree from the first introducer on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.engine import Connection

from worker.identity.find_person import names_of
from worker.network.introductions.known import counted
from worker.network.introductions.own import brought_together


@dataclass(frozen=True, slots=True)
class Door:
    """One person, and the people met through them, in order of time. No one is counted and no one ranks first."""

    person: str  # person key
    name: str
    since: datetime | None = None  # when they were introduced (aware UTC); None for whoever was met otherwise
    led_to: tuple["Door", ...] = ()


class Brought(NamedTuple):
    """Two people the user brought together."""

    one: str  # person keys
    other: str
    one_name: str
    other_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tree:
    """Everyone who introduced someone, by when they first did; and the people the user introduced to each other."""

    doors: tuple[Door, ...] = ()
    brought: tuple[Brought, ...] = ()


class Led(NamedTuple):
    """One introduction, as the tree needs it."""

    introducer: str
    introduced: str
    at: datetime


def roots(connection: Connection, user_id: int, now: datetime, person: str | None = None) -> Tree:
    """Read the tree as it was known at `now`; of one person: how the user met them, and who was met through them.

    Args:
        connection: an open transaction.
        user_id: whose.
        now: aware UTC.
        person: a person key, or None for everyone.
    """
    led = [Led(one.introducer, one.introduced, one.at) for one in counted(connection, user_id, now)]
    made = [one for one in brought_together(connection, user_id, now) if person in {None, one.one, one.other}]
    people = {one.introducer for one in led} | {one.introduced for one in led}
    names = names_of(connection, user_id, people | {key for one in made for key in (one.one, one.other)})
    doors = grown(led, names)
    if person is not None:
        doors = tuple(found for door in doors if (found := path_to(door, person)) is not None)
    return Tree(doors, tuple(Brought(one.one, one.other, names[one.one], names[one.other], one.at) for one in made))


def grown(led: Iterable[Led], names: Mapping[str, str]) -> tuple[Door, ...]:
    """Grow the tree from single introductions (pure); a ring, which only a mistake can close, is cut where it began."""
    below: dict[str, list[Led]] = defaultdict(list)
    by: dict[str, Led] = {}
    for one in sorted(led, key=lambda one: (one.at, one.introduced)):
        if one.introduced not in by and one.introduced not in _above(one.introducer, by):
            by[one.introduced] = one
            below[one.introducer].append(one)

    def door(person: str, since: datetime | None) -> Door:
        return Door(person, names[person], since, tuple(door(one.introduced, one.at) for one in below.get(person, ())))

    tops = sorted((person for person in below if person not in by), key=lambda person: (below[person][0].at, person))
    return tuple(door(person, None) for person in tops)


def _above(person: str, by: Mapping[str, Led]) -> set[str]:
    """Name a person and everyone above them."""
    found = {person}
    while person in by:
        person = by[person].introducer
        found.add(person)
    return found


def path_to(door: Door, person: str) -> Door | None:
    """Keep of a tree only the way to a person, and everything below them; None where they are not in it."""
    if door.person == person:
        return door
    for below in door.led_to:
        if (found := path_to(below, person)) is not None:
            return replace(door, led_to=(found,))
    return None
