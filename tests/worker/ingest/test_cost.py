"""What one new email costs: a bounded number of questions to the database, however much is known already."""

import re
from typing import Any

import pytest
from sqlalchemy import event

from models.records import EmailRecord, Mailbox
from models.tables import Base
from tests.worker.ingest.emails import mail, sent
from tests.worker.ingest.home import ME, NOW, Home
from worker.storage.engine import open_database

#: What one new email asks, from the lease of its stream on: what is done, and to which table first.
LEASED = ("BEGIN", "SELECT streams", "UPDATE streams")
STORED = (
    "BEGIN",
    "SELECT decisions",  # with own addresses, lists, and accounts that mark what was sent: what filters know
    "SELECT streams",  # where the stream stands
    "UPDATE streams",
    "SELECT sightings",  # under the same key, and of the same email
    "INSERT sightings",
    "INSERT interactions",
    "INSERT addresses",
    "INSERT participations",  # which call them by their numbers
)
ASSESSED = (
    "BEGIN",
    "SELECT",  # is anything to be classified again, may an address be a list, was anything decided about people?
    "SELECT addresses",  # those that were touched, with all that belong to the same people, and what these are called
    "UPDATE addresses",
    "SELECT interactions",  # in which others may have brought them in
    "SELECT accounts",  # how far each was read, and what is usual for the user
    "SELECT people",  # those who are due, with their addresses
    "SELECT addresses",  # what is booked with them, who introduced them, and when more of that will be known
    "SELECT addresses",  # the days of contact with them, and threads
    "INSERT assessments",
)
FRIENDS = [Mailbox(f"friend{number}@far.example", f"Friend {number}") for number in range(200)]
OTHERS = (Mailbox(ME), *FRIENDS[1:3])
#: An email, and how many statements it takes, those of the lease among them.
NEWS = {
    "someone known writes": (mail("new", sender=FRIENDS[0], sent_at=NOW), 22),
    "someone known writes to several": (mail("new", sender=FRIENDS[0], to=OTHERS, sent_at=NOW), 23),
    "someone new writes": (mail("new", sender=Mailbox("new@far.example", "New"), sent_at=NOW), 26),
    "the user writes": (sent("new", to=FRIENDS[0].address, sent_at=NOW), 23),
}


def statements_of(email: EmailRecord, people: int) -> list[str]:
    """What is asked when this email comes, where so many people are known."""
    engine = open_database("sqlite:///:memory:")
    Base.metadata.create_all(engine)
    home = Home(engine)
    home.deliver([mail(f"{number}", sender=friend) for number, friend in enumerate(FRIENDS[:people])])
    home.deliver([sent(f"{number} answered", to=friend.address) for number, friend in enumerate(FRIENDS[:people])])
    home.recompute()
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    home.deliver([email])
    home.recompute()
    return asked


def shape(statement: str) -> str:
    """Say what a statement does, and to which table first, whatever stands in parentheses."""
    while (bare := re.sub(r"\([^()]*\)", "", statement)) != statement:
        statement = bare
    verb = statement.split(maxsplit=1)[0].replace("WITH", "SELECT")
    table = re.search(r'\b(?:FROM(?! batch)|INTO|UPDATE|JOIN) "?([a-z_]+)', statement)
    return f"{verb} {table[1]}" if table else verb


def test_one_new_email_asks_what_is_listed_here() -> None:
    email, most = NEWS["someone known writes"]
    assert [shape(one) for one in statements_of(email, 3)] == [*LEASED, *STORED, *ASSESSED]
    assert len(STORED + ASSESSED) < 20, "without the lease, which many emails share"
    assert len(LEASED + STORED + ASSESSED) == most


@pytest.mark.parametrize("what", NEWS)
def test_one_new_email_asks_little_however_many_people_are_known(what: str) -> None:
    email, most = NEWS[what]
    few, many = statements_of(email, 3), statements_of(email, 200)
    assert len(few) <= most
    assert many == few
