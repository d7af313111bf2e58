"""Cells of the interactions export, as SQLite is asked for them; who is behind an address is remembered."""

import sqlite3
from enum import StrEnum

import msgspec

from models.digests import AS_DIGITS
from models.enums import Channel, Direction, Response, Role
from models.words import as_words
from worker.addresses.canonical import canonical
from worker.export.rows.columns import Column, Kind
from worker.export.rows.not_counted import IS_RETURNED, IS_SENDER, RETURNED, SENDER

#: Addresses remembered: all that is ever in memory.
REMEMBERED = 50_000
#: Columns of words, and which they usually hold.
WORDS: dict[str, type[StrEnum]] = {"channel": Channel, "direction": Direction, "my_role": Role, "my_response": Response}
ROLE, RESPONSE = as_words("p.role", Role), as_words("p.response", Response)
#: The people of one interaction, each written with the help of a function and words of their own.
EACH = """
    (SELECT '[' || coalesce(group_concat(one, ','), '') || ']' FROM (
        SELECT {0} AS one FROM participations p JOIN addresses a ON a.user_id = p.user_id AND a.number = p.address
        WHERE p.interaction = i.number ORDER BY a.address))"""
#: Why an email did not count, or nothing, and the end; in the words of each format.
LAST = (
    f"CASE WHEN p.touch IS NOT NULL THEN {{0}} WHEN {IS_RETURNED} THEN {{1}} WHEN {IS_SENDER} THEN {{2}} ELSE {{0}} END"
)
ENDINGS = ("}", f',"not_counted":"{RETURNED}"}}', f',"not_counted":"{SENDER}"}}')
PEOPLE = EACH.format(
    f"keepwarm_known(a.address) || json_quote({ROLE}) || ',\"response\":' || json_quote({RESPONSE}) || "
    + LAST.format(*(f"'{ending}'" for ending in ENDINGS))
)
WHO = """
SELECT a.person, a.name, n.name FROM addresses a LEFT JOIN people n ON n.user_id = a.user_id AND n.key = a.person
WHERE a.user_id = ? AND a.address = ?"""


class Known(dict[str, str]):
    """Addresses, and how JSON about their people begins: up to the role, which each interaction has its own of."""

    def __init__(self, database: sqlite3.Connection, user_id: int) -> None:
        super().__init__()
        self._database = database
        self._user_id = user_id
        database.create_function("keepwarm_known", 1, self.__getitem__)

    def __missing__(self, address: str) -> str:
        """Ask who that is."""
        if len(self) >= REMEMBERED:
            self.clear()
        found = self._database.execute(WHO, (self._user_id, address)).fetchone()
        person, name, called = found or (None, None, None)
        about = {"person": person or canonical(address), "name": name or called or "", "address": address}
        self[address] = begun = msgspec.json.encode(about).decode().removesuffix("}") + ',"role":'
        return begun


def cell(column: Column) -> str:
    """Ask for one cell."""
    if column.kind is Kind.JSON:
        return PEOPLE
    if column.name == "id":
        return AS_DIGITS.format("i.id")
    if column.kind is Kind.MOMENT:
        return f"strftime('%Y-%m-%dT%H:%M:%SZ', i.{column.name}, 'unixepoch')"
    name = f"i.{column.name}"
    return as_words(name, WORDS[column.name]) if column.name in WORDS else name
