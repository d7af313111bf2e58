"""Which addresses keepwarm has put together by itself, so that people can see it and undo it."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.people import Address, Decision, Person
from worker.addresses.canonical import canonical


class Merge(NamedTuple):
    """An address that is treated as a person's, beside the one they are known by, and why."""

    person: str
    name: str
    address: str
    why: str


def automatic_merges(connection: Connection, user_id: int) -> list[Merge]:
    """List what was merged by evidence, not by the user; several spellings of one mailbox are no merge."""
    decided = connection.execute(
        select(Decision.subject, Decision.object).where(Decision.user_id == user_id, Decision.kind == "merge")
    )
    said = {address for pair in decided for address in pair}
    rows = connection.execute(
        select(Address.person, Person.name, Address.address, Address.why)
        .join(Person, (Person.user_id == Address.user_id) & (Person.key == Address.person))
        .where(Address.user_id == user_id)
        .order_by(Address.person, Address.address)
    )
    return [
        Merge(person, name, address, why or "")
        for person, name, address, why in rows
        if person is not None and canonical(address) not in {person, *said}
    ]
