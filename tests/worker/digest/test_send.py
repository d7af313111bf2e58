"""The outbox: one mail for each reader and period, whatever is killed when."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Engine

from models.accounts import Account, StreamState, User
from models.judgement import StoredDigest
from tests.services import free_port
from tests.worker.clock import Clock
from tests.worker.digest.digests import EMPTY, USUAL
from tests.worker.digest.postbox import Postbox, serving
from tests.worker.homes import BEN, ME, NOW, live, mail
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.digest.deliver.errors import NotSent, Unsure
from worker.digest.deliver.readiness import due_digests
from worker.digest.deliver.send import Sent, send, send_due
from worker.digest.digest import Digest
from worker.queue.broker import SEND, middleware
from worker.queue.dead_letters import failed
from worker.service.actors import register
from worker.service.schedule import tick
from worker.storage.transactions import reading, writing

MONDAY = datetime.fromisoformat("2026-11-23T07:00+00:00")
WEEK = timedelta(days=7)


class Composer:
    """Says what it is given to say, and remembers what it was told to remember."""

    def __init__(self, digest: Digest = USUAL) -> None:
        self.digest = digest
        self.asked = 0
        self.remembered: list[str] = []

    def __call__(self, _runtime: Runtime, _user_id: int, _now: datetime) -> Digest:
        self.asked += 1
        return self.digest

    def remember(self, _connection: Connection, _user_id: int, digest: Digest) -> None:
        self.remembered.append(digest.period)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def port(box: Postbox) -> Iterator[int]:
    with serving(box) as port:
        yield port


@pytest.fixture
def runtime(engine: Engine, clock: Clock, port: int, tmp_path: Path) -> Runtime:
    settings = Settings(home=tmp_path, smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"))
    return Runtime(settings, engine, clock)


@pytest.fixture
def user(runtime: Runtime) -> int:
    """Somebody who has been here since Friday, with everything read."""
    user = live(runtime, [mail(1, BEN, days=1)])
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(synced_at=MONDAY + 4 * WEEK))
        connection.execute(update(Account).values(connected_at=NOW - WEEK))
    return user


def stored(runtime: Runtime) -> list[tuple[str, bool, int, str | None]]:
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(
                StoredDigest.period, StoredDigest.sent_at, StoredDigest.uncertain_deliveries, StoredDigest.trouble
            ).order_by(StoredDigest.period)
        ).all()
        return [(row.period, row.sent_at is not None, row.uncertain_deliveries, row.trouble) for row in rows]


def due(runtime: Runtime) -> list[int]:
    with reading(runtime.engine) as connection:
        return list(due_digests(connection, runtime.clock()))


def test_one_letter_a_week(runtime: Runtime, user: int, box: Postbox, clock: Clock) -> None:
    composer = Composer()
    assert due(runtime) == []  # who came on Friday has missed nothing on Monday
    clock.now = MONDAY - timedelta(seconds=1)
    assert send_due(runtime, user, composer, composer.remember) is Sent.NOT_DUE
    clock.now = MONDAY
    assert due(runtime) == [user]
    assert send_due(runtime, user, composer, composer.remember) is Sent.SENT
    assert due(runtime) == []
    assert send_due(runtime, user, composer, composer.remember) is Sent.NOT_DUE
    assert send(runtime, user, "2026-W48", composer, composer.remember) is Sent.ALREADY  # by hand
    clock.now = MONDAY + WEEK + timedelta(days=3)  # the machine was off: late, but not left out
    assert due(runtime) == [user]
    assert send_due(runtime, user, composer, composer.remember) is Sent.SENT
    assert [one["To"] for one in box.mails] == [ME, ME]
    assert len({one["Message-ID"] for one in box.mails}) == 2
    assert (composer.asked, len(composer.remembered)) == (2, 2)
    assert stored(runtime) == [("2026-W48", True, 0, None), ("2026-W49", True, 0, None)]


def test_a_week_with_nothing_to_say_sends_nothing_and_asks_no_more(
    runtime: Runtime, user: int, box: Postbox, clock: Clock
) -> None:
    composer = Composer(EMPTY)
    clock.now = MONDAY
    assert send_due(runtime, user, composer, composer.remember) is Sent.NOTHING
    assert due(runtime) == []
    assert box.taken == []
    assert stored(runtime) == [("2026-W48", False, 0, None)]


def test_a_changed_day_does_not_bring_a_second_letter_in_the_same_week(
    runtime: Runtime, user: int, clock: Clock
) -> None:
    composer = Composer()
    clock.now = MONDAY
    send_due(runtime, user, composer, composer.remember)
    with writing(runtime.engine) as connection:
        connection.execute(update(User).values(digest_weekday=4, zone="Asia/Tokyo"))
    clock.now = MONDAY + timedelta(days=5)
    assert due(runtime) == []
    with writing(runtime.engine) as connection:
        connection.execute(update(User).values(digest_weekday=7))  # no letters, please
    clock.now = MONDAY + WEEK
    assert due(runtime) == []


def test_a_letter_waits_for_the_first_reading_but_not_for_ever(runtime: Runtime, user: int, clock: Clock) -> None:
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(synced_at=None))
    clock.now = MONDAY
    assert due(runtime) == []
    with writing(runtime.engine) as connection:  # what only the person can mend is what the letter is about
        connection.execute(update(Account).values(state="needs_person"))
    assert due(runtime) == [user]
    with writing(runtime.engine) as connection:
        connection.execute(update(Account).values(state="active"))
    clock.now = MONDAY + timedelta(days=1, seconds=1)
    assert due(runtime) == [user]


def test_after_an_outage_what_came_meanwhile_is_read_first(runtime: Runtime, user: int, clock: Clock) -> None:
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(synced_at=NOW))  # and then the machine was off
    clock.now = MONDAY + timedelta(days=3)
    assert due(runtime) == []
    with writing(runtime.engine) as connection:  # a stream that fails is not waited for
        connection.execute(update(StreamState).values(failures=1))
    assert due(runtime) == [user]
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(failures=0, synced_at=MONDAY - timedelta(minutes=30)))
    assert due(runtime) == [user]


def test_a_refusal_leaves_the_same_mail_in_the_outbox(runtime: Runtime, user: int, box: Postbox, clock: Clock) -> None:
    composer = Composer()
    clock.now = MONDAY
    box.answers.append("451 Come back later")
    with pytest.raises(NotSent, match=r"code=451 said='.*Come back later"):
        send_due(runtime, user, composer, composer.remember)
    ((_, sent, uncertain_deliveries, trouble),) = stored(runtime)
    assert (sent, uncertain_deliveries) == (False, 0)
    assert trouble is not None
    assert "451 Come back later" in trouble
    assert due(runtime) == [user]
    composer.digest = EMPTY  # what would be said by now does not matter
    assert send_due(runtime, user, composer, composer.remember) is Sent.SENT
    assert stored(runtime) == [("2026-W48", True, 0, None)]
    assert composer.asked == 1


def test_a_letter_that_could_not_go_out_for_a_week_goes_out_with_the_next(
    runtime: Runtime, user: int, box: Postbox, clock: Clock
) -> None:
    composer = Composer()
    clock.now = MONDAY
    box.answers.append("451 Come back later")
    with pytest.raises(NotSent):
        send_due(runtime, user, composer, composer.remember)
    clock.now = MONDAY + WEEK
    assert send_due(runtime, user, composer, composer.remember) is Sent.SENT
    assert stored(runtime) == [("2026-W48", True, 0, None), ("2026-W49", True, 0, None)]
    assert len({mail["Message-ID"] for mail in box.mails}) == 2


def test_a_connection_that_breaks_after_acceptance_repeats_the_same_mail_and_is_counted(
    runtime: Runtime, user: int, box: Postbox, clock: Clock
) -> None:
    composer = Composer()
    clock.now = MONDAY
    box.answers.append("take and hang up")
    with pytest.raises(Unsure):
        send_due(runtime, user, composer, composer.remember)
    assert send_due(runtime, user, composer, composer.remember) is Sent.SENT
    assert box.taken[0] == box.taken[1]
    assert stored(runtime) == [("2026-W48", True, 1, None)]


CHILD = """
import sys
from datetime import datetime
from pydantic import SecretStr
from tests.worker.digest.test_send import Composer
from worker.storage.engine import open_database
from worker.digest.deliver.send import send_due
from worker.app.runtime import Runtime
from worker.app.settings import Settings
database, url, now, user = sys.argv[1:]
runtime = Runtime(Settings(smtp_url=SecretStr(url)), open_database(database), lambda: datetime.fromisoformat(now))
composer = Composer()
send_due(runtime, int(user), composer, composer.remember)
"""


class Deadly(Postbox):
    """Takes a mail, and kills who sent it before saying so."""

    victim: subprocess.Popen[bytes] | None = None

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd calls it so
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim is not None:
            os.kill(self.victim.pid, signal.SIGKILL)
            self.victim.wait()
            self.victim = None
        return answer


def test_killed_between_acceptance_and_commit_only_the_same_mail_comes_again(
    runtime: Runtime, user: int, clock: Clock
) -> None:
    composer, deadly = Composer(), Deadly()
    clock.now = MONDAY
    with serving(deadly) as port:
        url = f"smtp://127.0.0.1:{port}"
        address = runtime.engine.url.render_as_string(hide_password=False)
        line = [sys.executable, "-c", CHILD, address, url, MONDAY.isoformat(), str(user)]
        root = str(Path(__file__).parents[3])
        deadly.victim = subprocess.Popen(line, env={**os.environ, "PYTHONPATH": root}, cwd=root)
        assert deadly.victim.wait(60) == -signal.SIGKILL
        again = Runtime(Settings(smtp_url=SecretStr(url)), runtime.engine, clock)
        assert due(again) == [user]
        assert send_due(again, user, composer, composer.remember) is Sent.SENT
    assert len(deadly.taken) == 2
    assert deadly.taken[0] == deadly.taken[1]
    assert stored(runtime) == [("2026-W48", True, 1, None)]
    assert composer.asked == 0  # it was made before the kill


def test_letters_of_several_users_never_meet(runtime: Runtime, user: int, box: Postbox, clock: Clock) -> None:
    composer = Composer()
    with writing(runtime.engine) as connection:
        other = add_user(connection, "zoe@x.example", NOW, zone="Pacific/Apia")
    clock.now = MONDAY - timedelta(hours=13)  # seven in the morning on Samoa
    assert due(runtime) == [other]
    clock.now = MONDAY
    shared = Runtime(runtime.settings.model_copy(update={"digest_to": "all@x.example"}), runtime.engine, clock)
    for one in due(shared):
        send_due(shared, one, composer, composer.remember)
    assert recipients(box.mails) == {ME, "zoe@x.example"}  # KEEPWARM_DIGEST_TO is for one user
    assert user != other


def recipients(mails: list[EmailMessage]) -> set[str]:
    return {str(one["To"]) for one in mails}


@pytest.mark.usefixtures("user")
def test_the_schedule_sends_what_the_composer_writes(runtime: Runtime, box: Postbox, clock: Clock) -> None:
    broker = StubBroker(middleware=middleware())
    actors = register(broker, runtime)
    with writing(runtime.engine) as connection:
        connection.execute(update(Account).values(state="needs_person"))
    worker = Worker(broker, worker_timeout=20, worker_threads=2)
    worker.start()
    for _ in range(2):
        clock.now = MONDAY
        tick(runtime, broker, actors, "one")
        broker.join(SEND)
    clock.now = MONDAY + WEEK
    tick(runtime, broker, actors, "one")
    broker.join(SEND)
    worker.stop()
    first = box.mails[0].get_body(("plain",))
    assert first is not None
    said = " ".join(first.get_content().split())
    assert f"{ME} can no longer be read" in said
    later = [one.get_body(("plain",)) for one in box.mails[1:]]
    assert all(one is not None and "can no longer be read" not in one.get_content() for one in later)  # told once
    assert [period for period, *_ in stored(runtime)] == ["2026-W48", "2026-W49"]


def test_a_server_that_is_away_is_a_dead_letter_and_asked_again(
    engine: Engine, user: int, tmp_path: Path, clock: Clock
) -> None:
    settings = Settings(home=tmp_path, smtp_url=SecretStr(f"smtp://127.0.0.1:{free_port()}"))
    lonely = Runtime(settings, engine, clock)
    broker = StubBroker(middleware=middleware())
    actors = register(broker, lonely)
    clock.now = MONDAY
    with writing(engine) as connection:  # a tick does not believe what was read weeks ahead
        connection.execute(update(StreamState).values(synced_at=MONDAY))
    worker = Worker(broker, worker_timeout=20, worker_threads=1)
    worker.start()
    tick(lonely, broker, actors, "one")
    broker.join(SEND, fail_fast=False)
    worker.stop()
    with reading(engine) as connection:
        (digest,) = [one for one in failed(connection, user) if one.actor == "keepwarm.digest"]
    assert digest.times == 1  # no quick tries: the next is in a minute, then in two
    assert digest.error.startswith("NotSent")
    ((_, sent, _, trouble),) = stored(lonely)
    assert not sent
    assert "doesn't answer" in str(trouble)
