"""The first people a reading finds, shown while it goes on."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from models.enums import Touch
from models.history import Participation
from models.people import Address
from worker.wording.lists import listed
from worker.wording.text import name_of

if TYPE_CHECKING:
    from worker.cli.terminal.call import Call

FIRST = 5
#: Seconds between two looks.
PAUSE = 1.0


def first_people(connection: Connection, user_id: int) -> list[str]:
    """Name the people the user wrote to last, themselves: no more than five."""
    newest = func.max(Participation.at)
    rows = connection.execute(
        select(Address.address, func.max(Participation.name).label("name"))
        .join(Address, (Address.user_id == Participation.user_id) & (Address.number == Participation.address))
        .where(
            Participation.user_id == user_id,
            Participation.touch.in_([Touch.OUT_ONE, Touch.OUT]),
            Address.kind == "person",
        )
        .group_by(Address.address)
        .order_by(newest.desc(), Address.address)
        .limit(FIRST)
    )
    return [name_of(row.name, row.address) for row in rows]


class FirstPeople:
    """Shows once the people a reading has found, as soon as there are five, or at its end."""

    def __init__(self, call: "Call", user_id: int, say: Callable[[str], None]) -> None:
        self.call = call
        self.user_id = user_id
        self.say = say
        self.done = False
        self._looked = float("-inf")

    def look(self, *, end: bool = False) -> None:
        """Look whether there are five by now, at most once a second."""
        from worker.storage.transactions import reading

        now = time.monotonic()
        if self.done or (now - self._looked < PAUSE and not end):
            return
        self._looked = now
        with reading(self.call.runtime.engine) as connection:
            found = first_people(connection, self.user_id)
        if len(found) >= FIRST or (end and found):
            self.done = True
            self.say(f"The first people: {listed(found, FIRST)}.")
