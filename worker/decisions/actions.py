"""Actions of one tap: a closed list, one function that carries one out, and one that undoes it.

Pages, signed links, words in emails, the API and assistants all end here, so an action is the same whichever way it
came. What depends on the change is judged again afterwards: see `worker.sync.recompute`.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from models.accounts import User
from models.base import seconds
from models.errors import CodedError
from models.people import Decision, Person, TakenAction
from worker.app.users import hold
from worker.decisions.decide import quiet_person, unquiet_person
from worker.decisions.introductions import confirm, refute, restore, said_of
from worker.decisions.preferences import change_budget, preferences_of, set_preferences
from worker.decisions.talks import take_talk_back, tell_of_talk
from worker.identity.resolve import clusters_of

#: How long "snooze" lasts unless it is said.
SNOOZED = timedelta(weeks=4)
#: The longest snooze, and how long ago a talk can have been.
LONGEST = timedelta(days=3660)


class Action(StrEnum):
    """What can be done by one tap; the last four are about the digest, `undo` about either."""

    SNOOZE = "snooze"  # leave them out of the digest for a while
    TALKED = "talked"  # we talked: contact that no email or calendar shows
    REST = "rest"  # let it rest: warmth is no longer judged
    MUTE = "mute"  # never name them
    INTRODUCED = "introduced"  # they were introduced to the user, by someone else
    NOT_INTRODUCED = "not-introduced"  # they were not, or not by them
    UNDO = "undo"  # take back the newest action on that person, or on the digest
    FEWER = "fewer"  # name fewer people in a digest
    MORE = "more"
    STOP = "stop"  # no more digests


#: What needs a person.
ABOUT_PEOPLE = frozenset(
    {Action.SNOOZE, Action.TALKED, Action.REST, Action.MUTE, Action.INTRODUCED, Action.NOT_INTRODUCED}
)
_QUIETING = {Action.SNOOZE: "snooze", Action.REST: "rest", Action.MUTE: "mute"}


class Via(StrEnum):
    """Which way an action came."""

    MAIL = "mail"
    LINK = "link"
    PAGE = "page"
    API = "api"
    ASSISTANT = "assistant"


class ActionRefused(CodedError):  # noqa: N818 - says what is wrong
    """An action cannot be carried out; the code says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One action that is asked for."""

    action: Action
    person: str = ""  # a person's key; "" for what is about the digest
    via: Via = Via.PAGE
    until: datetime | None = None  # of a snooze; SNOOZED from now unless given
    talked_at: datetime | None = None  # when the two talked; now unless given
    by: str = ""  # who introduced them, or did not: a person's key; "" for whoever seems to have
    id: str = ""  # the same id twice is one action; a new one unless given


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was carried out, or undone (`undone`); `again`: it had been before, so nothing changed."""

    id: str
    action: Action
    person: str
    at: datetime
    until: datetime | None = None
    undone: bool = False
    again: bool = False


def carry_out(connection: Connection, user_id: int, wish: Wish, now: datetime) -> Done:
    """Do what is asked for, in the open transaction.

    Raises:
        ActionRefused: it names no one the user knows, its time makes no sense, or there is nothing to undo.
    """
    _require_times(wish, now)
    hold(connection, user_id)
    person = _meant(connection, user_id, wish)
    key = wish.id or secrets.token_hex(8)
    known = _taken(connection, user_id, key)
    if known is not None:
        return _done(known, again=True)
    if wish.action is Action.UNDO:
        return undo(connection, user_id, _newest(connection, user_id, person), now)
    before = _change(connection, user_id, wish, person, now)
    row = {
        "user_id": user_id, "id": key, "action": wish.action.value, "person": person, "at": now, "via": wish.via.value,
        "before": json.dumps(before),
    }  # fmt: skip
    connection.execute(insert(TakenAction).values(**row))
    return Done(key, wish.action, person, now, _until(wish, now))


def undo(connection: Connection, user_id: int, key: str, now: datetime) -> Done:
    """Undo one action, by its id; undone already, nothing changes.

    Raises:
        ActionRefused: the user took no such action.
    """
    hold(connection, user_id)
    taken = _taken(connection, user_id, key)
    if taken is None:
        raise ActionRefused("action.unknown")
    if taken.undone_at is None:
        _restore(connection, user_id, taken, json.loads(taken.before), now)
        own = (TakenAction.user_id == user_id, TakenAction.id == key)
        connection.execute(update(TakenAction).where(*own).values(undone_at=now, confirmed_in=None))
    return _done(taken, undone=True, again=taken.undone_at is not None)


def recent_actions(connection: Connection, user_id: int, *, limit: int = 50) -> list[Done]:
    """List what the user did by one tap, the newest first."""
    rows = connection.execute(
        select(TakenAction.__table__)
        .where(TakenAction.user_id == user_id)
        .order_by(TakenAction.at.desc(), TakenAction.id)
        .limit(limit)
    )
    return [_done(row, undone=row.undone_at is not None) for row in rows]


