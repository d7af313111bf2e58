"""What the user decides of people and addresses: stored as said, so that it survives every recomputation."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import Channel
from models.errors import CodedError
from models.history import Interaction
from models.people import Address, Decision, OwnAddress
from worker.addresses.canonical import canonical
from worker.identity.resolve import clusters_of
from worker.ingest import rows
from worker.ingest.mentions import interactions_with, mark_mentions_stale
from worker.judgement.keep.refresh import due_now
from worker.storage.bulk import put

#: Decisions that only affect the digest, and can be taken back at any time.
QUIETING = ("snooze", "mute", "rest")


class NotPossible(CodedError):  # noqa: N818 - says what is wrong
    """What was asked for cannot be done here; the code says why."""


def quiet_person(
    connection: Connection, user_id: int, kind: str, person: str, now: datetime, until: datetime | None = None
) -> None:
    """Snooze (until a moment), mute or rest a person; the newest word counts."""
    say(connection, user_id, kind, person, now=now, until=until)
    due_now(connection, user_id, {person, clusters_of(connection, user_id).person(person)}, now)


def unquiet_person(connection: Connection, user_id: int, kind: str, person: str, now: datetime) -> bool:
    """Take such a decision back, whichever address of the person it was said of; False if there was none."""
    theirs = [person, *addresses_of(connection, user_id, person)]
    gone = connection.execute(
        delete(Decision).where(
            Decision.user_id == user_id,
            Decision.kind == kind,
            Decision.subject.in_({*theirs, *map(canonical, theirs)}),
        )
    )
    due_now(connection, user_id, {person, clusters_of(connection, user_id).person(person)}, now)
    return gone.rowcount > 0


def merge(connection: Connection, user_id: int, one: str, other: str, now: datetime) -> None:
    """Make two people one.

    Raises:
        NotPossible: they are one already.
    """
    if one == other:
        raise NotPossible("person.same")
    first, second = sorted((one, other))
    say(connection, user_id, "merge", first, object_=second, now=now)
    rows.touch(
        connection, user_id, [*addresses_of(connection, user_id, one), *addresses_of(connection, user_id, other)]
    )


def split(connection: Connection, user_id: int, person: str, address: str, now: datetime) -> str:
    """Separate an address from a person: undoes merges with it, or else bars the evidence; says what was done.

    Raises:
        NotPossible: the address is not theirs, or is all they have.
    """
    bare = canonical(address)
    theirs = addresses_of(connection, user_id, person)
    if bare not in map(canonical, theirs):
        raise NotPossible("person.not_theirs", address=address, person=person, theirs=", ".join(theirs))
    if all(canonical(other) == bare for other in theirs):
        raise NotPossible("person.only_address", address=address)
    undone = connection.execute(
        delete(Decision).where(
            Decision.user_id == user_id,
            Decision.kind == "merge",
            or_(Decision.subject == bare, Decision.object == bare),
        )
    ).rowcount
    if not undone:
        say(connection, user_id, "split", bare, now=now)
    rows.touch(connection, user_id, theirs)
    return "the merge is undone" if undone else "they are separate people from now on"


def block(connection: Connection, user_id: int, subject: str, now: datetime) -> str:
    """Keep nothing of an address or a whole @domain from now on, nor of what was; says what is blocked.

    Raises:
        NotPossible: it is neither, or the user's own.
    """
    bare = _blockable(subject)
    own = set(connection.scalars(select(OwnAddress.address).where(OwnAddress.user_id == user_id)))
    if bare in own:
        raise NotPossible("person.own_address", address=subject)
    say(connection, user_id, "block", bare, now=now)
    mark_mentions_stale(connection, user_id, [bare])
    _drop_talks(connection, user_id, bare)
    return bare


def unblock(connection: Connection, user_id: int, subject: str) -> bool:
    """Let an address or @domain in again: what was skipped is classified again; False if it was not blocked."""
    bare = _blockable(subject)
    gone = connection.execute(
        delete(Decision).where(Decision.user_id == user_id, Decision.kind == "block", Decision.subject == bare)
    ).rowcount
    if gone:
        mark_mentions_stale(connection, user_id, [bare])
    return gone > 0


def _drop_talks(connection: Connection, user_id: int, bare: str) -> None:
    """Delete the conversations the user noted with whoever is blocked: no sighting supports them."""
    talks = select(Interaction.id).where(Interaction.user_id == user_id, Interaction.channel == Channel.TALK)
    there = interactions_with(connection, user_id, [bare])
    if there:
        rows.replace(connection, user_id, there.intersection(connection.scalars(talks)))


def _blockable(subject: str) -> str:
    said = subject.strip().lower()
    if said.startswith("@") and "." in said and "@" not in said[1:]:
        return canonical(said)
    local, at, domain = said.rpartition("@")
    if not (local and at and domain):
        raise NotPossible("person.not_blockable", subject=subject)
    return canonical(said)


def say(
    connection: Connection,
    user_id: int,
    kind: str,
    subject: str,
    *,
    now: datetime,
    object_: str = "",
    until: datetime | None = None,
) -> None:
    """Store one decision; the newest word on the same thing counts."""
    put(
        connection,
        Decision,
        ("user_id", "kind", "subject", "object", "at", "until"),
        [(user_id, kind, subject, object_, seconds(now), seconds(until) if until else None)],
        "ON CONFLICT (user_id, kind, subject, object) DO UPDATE SET at = excluded.at, until = excluded.until",
    )


def addresses_of(connection: Connection, user_id: int, person: str) -> list[str]:
    """Name the addresses of a person, as they were written."""
    return list(
        connection.scalars(
            select(Address.address)
            .where(Address.user_id == user_id, Address.person == person)
            .order_by(Address.address)
        )
    )
