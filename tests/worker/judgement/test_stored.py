"""The stored judgement is the one that is read, and equals what the history says, whatever happened before."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine

from models.accounts import Account
from models.judgement import StoredAssessment
from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, BEN, ME, NOW, friendship, live, mail, meeting, open_home
from tests.worker.ingest.home import Home
from worker.app.runtime import Runtime
from worker.decisions.decide import merge, quiet_person, unquiet_person
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.refresh import judged
from worker.judgement.keep.stored import ENCODE, Dates, Snapshot, current, is_current, packed, unpacked
from worker.judgement.rules import rules_in_force
from worker.storage.engine import open_database
from worker.storage.migrations import upgrade
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute

CAROL = Mailbox("carol@east.example", "Carol Reyes")
PEOPLE = (ANNA, BEN, CAROL)
MINE = Mailbox(ME, "Me")
NUMBERS = st.integers(0, 2)


def computed(runtime: Runtime, user: int) -> dict[str, bytes]:
    with reading(runtime.engine) as connection:
        found = judged(connection, user, rules_in_force(None), runtime.clock())
    return {person: ENCODE(Snapshot(assessment, Dates.of(history))) for person, (history, assessment) in found.items()}


def stored(runtime: Runtime, user: int) -> dict[str, bytes]:
    with reading(runtime.engine) as connection:
        assert is_current(connection, user, runtime.clock(), RulesSource().fingerprint)
        return {one.person: ENCODE(Snapshot(one.judgement, one.dates)) for one in current(connection, user)}


def arrive(home: Home, who: Mailbox, *, outward: bool, days: int, number: int) -> None:
    pair = (MINE, who) if outward else (who, MINE)
    at: Record = mail(number, *pair, days=(NOW - home.now) / timedelta(days=1) + days)
    home.deliver([at])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("mail"), NUMBERS, st.booleans(), st.integers(0, 400)),
        st.tuples(st.just("meet"), NUMBERS, st.integers(-20, 200)),
        st.tuples(st.just("days"), st.integers(1, 40)),
        st.tuples(st.just("rest"), NUMBERS, st.booleans()),
        st.tuples(st.just("merge"), NUMBERS, NUMBERS),
        st.tuples(st.just("needs_person"), st.booleans()),
    ),
    min_size=1,
    max_size=14,
)


def step(home: Home, number: int, kind: str, *what: Any) -> None:
    if kind == "mail":
        arrive(home, PEOPLE[what[0]], outward=what[1], days=what[2], number=number)
    elif kind == "meet":
        days = (NOW - home.now) / timedelta(days=1) + what[1]
        home.deliver([meeting(number, PEOPLE[what[0]], days=days)])
    elif kind == "days":
        home.now += timedelta(days=what[0], hours=7)
    else:
        with writing(home.runtime.engine) as connection:
            if kind == "rest":
                person = PEOPLE[what[0]].address
                if what[1]:
                    quiet_person(connection, home.user, "rest", person, home.now)
                else:
                    unquiet_person(connection, home.user, "rest", person, home.now)
            elif kind == "merge" and what[0] != what[1]:
                merge(connection, home.user, PEOPLE[what[0]].address, PEOPLE[what[1]].address, home.now)
            elif kind == "needs_person":
                state = "needs_person" if what[0] else "active"
                connection.execute(update(Account).where(Account.user_id == home.user).values(state=state))


@settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(steps=STEPS)
@example([("meet", 0, 0), ("mail", 0, False, 0), ("days", 1), ("mail", 2, False, 0)])  # a meeting is seen to be over
@example([("mail", 0, False, 3), ("rest", 2, True), ("merge", 2, 0)])  # with somebody nothing is known of who rests
def test_what_is_stored_is_what_the_history_says(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('home') / 'keepwarm.db'}")
    upgrade(engine)
    home = Home(engine, me=ME)
    for number, (kind, *what) in enumerate(steps):
        step(home, number, kind, *what)
        recompute(home.runtime, home.user)
        assert stored(home.runtime, home.user) == computed(home.runtime, home.user)
    engine.dispose()


def test_the_table_is_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    # Given people who were assessed, when the table is emptied, then nobody is shown: nothing is judged anew
    home = tmp_path_factory.mktemp("house") / "home"
    runtime = open_home(home)
    live(runtime, friendship())
    keepwarm = Keepwarm(home)
    before = keepwarm("people", "--json").json
    assert {one["person"] for one in before} == {ANNA.address, BEN.address}
    with writing(runtime.engine) as connection:
        connection.execute(delete(StoredAssessment))
    assert keepwarm("people", "--json").json == []
    assert keepwarm("export", "relationships", "--format", "jsonl").out == ""
    # ... but another moment is judged from the history
    later = f"{NOW + timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}"
    assert {one["person"] for one in keepwarm("people", "--json", now=later).json} == {ANNA.address, BEN.address}


def test_both_databases_read_the_same(engine: Engine) -> None:
    home = Home(engine, me=ME)
    home.deliver([mail(n, *((ANNA, MINE) if n % 2 else (MINE, ANNA)), days=9 * n) for n in range(1, 30)])
    recompute(home.runtime, home.user)
    assert stored(home.runtime, home.user) == computed(home.runtime, home.user)
    with reading(engine) as connection:
        assert [one.person for one in current(connection, home.user, by_depth=True, limit=1)] == [ANNA.address]


def test_on_a_day_without_news_only_those_with_roots_are_judged_anew(engine: Engine) -> None:
    # Given a friend, and somebody who wrote some times and was never answered
    home = Home(engine, me=ME)
    home.deliver([mail(n, *((ANNA, MINE) if n % 2 else (MINE, ANNA)), days=9 * n) for n in range(1, 30)])
    home.deliver([mail(100 + n, BEN, MINE, days=40 + 9 * n) for n in range(4)])
    recompute(home.runtime, home.user)
    warmths = set()
    for days in (*[1] * 9, *[14] * 4):
        home.now += timedelta(days=days)
        home.deliver([])
        assert recompute(home.runtime, home.user) == (2 if days > 1 or home.now.weekday() == 0 else 1)
        found = stored(home.runtime, home.user)
        assert found == computed(home.runtime, home.user)
        warmth = dict(home.rows(StoredAssessment, "person", "warmth"))[BEN.address]
        warmths.add(warmth)
        assert f'"warmth":"{warmth}"'.encode() in found[BEN.address]
    assert warmths == {"warm", "cooling"}


def test_documents_fit_their_rows_and_those_of_versions_before_are_read_too(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([mail(number, ANNA, MINE, days=40 - number) for number in range(5)])
    home.recompute()
    now, one = stored(home.runtime, home.user), StoredAssessment
    with writing(engine) as connection:
        (document,) = connection.scalars(select(one.document).where(one.user_id == home.user))
        assert document == packed(unpacked(document))
        assert len(document) < 1002 - 100  # what SQLite keeps of a row without a page of its own
        connection.execute(update(one).where(one.user_id == home.user).values(document=unpacked(document)))
    assert stored(home.runtime, home.user) == now
