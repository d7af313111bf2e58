"""What people and programs are shown: lists page by page, one person, the history, the digest, and why not."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.engine import Engine

from models.enums import Channel, Place, Stage
from models.judgement import StoredDigest
from models.records import EmailRecord, Mailbox
from tests.worker.homes import ANNA, BEN, ME, NOW, friendship, live, open_home
from tests.worker.ingest.home import Home
from worker.app.runtime import Runtime
from worker.backtest import Backtest
from worker.decisions.actions import Action, Wish
from worker.decisions.erase.person import forget
from worker.digest.compose import compose, left_out, period_of
from worker.digest.history import remember
from worker.storage.transactions import writing
from worker.views.acting import act
from worker.views.cursors import BadCursor, write_cursor
from worker.views.digest import Composed, Week, earlier_digests, this_week, this_weeks, week_standing
from worker.views.judgement.backtest import in_words, own_backtest
from worker.views.people.people import PeopleQuery, PersonRow, Sort, count_people, people_page
from worker.views.people.person import UnknownPerson, person_view
from worker.views.people.touches import TouchQuery, TouchRow, touches_page
from worker.views.session import viewing
from worker.views.sources import sources, unread


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return open_home(tmp_path)


def crowd(engine: Engine, count: int = 30) -> Home:
    home = Home(engine)
    mails = []
    for number in range(count):
        other = Mailbox(f"p{number:02}@many.example", ("Zoë Ångström", "Ben Berg", "100%_sure")[number % 3])
        for turn in range(3):
            at = home.now - timedelta(days=3 + number + 9 * turn)
            pair = (Mailbox("me@own.example"), other) if turn % 2 else (other, Mailbox("me@own.example"))
            place = Place.SENT if turn % 2 else Place.INBOX
            mails.append(
                EmailRecord(
                    key=f"{number}-{turn}", message_id=f"{number}-{turn}@m.example", sender=pair[0], to=(pair[1],),
                    sent_at=at, received_at=at, subject="Words", place=place,
                )
            )  # fmt: skip
    home.deliver(mails)
    home.recompute()
    return home


@pytest.mark.parametrize("sort", Sort)
def test_pages_of_people_hold_everybody_once_and_in_order(engine: Engine, sort: Sort) -> None:
    home, _other = crowd(engine), crowd(engine, 3)
    with viewing(home.runtime, home.user) as view:
        whole = people_page(view, PeopleQuery(sort=sort, limit=100))
        assert whole.cursor == ""
        assert len(whole.rows) == 30 == count_people(view, PeopleQuery())
        cursor = ""
        found: list[PersonRow] = []
        for _ in range(20):
            page = people_page(view, PeopleQuery(sort=sort, limit=7, cursor=cursor))
            found += page.rows
            cursor = page.cursor
            if not cursor:
                break
        assert tuple(found) == whole.rows


@pytest.mark.parametrize(
    ("words", "count"), [("zoë", 10), ("ZOË ång", 10), ("ben p01@", 1), ("100%", 10), ("%", 10), ("_", 10), ("x", 30),
                         ("ben zoë", 0), ("\0", 30), ("'; DROP TABLE people", 0)],
)  # fmt: skip
def test_a_search_wants_every_word(engine: Engine, words: str, count: int) -> None:
    home = crowd(engine)
    with viewing(home.runtime, home.user) as view:
        query = PeopleQuery(search=words, limit=100)
        assert len(people_page(view, query).rows) == count == count_people(view, query)


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "W10", write_cursor("a", "b", "c"), write_cursor(1.0), write_cursor(1.0, 2.0, "a\0b"), "A" * 9000],
)
def test_a_cursor_of_another_list_is_refused(engine: Engine, cursor: str) -> None:
    home = Home(engine)
    with viewing(home.runtime, home.user) as view:
        with pytest.raises(BadCursor):
            people_page(view, PeopleQuery(cursor=cursor))
        with pytest.raises(BadCursor):
            touches_page(view, TouchQuery(cursor=cursor))


def test_a_person_is_shown_whole(runtime: Runtime) -> None:
    user = live(runtime, friendship())
    act(runtime, user, Wish(Action.SNOOZE, ANNA.address))
    with viewing(runtime, user) as view:
        found = person_view(view, ANNA.address)
        assert found.name == "Anna Berg"
        assert found.stage is not Stage.CONTACT
        assert sum(found.months) > 40
        assert len(found.months) == 24
        assert found.next_meeting is not None
        assert found.next_meeting.subject == "Lunch"
        assert any(reason.evidence for reason in found.reasons)
        assert found.quieted.snoozed_until == NOW + timedelta(weeks=4)
        assert found.ask.evidence
        listed = next(row for row in people_page(view, PeopleQuery()).rows if row.person == ANNA.address)
        assert listed.quieted == found.quieted
        with pytest.raises(UnknownPerson):
            person_view(view, "nobody@x.example")


def test_the_history_is_shown_page_by_page_newest_first(runtime: Runtime) -> None:
    user = live(runtime, friendship())
    act(runtime, user, Wish(Action.TALKED, BEN.address, talked_at=NOW - timedelta(days=7)))
    with viewing(runtime, user) as view:
        whole = touches_page(view, TouchQuery(limit=200))
        cursor = ""
        found: list[TouchRow] = []
        while True:
            page = touches_page(view, TouchQuery(limit=9, cursor=cursor))
            found += page.rows
            if not (cursor := page.cursor):
                break
        assert tuple(found) == whole.rows
        assert [row.at for row in found] == sorted((row.at for row in found), reverse=True)
        theirs = touches_page(view, TouchQuery(person=BEN.address)).rows
        assert (theirs[0].channel, theirs[0].said) == (Channel.TALK, True)
        assert all(BEN.address in dict(row.people) for row in theirs)
        assert touches_page(view, TouchQuery(since=NOW)).rows == ()


def test_this_weeks_digest_is_the_one_that_was_shown(runtime: Runtime) -> None:
    user = live(runtime, friendship())
    with viewing(runtime, user) as view:
        assert week_standing(runtime, view) is None, "nobody has looked yet"
        composed = this_weeks(runtime, view)
        standing = week_standing(runtime, view)
    assert standing == Week(composed, left_out(runtime, user, NOW), current=True)
    assert composed.first is not None
    remember(runtime, user, composed)
    with viewing(runtime, user) as view:
        assert this_weeks(runtime, view) == composed == compose(runtime, user, NOW)
        week = this_week(runtime, view)
        assert (week.digest, week.left_out) == (composed, left_out(runtime, user, NOW))
        runtime.shared(Composed).forget(user)
        standing = week_standing(runtime, view)
        assert standing == Week(composed, None, current=False), "what was shown stands"
        assert earlier_digests(view) == []
    with viewing(runtime, user, NOW + timedelta(days=7)) as view:
        (earlier,) = earlier_digests(view)
        assert (earlier.period, earlier.content) == (period_of(NOW, "UTC"), composed)
    with writing(runtime.engine) as connection:
        forget(connection, user, BEN.address, NOW)
    with viewing(runtime, user, NOW + timedelta(days=7)) as view:
        assert [one.content for one in earlier_digests(view)] == [None], "words that may name them are gone"


def test_a_digest_of_another_version_is_composed_anew(runtime: Runtime) -> None:
    user = live(runtime, friendship())
    with viewing(runtime, user) as view:
        remember(runtime, user, this_weeks(runtime, view))
    with writing(runtime.engine) as connection:
        connection.execute(update(StoredDigest).values(content=b'{"odd": 1}'))
    with viewing(runtime, user) as view:
        assert this_weeks(runtime, view).first is not None


def test_sources_and_what_could_not_be_read(runtime: Runtime) -> None:
    user = live(runtime, friendship())
    with viewing(runtime, user) as view:
        (one,) = sources(view)
        assert one.count.account == ME
        assert one.known_until is not None
        assert unread(view) == []


def test_a_replay_in_words(runtime: Runtime) -> None:
    user = live(runtime, friendship())
    with viewing(runtime, user) as view:
        found = own_backtest(view)
    assert isinstance(found, Backtest)
    for sentence in in_words(found):
        assert "%" not in sentence
        assert sentence.endswith(".")
