"""CSV files of contacts: Google's in both its forms, LinkedIn's with its preamble, Outlook's."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from connectors.contacts.card import MOST, Book, card_of

#: Columns that hold addresses, and not what kind of address it is.
MAIL = re.compile(r"e-?mail( address)?$|e-?mail \d+( - value| address)?$", re.IGNORECASE)
WHOLE = ("name", "file as", "display name", "full name")
PARTS = ("first name", "given name", "middle name", "additional name", "last name", "family name")
#: Lines before the names of the columns: LinkedIn explains there why addresses are missing.
PREAMBLE = 20


class NoContacts(ValueError):  # noqa: N818 - says what is wrong
    """No line names a column of addresses."""


def read_table(text: str) -> Book:
    """Read all rows of a file.

    Raises:
        NoContacts: it is no file of contacts.
    """
    rows = _rows(text)
    columns: list[str] = []
    for _ in range(PREAMBLE):
        columns = [name.strip() for name in next(rows, [])]
        if any(MAIL.match(name) for name in columns):
            break
    else:
        raise NoContacts
    mails = [place for place, name in enumerate(columns) if MAIL.match(name)]
    names = [name.casefold() for name in columns]
    found, nothing = [], 0
    for number, row in enumerate(rows):
        if number >= MOST:
            break
        if not any(cell.strip() for cell in row):
            continue
        card = card_of(_name(names, row), [row[place] for place in mails if place < len(row)])
        if card is None:
            nothing += 1
        else:
            found.append(card)
    return Book(tuple(found), nothing)


def _rows(text: str) -> Iterator[list[str]]:
    """Yield rows for as long as they can be read."""
    reader = csv.reader(io.StringIO(text))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue


def _name(columns: Sequence[str], row: Sequence[str]) -> str:
    cells = {name: row[place].strip() for place, name in enumerate(columns) if place < len(row)}
    whole = next((cells[name] for name in WHOLE if cells.get(name)), "")
    return whole or " ".join(cells[name] for name in PARTS if cells.get(name))
