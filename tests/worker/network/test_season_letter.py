"""The season as a letter of its own: once a quarter, after the digest, silent when there is nothing to tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from models.accounts import Account, StreamState, User
from models.judgement import StoredDigest
from models.records import Record
from tests.worker.clock import Clock
from tests.worker.digest.postbox import Postbox, serving
from tests.worker.homes import BEN, live, mail
from tests.worker.network.test_introductions import MINE, NEW, brought, friendship
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.decisions.decide import quiet_person
from worker.decisions.erase.person import forget
from worker.digest.compose import compose
from worker.digest.deliver.offers.unsubscribe import unsubscribe_subject_for
from worker.digest.deliver.readiness import due_digests
from worker.digest.deliver.send import Sent, send, send_due
from worker.digest.deliver.timing import season_occasion
from worker.digest.history import note
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute

HERE = "https://keepwarm.example"


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "weekday", "expected"),
    [
        ("2026-10-06T07:00", "UTC", 0, ("2026-Q3", "2026-10-06T07:00")),  # Monday's readers: Tuesday
        ("2026-10-06T06:59", "UTC", 0, None),
        ("2026-11-03T06:59", "UTC", 0, ("2026-Q3", "2026-10-06T07:00")),
        ("2026-11-03T07:00", "UTC", 0, None),  # too late to look back
        ("2027-01-06T07:00", "UTC", 1, ("2026-Q4", "2027-01-06T07:00")),  # not between the years
        ("2027-01-04T07:00", "UTC", 6, ("2026-Q4", "2027-01-04T07:00")),
        ("2026-07-07T05:00", "Europe/Berlin", 0, ("2026-Q2", "2026-07-07T05:00")),
        ("2026-10-06T07:00", "UTC", 7, None),  # no letters are wanted
    ],
)
def test_it_is_due_in_the_first_whole_week_of_a_quarter(
    now: str, zone: str, weekday: int, expected: tuple[str, str] | None
) -> None:
    found = season_occasion(at(now), zone, weekday, 7)
    assert (found and (found.period, found.due_at)) == (expected and (expected[0], at(expected[1])))


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def port(box: Postbox) -> Iterator[int]:
    with serving(box) as port:
        yield port


@pytest.fixture
def runtime(engine: Engine, port: int, tmp_path: Path) -> Runtime:
    settings = Settings(home=tmp_path, smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"), public_url=HERE)
    return Runtime(settings, engine, Clock(at("2026-11-20T09:00")))


def story() -> list[Record]:
    """Two friends who write all the time, one introduction that takes root in summer, and nobody who goes quiet."""
    return [*friendship(until=3), *friendship(200, BEN, until=3), *brought(), mail(900, MINE, BEN, days=2)]


def reader(runtime: Runtime, records: list[Record]) -> int:
    """Somebody who has been here since summer, with everything read at every moment."""
    user = live(runtime, records)
    with writing(runtime.engine) as connection:
        connection.execute(update(User).values(created_at=at("2026-08-01T00:00")))
        connection.execute(update(StreamState).values(synced_at=at("2027-06-01T00:00")))
        connection.execute(update(Account).values(connected_at=at("2026-08-01T00:00")))
    return user


def through(runtime: Runtime, user: int, first: str, last: str) -> list[tuple[datetime, Sent]]:
    """Look twice a day for what is due, as the scheduler does; gives what became of anything that was."""
    found = []
    clock = runtime.clock
    assert isinstance(clock, Clock)
    clock.now = at(first)
    while runtime.clock() < at(last):
        recompute(runtime, user)
        with reading(runtime.engine) as connection:
            due = user in due_digests(connection, runtime.clock())
        if due:
            found.append((runtime.clock(), send_due(runtime, user, compose, note)))
        clock.now += timedelta(hours=12)
    return found


def seasons(box: Postbox) -> list[EmailMessage]:
    return [one for one in box.mails if "season" in one["Subject"]]


def test_it_comes_once_though_the_digests_have_nothing_to_say(runtime: Runtime, box: Postbox) -> None:
    user = reader(runtime, story())
    through(runtime, user, "2026-09-28T07:00", "2026-09-29T00:00")  # the first digest introduces itself
    assert len(box.mails) == 1
    box.taken.clear()
    with writing(runtime.engine) as connection:  # the one whom the digest would name
        quiet_person(connection, user, "snooze", NEW.address, at("2026-09-29T07:00"), at("2026-12-01T00:00"))
    sent = through(runtime, user, "2026-10-05T07:00", "2026-11-12T00:00")
    mondays = [outcome for moment, outcome in sent if moment.weekday() == 0 and moment.month == 10]
    assert mondays[0] is Sent.NOTHING
    (letter,) = seasons(box)
    assert letter["Subject"] == "keepwarm: your season, July to September"
    assert [(f"{moment:%d %B}", outcome) for moment, outcome in sent if moment.weekday() == 1] == [
        ("06 October", Sent.SENT)
    ]
    with reading(runtime.engine) as connection:
        row = connection.execute(select(StoredDigest.sent_at).where(StoredDigest.period == "2026-Q3")).one()
    assert row.sent_at == at("2026-10-06T07:00")
    assert send(runtime, user, "2026-Q3", compose, note) is Sent.ALREADY


def test_its_picture_is_seen_where_svg_is_not(runtime: Runtime, box: Postbox) -> None:
    user = reader(runtime, story())
    through(runtime, user, "2026-09-28T07:00", "2026-10-07T00:00")
    (letter,) = seasons(box)
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "Anna Berg introduced you to Wanjiru Maina, and it took root." in plain.get_content()
    assert "deep  rooted  growing  seedlings  contacts" in plain.get_content()
    html = page.get_content()
    assert "<svg" not in html
    (image,) = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert f"cid:{image['Content-ID'].strip('<>')}" in html
    assert image.get_content().startswith(b"\x89PNG")
    assert image.get_content_disposition() == "inline"
    assert 'alt="The years as a stream' in html


def test_it_can_be_stopped_like_a_digest(runtime: Runtime, box: Postbox) -> None:
    user = reader(runtime, story())
    through(runtime, user, "2026-09-28T07:00", "2026-10-07T00:00")
    (letter,) = seasons(box)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"{HERE}/act/{user}.stop.2026-Q3." in letter["List-Unsubscribe"]
    assert "Fewer people" not in str(letter.get_body(("html",)))
    assert unsubscribe_subject_for(runtime, user, MINE.address) is None  # an archive shows no sent mail


def test_once_sent_it_stays_sent_though_somebody_is_forgotten(runtime: Runtime, box: Postbox) -> None:
    user = reader(runtime, story())
    through(runtime, user, "2026-09-28T07:00", "2026-10-07T00:00")
    with writing(runtime.engine) as connection:
        forget(connection, user, NEW.address, at("2026-10-07T00:00"))
    assert "2026-Q3" not in str(through(runtime, user, "2026-10-07T07:00", "2026-10-08T00:00"))
    with reading(runtime.engine) as connection:
        assert due_digests(connection, at("2026-10-07T19:00")) == {}
    assert len(seasons(box)) == 1


def test_a_quarter_without_news_is_silent_and_asked_once(runtime: Runtime, box: Postbox) -> None:
    user = reader(runtime, [mail(1, BEN, days=200)])
    sent = through(runtime, user, "2026-09-28T07:00", "2026-11-01T00:00")
    assert [outcome for moment, outcome in sent if moment.weekday() == 1] == [Sent.NOTHING]
    assert seasons(box) == []


def test_nobody_hears_of_a_season_before_the_first_digest(runtime: Runtime) -> None:
    user = reader(runtime, story())
    with reading(runtime.engine) as connection:
        assert due_digests(connection, at("2026-10-06T07:00")) == {user: ["2026-W41"]}


def test_a_folder_gets_a_page_with_its_picture(engine: Engine, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, smtp_url=SecretStr(f"file://{tmp_path / 'out'}"))
    runtime = Runtime(settings, engine, Clock(at("2026-11-20T09:00")))
    user = reader(runtime, story())
    through(runtime, user, "2026-09-28T07:00", "2026-10-07T00:00")
    page = (tmp_path / "out" / f"2026-Q3-{user}.html").read_text()
    assert 'src="data:image/png;base64,iVBOR' in page
    assert "cid:" not in page
