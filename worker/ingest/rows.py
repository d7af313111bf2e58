"""Writing what was weighed: interactions, participations and addresses, many rows a statement."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from models.history import Interaction, Participation
from models.people import Address, Likeness
from worker.db import chunks, put
from worker.identity.automation import kind_of
from worker.ingest.weigh import Alike, Held

INTERACTION = (
    "user_id", "id", "account", "channel", "direction", "occurred_at", "ends_at", "counts_at", "subject", "thread",
    "message_id", "ical_uid", "recurrence_at", "group_size", "my_role", "my_response",
)  # fmt: skip
PARTICIPATION = ("user_id", "interaction_id", "address", "role", "response", "touch", "at", "counts_at")
ADDRESS = ("user_id", "address", "name", "name_own", "name_at", "kind", "touched")

#: The newest name wins, what the owner of an address wrote before what others did, then by bytes.
NEWER = "(excluded.name_own, excluded.name_at, excluded.name) > (addresses.name_own, addresses.name_at, addresses.name)"
SEEN_AGAIN = "ON CONFLICT (user_id, address) DO UPDATE SET touched = true, " + ", ".join(
    f"{column} = CASE WHEN excluded.name <> '' AND {NEWER} THEN excluded.{column} ELSE addresses.{column} END"
    for column in ("name", "name_own", "name_at")
)

Name = tuple[int, int, str]


def write(connection: Connection, user_id: int, interactions: Iterable[tuple[str, Held]]) -> None:
    """Store new interactions with their participations, and make their addresses known and due."""
    held_rows: list[tuple[Any, ...]] = []
    part_rows: list[tuple[Any, ...]] = []
    names: dict[str, Name] = {}
    alike: set[Alike] = set()
    nameless: Name = (0, 0, "")
    for key, held in interactions:
        at, counts_at = held.occurred_at, held.counts_at
        held_rows.append((
            user_id, key, held.account, held.channel, held.direction, at, held.ends_at, counts_at, held.subject,
            held.thread, held.message_id, held.ical_uid, held.recurrence_at, held.group_size, held.my_role,
            held.my_response,
        ))  # fmt: skip
        for address, (role, response, touch) in held.people.items():
            part_rows.append((user_id, key, address, role, response, touch, at, counts_at))
            names.setdefault(address, nameless)
        alike.update(held.alike)
        for address, name, own in held.names:
            told = (int(own), at, name)
            if address in names and told > names[address]:
                names[address] = told
    put(connection, Interaction, INTERACTION, held_rows)
    put(connection, Participation, PARTICIPATION, part_rows)
    put(
        connection,
        Address,
        ADDRESS,
        [
            (user_id, address, name, own, at, kind_of(address), True)
            for address, (own, at, name) in sorted(names.items())
        ],
        SEEN_AGAIN,
    )
    put(
        connection,
        Likeness,
        ("user_id", "address", "other", "why", "sure"),
        [(user_id, *pair) for pair in sorted(alike)],
        "ON CONFLICT (user_id, address, other) DO UPDATE SET why = excluded.why, sure = excluded.sure "
        "WHERE (excluded.sure, excluded.why) > (likenesses.sure, likenesses.why)",
    )


def remove(connection: Connection, user_id: int, identities: Iterable[str]) -> None:
    """Take away every interaction of these identities; the people in them become due."""
    for chunk in chunks(sorted(identities)):
        ids = [
            key
            for identity in chunk
            for key in connection.scalars(
                select(Interaction.id).where(
                    Interaction.user_id == user_id, Interaction.id.between(identity, identity + "~")
                )
            )
        ]
        touch(
            connection,
            user_id,
            connection.scalars(
                select(Participation.address).where(
                    Participation.user_id == user_id, Participation.interaction_id.in_(ids)
                )
            ).all(),
        )
        connection.execute(delete(Interaction).where(Interaction.user_id == user_id, Interaction.id.in_(ids)))


def touch(connection: Connection, user_id: int, addresses: Iterable[str]) -> None:
    """Mark addresses so that the people behind them are looked at again."""
    for chunk in chunks(sorted(set(addresses))):
        connection.execute(
            update(Address).where(Address.user_id == user_id, Address.address.in_(chunk)).values(touched=True)
        )
