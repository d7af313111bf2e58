"""What is asked for each row is answered by an index, before the database has ever counted its rows."""

import re
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.engine import Engine

from models.digests import BEGINNING
from models.enums import Channel, Direction
from models.history import Interaction, Sighting
from models.records import Mailbox
from tests.worker.ingest.emails import mail, sent
from tests.worker.ingest.home import Home
from worker.ingest.classify.accepted import Accepted
from worker.ingest.rows import write
from worker.storage.conditions import beginning_with, begins_as, is_about

#: A step that looks at every row a user has; an interaction's number finds one row, or the few who took part in it.
WALK = re.compile(
    r"(?:SCAN|SEARCH) (?:participations|interactions|sightings|evidence)\b(?!.*(?:\w+=\? AND|\((?:rowid|interaction)=\?)).*"
)


def walks(connection: Any, statement: str, parameters: Any) -> list[str]:
    """The steps of a statement's plan that walk a table of history once for each row of something else."""
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    above = {step.id: (step.parent, step.detail) for step in steps}
    found = []
    for step in steps:
        place, correlated = step.parent, False
        while place in above:
            correlated = correlated or "CORRELATED" in above[place][1]
            place = above[place][0]
        if correlated and WALK.fullmatch(step.detail):
            found.append(step.detail)
    return found


def test_no_row_of_a_first_reading_has_a_whole_table_walked_for_it(sqlite: Engine) -> None:
    asked: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            asked[statement] = parameters

    home = Home(sqlite)
    friends = [Mailbox(f"friend{number}@far.example", f"Friend {number}") for number in range(30)]
    event.listen(sqlite, "before_cursor_execute", note)
    home.deliver([mail(f"{number}", sender=friend) for number, friend in enumerate(friends)])
    home.deliver([sent(f"{number} answered", to=friend.address) for number, friend in enumerate(friends)])
    home.recompute()
    event.remove(sqlite, "before_cursor_execute", note)
    with sqlite.connect() as connection:
        assert {
            statement: found for statement, given in asked.items() if (found := walks(connection, statement, given))
        } == {}
    assert any("EXISTS (SELECT 1" in statement for statement in asked)


def test_interactions_are_looked_for_one_by_one_before_any_were_counted(sqlite: Engine) -> None:
    home = Home(sqlite)
    home.deliver([mail(f"{number}") for number in range(30)])
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    with sqlite.connect() as connection:
        each, is_its = beginning_with(connection, Interaction.id, ["ab" * 16])
        event.listen(sqlite, "before_cursor_execute", note)
        found = (
            select(Interaction.number).select_from(each).join(Interaction, (Interaction.user_id == home.user) & is_its)
        )
        connection.execute(found)
        event.remove(sqlite, "before_cursor_execute", note)
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1]).all()
    assert any(step.detail.endswith("(user_id=? AND id>? AND id<?)") for step in steps)


def test_identities_that_begin_alike_are_told_apart(engine: Engine) -> None:
    home, begun = Home(engine), "ab" * BEGINNING
    asked, alike, other = (begun + rest * (16 - BEGINNING) for rest in ("01", "02", "03"))
    stream = home.stream()
    with engine.begin() as connection:
        for number, identity in enumerate([asked, asked, alike, "cd" * 16]):
            row = {"user_id": home.user, "stream_id": stream, "key": str(number), "identity": identity}
            connection.execute(insert(Sighting).values(row | {"outcome": "held", "round": 0}))
        here = select(Sighting.key).where(Sighting.user_id == home.user).order_by(Sighting.key)
        assert connection.scalars(here.where(is_about(connection, [asked, other]))).all() == ["0", "1"]
        assert connection.scalars(here.where(is_about(connection, []))).all() == []
        assert connection.scalars(here.where(begins_as(connection, [asked]))).all() == ["0", "1", "2"]


def test_what_goes_on_after_an_identity_is_found_by_it(engine: Engine) -> None:
    mine, others = ["ab" * 16, "cd" * 16], ["ac" * 16, "ce" * 16]
    ids = [mine[0], f"{mine[0]}-19000", f"{mine[0]}-19000-0123abcd", f"{mine[1]}-7", *others, f"{others[0]}-7"]
    thing = Accepted("me@own.example", Channel.EMAIL, Direction.IN, 1_700_000_000, 1_700_000_000, 2, {})
    home = Home(engine)
    with engine.begin() as connection:
        write(connection, home.user, [(one, thing) for one in ids])
        each, is_its = beginning_with(connection, Interaction.id, mine)
        found = connection.scalars(select(Interaction.id).select_from(each).join(Interaction, is_its))
        assert sorted(found) == sorted(one for one in ids if one[:32] in mine)
