"""What one new mail costs: a bounded number of questions to the database, however much is known already."""

from typing import Any

from sqlalchemy import event

from models.records import Mailbox
from models.tables import Base
from tests.worker.ingest.emails import mail, sent
from tests.worker.ingest.home import NOW, Home
from worker.storage.engine import open_database

#: Statements of one new mail, from the lease of its stream to its person's new assessment.
MOST = 34


def statements_of_one_new_mail(people: int) -> list[str]:
    """What is asked when somebody known writes, where so many are known."""
    engine = open_database("sqlite:///:memory:")
    Base.metadata.create_all(engine)
    home = Home(engine)
    friends = [Mailbox(f"friend{number}@far.example", f"Friend {number}") for number in range(people)]
    home.deliver([mail(f"{number}", sender=friend) for number, friend in enumerate(friends)])
    home.deliver([sent(f"{number} answered", to=friend.address) for number, friend in enumerate(friends)])
    home.recompute()
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    home.deliver([mail("new", sender=friends[0], sent_at=NOW)])
    home.recompute()
    return asked


def test_one_new_mail_asks_little_however_many_people_are_known() -> None:
    few, many = statements_of_one_new_mail(2), statements_of_one_new_mail(200)
    assert len(few) <= MOST
    assert many == few
