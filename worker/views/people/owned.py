"""The addresses of a person, and why each is taken for theirs."""

from dataclasses import dataclass

from sqlalchemy import select

from models.people import Address
from worker.views.session import View


@dataclass(frozen=True, slots=True)
class OwnedAddress:
    """An address of a person, and why it is taken for theirs (None for the first)."""

    address: str
    name: str
    why: str | None


def whose(view: View, person: str) -> tuple[OwnedAddress, ...]:
    """Say of each address of a person why it is theirs."""
    rows = view.connection.execute(
        select(Address.address, Address.name, Address.why)
        .where(Address.user_id == view.user_id, Address.person == person)
        .order_by(Address.address)
    )
    return tuple(OwnedAddress(*row) for row in rows)
