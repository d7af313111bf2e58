"""Writing what was accepted: interactions, participations and addresses, many rows a statement."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, delete, func, select, type_coerce, update
from sqlalchemy.engine import Connection

from models.base import seconds
from models.digests import stored
from models.enums import Role, Touch
from models.history import Interaction, Participation
from models.judgement import UserHabits
from models.people import Address, MatchEvidence
from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical
from worker.ingest.classify.accepted import Accepted
from worker.ingest.evidence.store import kept_addresses
from worker.storage.bulk import change, chunks, put
from worker.storage.conditions import beginning_with
from worker.storage.numbered import put_addresses, put_participations

INTERACTION = (
    "user_id", "id", "account", "channel", "direction", "occurred_at", "ends_at", "counts_at", "subject", "thread",
    "message_id", "ical_uid", "recurrence_at", "group_size", "my_role", "my_response",
)  # fmt: skip
PARTICIPATION = ("role", "response", "touch", "name", "at", "counts_at")
ADDRESS = ("address", "name", "name_own", "name_at", "kind", "touched")
ALIKE = ("user_id", "interaction_id", "address", "other", "why", "sure")

#: The newest name wins, what the owner of an address wrote before what others did, then by bytes.
NEWER = "(excluded.name_own, excluded.name_at, excluded.name) > (addresses.name_own, addresses.name_at, addresses.name)"
RENAMED = f"excluded.name <> '' AND {NEWER}"
NAME = ", ".join(
    f"{column} = CASE WHEN {RENAMED} THEN excluded.{column} ELSE addresses.{column} END"
    for column in ("name", "name_own", "name_at")
)
#: What would stay as it is isn't written once more.
SEEN_AGAIN = (
    f"ON CONFLICT (user_id, address) DO UPDATE SET touched = true, {NAME} WHERE NOT addresses.touched OR {RENAMED}"
)
ALIKE_AGAIN = "ON CONFLICT (user_id, interaction_id, address, other) DO NOTHING"

#: Which rows of both tables are about one address.
WHOSE = (Participation.user_id == Address.user_id) & (Participation.address == Address.number)

#: Members that are asked for in every part: looking them up in their class takes longer.
FROM, SEEN, NAMED = Role.FROM, Touch.SEEN, Touch.NAMED

OCCURRED_AT = INTERACTION.index("occurred_at")
DAY = 86400

Name = tuple[int, int, str]
#: A name as an interaction gives it: address, when, by its owner, the name.
GivenName = tuple[str, int, int, str]
NAMELESS: Name = (0, 0, "")
UNKNOWN: Name = (-1, 0, "")


def write(
    connection: Connection, user_id: int, interactions: Iterable[tuple[str, Accepted]], now: datetime | None = None
) -> None:
    """Store new interactions with their participations, and make their addresses known and due.

    What happened on the day of `now`, or will, changes no habits: they are as of the beginning of a day.
    """
    interaction_rows: list[tuple[Any, ...]] = []
    part_rows: list[tuple[Any, ...]] = []
    names: dict[str, Name] = {}
    alike_rows: list[tuple[Any, ...]] = []
    interactions = list(interactions)
    outsiders = _outsiders(connection, user_id, interactions)
    for key, contact in interactions:
        at, counts_at = contact.occurred_at, contact.counts_at
        interaction_rows.append((
            user_id, key, contact.account, contact.channel, contact.direction, at, contact.ends_at, counts_at,
            contact.subject, contact.thread, contact.message_id, contact.ical_uid, contact.recurrence_at,
            contact.group_size, contact.my_role, contact.my_response,
        ))  # fmt: skip
        own = stored(key)
        named = bool(outsiders) and any(
            address in outsiders for address, part in contact.people.items() if part[0] is FROM
        )
        for address, (role, response, meant, name) in contact.people.items():
            touch = NAMED if named and meant is SEEN and role is not FROM else meant
            part_rows.append((role, response, touch, name, at, counts_at, address, user_id, own))
            given = (int(role is FROM), at, name) if name and _names(role, touch) else NAMELESS
            if given > names.get(address, UNKNOWN):
                names[address] = given
        if contact.same_person:
            alike_rows += [(user_id, key, *pair) for pair in sorted(set(contact.same_person))]
    put(connection, Interaction, INTERACTION, interaction_rows)
    _know(connection, user_id, names)
    put_participations(connection, PARTICIPATION, part_rows)
    put(connection, MatchEvidence, ALIKE, alike_rows, ALIKE_AGAIN)
    if interaction_rows:
        since = min(row[OCCURRED_AT] for row in interaction_rows)
        if now is None or since // DAY < seconds(now) // DAY:
            outdate(connection, user_id, since)


def _know(connection: Connection, user_id: int, names: Mapping[str, Name]) -> None:
    """Store addresses with their newest names, and have the people behind them looked at again."""
    rows = [
        (address, name, own, at, kind, True)
        for address, (own, at, name), kind in _with_kinds(connection, user_id, names)
    ]
    put_addresses(connection, user_id, ADDRESS, rows, SEEN_AGAIN)


def _outsiders(connection: Connection, user_id: int, interactions: Iterable[tuple[str, Accepted]]) -> set[str]:
    """Say who of those that name others in these interactions is known to be an outsider, or is no person at all."""
    writers = {
        address
        for _, contact in interactions
        for address, part in contact.people.items()
        if part[0] is FROM and len(contact.people) > 1
    }
    kinds = {address: kind for address, _, kind in _with_kinds(connection, user_id, dict.fromkeys(writers, NAMELESS))}
    outside = Address.outsider | (Address.kind == "list")
    return {address for address, kind in kinds.items() if kind != "person"} | {
        address
        for chunk in chunks(sorted(writers))
        for address in connection.scalars(
            select(Address.address).where(Address.user_id == user_id, Address.address.in_(chunk), outside)
        )
    }


def _names(role: Role, touch: Touch | None) -> bool:
    """Whether what someone is called there is their own word, or that of someone who counts."""
    return role is FROM or (touch is not None and touch is not NAMED)


def _with_kinds(connection: Connection, user_id: int, names: Mapping[str, Name]) -> Iterator[tuple[str, Name, str]]:
    """Yield each address with its kind: a person's, where the user said so."""
    kept: frozenset[str] | None = None
    for address, name in sorted(names.items()):
        kind = kind_of(address)
        if kind != "person":
            kept = kept_addresses(connection, user_id) if kept is None else kept
            kind = "person" if canonical(address) in kept else kind
        yield address, name, kind