def _change(connection: Connection, user_id: int, wish: Wish, person: str, now: datetime) -> dict[str, Any]:
    """Carry the action out; returns what undoing it restores."""
    match wish.action:
        case Action.SNOOZE | Action.REST | Action.MUTE:
            kind = _QUIETING[wish.action]
            until = _until(wish, now)
            before = _decided(connection, user_id, kind, person)
            quiet_person(connection, user_id, kind, person, now, until)
            return before | {"until": seconds(until) if until else None}
        case Action.TALKED:
            at = min(wish.talked_at or now, now)
            return {"talk": tell_of_talk(connection, user_id, person, at, now)}
        case Action.INTRODUCED | Action.NOT_INTRODUCED:
            keep = confirm if wish.action is Action.INTRODUCED else refute
            said = said_of(connection, user_id, person)
            keep(connection, user_id, person, _known(connection, user_id, wish.by) if wish.by else None, now)
            return {"said": said}
        case Action.FEWER | Action.MORE:
            return {"budget": change_budget(connection, user_id, -1 if wish.action is Action.FEWER else 1)}
        case _:  # Action.STOP; undo was handled before
            weekday = preferences_of(connection, user_id).weekday
            set_preferences(connection, user_id, now, wanted=False)
            return {"weekday": weekday}


def _restore(connection: Connection, user_id: int, taken: Any, before: dict[str, Any], now: datetime) -> None:
    match Action(taken.action):
        case Action.SNOOZE | Action.REST | Action.MUTE as action:
            kind = _QUIETING[action]
            unquiet_person(connection, user_id, kind, taken.person, now)
            if before["stood"]:
                said = before["stood_until"]
                until = datetime.fromtimestamp(said, now.tzinfo) if said is not None else None
                quiet_person(connection, user_id, kind, taken.person, now, until)
        case Action.TALKED:
            if before["talk"] is not None:
                take_talk_back(connection, user_id, before["talk"])
        case Action.INTRODUCED | Action.NOT_INTRODUCED:
            restore(connection, user_id, taken.person, before["said"])
        case Action.FEWER | Action.MORE:
            connection.execute(update(User).where(User.id == user_id).values(digest_budget=before["budget"]))
        case _:
            set_preferences(connection, user_id, now, weekday=before["weekday"])


def _decided(connection: Connection, user_id: int, kind: str, person: str) -> dict[str, Any]:
    """Return what stood before of this kind."""
    own = (Decision.user_id == user_id, Decision.kind == kind, Decision.subject == person)
    row = connection.execute(select(Decision.until).where(*own)).one_or_none()
    return {"stood": row is not None, "stood_until": seconds(row.until) if row is not None and row.until else None}


def _require_times(wish: Wish, now: datetime) -> None:
    """Refuse a snooze that ends before it begins or never, and a talk of long ago.

    Raises:
        ActionRefused: the time makes no sense.
    """
    if wish.until is not None and not now < wish.until <= now + LONGEST:
        raise ActionRefused("action.until")
    if wish.talked_at is not None and wish.talked_at < now - LONGEST:
        raise ActionRefused("action.long_ago")


def _until(wish: Wish, now: datetime) -> datetime | None:
    return (wish.until or now + SNOOZED) if wish.action is Action.SNOOZE else None


def _meant(connection: Connection, user_id: int, wish: Wish) -> str:
    """Return the key of the person it is about, who may have been merged with another since.

    Raises:
        ActionRefused: no one of that key is known, or an action on the digest names someone.
    """
    if not wish.person and wish.action not in ABOUT_PEOPLE:
        return ""
    if wish.action not in ABOUT_PEOPLE | {Action.UNDO}:
        raise ActionRefused("action.about_digest", action=wish.action.value)
    return _known(connection, user_id, wish.person)


def _known(connection: Connection, user_id: int, person: str) -> str:
    """Return the key by which someone is known now.

    Raises:
        ActionRefused: no one of that key is known.
    """
    mine = (Person.user_id == user_id, Person.key == person)
    if connection.execute(select(Person.key).where(*mine)).first() is not None:
        return person
    merged = clusters_of(connection, user_id).person(person) if person else ""
    if connection.execute(select(Person.key).where(Person.user_id == user_id, Person.key == merged)).first() is None:
        raise ActionRefused("action.no_person")
    return merged


def _newest(connection: Connection, user_id: int, person: str) -> str:
    key = connection.scalar(
        select(TakenAction.id)
        .where(TakenAction.user_id == user_id, TakenAction.person == person, TakenAction.undone_at.is_(None))
        .order_by(TakenAction.at.desc(), TakenAction.id)
        .limit(1)
    )
    if key is None:
        raise ActionRefused("action.nothing_to_undo")
    return key


def _taken(connection: Connection, user_id: int, key: str) -> Any:
    own = (TakenAction.user_id == user_id, TakenAction.id == key)
    return connection.execute(select(TakenAction.__table__).where(*own)).one_or_none()


def _done(row: Any, *, undone: bool = False, again: bool = False) -> Done:
    until = json.loads(row.before).get("until")
    ends = datetime.fromtimestamp(until, row.at.tzinfo) if until is not None else None
    return Done(row.id, Action(row.action), row.person, row.at, ends, undone, again)