def replace(
    connection: Connection, user_id: int, identities: Iterable[str], made: Sequence[tuple[str, Accepted]] = ()
) -> None:
    """Put `made` in the place of every interaction of these identities; everyone in them becomes due."""
    lost: set[tuple[str, int]] = set()
    for chunk in chunks(sorted(identities)):
        lost |= _remove(connection, user_id, chunk)
    write(connection, user_id, made)
    given: set[GivenName] = {
        (address, contact.occurred_at, int(part[0] is Role.FROM), part[3])
        for _, contact in made
        for address, part in contact.people.items()
        if part[2] is not Touch.SEEN  # by an outsider that is no name (see `write`)
    }
    _rename(connection, user_id, lost, given)


def _remove(connection: Connection, user_id: int, identities: Sequence[str]) -> set[tuple[str, int]]:
    """Take interactions away; returns which addresses were in them, and when."""
    each, is_its = beginning_with(connection, Interaction.id, identities)
    numbers = connection.scalars(
        select(Interaction.number).select_from(each).join(Interaction, (Interaction.user_id == user_id) & is_its)
    ).all()
    lost: set[tuple[str, int]] = set()
    at = type_coerce(Participation.at, BigInteger)
    earliest = type_coerce(func.min(Interaction.occurred_at), BigInteger)
    for chunk in chunks(numbers):
        here = (Participation.user_id == user_id, Participation.interaction.in_(chunk))
        lost.update(
            (address, when)
            for address, when in connection.execute(select(Address.address, at).join(Participation, WHOSE).where(*here))
        )
        gone = (Interaction.user_id == user_id, Interaction.number.in_(chunk))
        outdate(connection, user_id, connection.scalar(select(earliest).where(*gone)))
        connection.execute(delete(Interaction).where(*gone))
    touch(connection, user_id, {address for address, _ in lost})
    return lost


def _rename(
    connection: Connection, user_id: int, lost: Collection[tuple[str, int]], given: Collection[GivenName]
) -> None:
    """Find the names again of addresses whose name may have gone with an interaction."""
    doubtful: list[str] = []
    for chunk in chunks(sorted({address for address, _ in lost})):
        named = connection.execute(
            select(Address.address, Address.name_at, Address.name_own, Address.name).where(
                Address.user_id == user_id, Address.address.in_(chunk)
            )
        )
        doubtful += [row[0] for row in named if (row[0], row[1]) in lost and tuple(row) not in given]
    _name_anew(connection, user_id, doubtful)


def renamed(connection: Connection, user_id: int, numbers: Collection[int]) -> None:
    """Have the people behind addresses (by number) looked at again, and find the names that only others gave them.

    What someone calls themselves goes before anything that others call them, whether that counts or not.
    """
    doubtful: list[str] = []
    for chunk in chunks(sorted(set(numbers))):
        looked_at = connection.execute(
            update(Address)
            .where(Address.user_id == user_id, Address.number.in_(chunk))
            .values(touched=True)
            .returning(Address.address, Address.name_own)
        )
        doubtful += [address for address, own in looked_at if not own]
    _name_anew(connection, user_id, sorted(doubtful))


def _name_anew(connection: Connection, user_id: int, addresses: Sequence[str]) -> None:
    names: dict[str, Name] = dict.fromkeys(addresses, NAMELESS)
    part = Participation
    for chunk in chunks(addresses):
        for address, role, at, name in connection.execute(
            select(Address.address, part.role, type_coerce(part.at, BigInteger), part.name)
            .join(part, WHOSE)
            .where(
                Address.user_id == user_id, Address.address.in_(chunk), part.name != "",
                (part.role == Role.FROM) | (part.touch != Touch.NAMED),
            )
        ):  # fmt: skip
            names[address] = max(names[address], (int(role == Role.FROM), at, name))
    change(
        connection,
        Address,
        ("name_own", "name_at", "name"),
        ("user_id", "address"),
        [(*name, user_id, address) for address, name in sorted(names.items())],
    )


def outdate(connection: Connection, user_id: int, since: int | None) -> None:
    """Have the user's habits computed again, if they were read from a history that has changed since."""
    if since is not None:
        connection.execute(
            update(UserHabits).where(UserHabits.user_id == user_id, UserHabits.day > since // DAY).values(day=0)
        )


def touch(connection: Connection, user_id: int, addresses: Iterable[str]) -> None:
    """Mark addresses so that the people behind them are looked at again."""
    for chunk in chunks(sorted(set(addresses))):
        connection.execute(
            update(Address).where(Address.user_id == user_id, Address.address.in_(chunk)).values(touched=True)
        )
