"""Webhooks and notifications: signed, sent once, tried again, sealed, one's own, and never into the house's network."""

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine

from connectors.errors import ConnectorError
from models.access import Notice, Outlet
from models.accounts import Account, StreamState
from models.judgement import DigestLine, StoredDigest
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import BEN, friendship, live, mail, open_home
from tests.worker.ingest.home import SETTINGS, Home
from tests.worker.network.test_introductions import MINE, brought
from tests.worker.network.test_introductions import friendship as quiet_life
from tests.worker.outlets.listener import Listener, listening
from tests.worker.web.programs import Member, member
from worker.app.runtime import Runtime
from worker.app.secrets.key_rotation import reseal_all
from worker.app.secrets.vault import Vault
from worker.app.users import add_user
from worker.decisions.erase.person import forget
from worker.digest.digest import Digest
from worker.digest.history import ENCODE
from worker.outlets.deliver import AGAIN, deliver_due, note_events, users_with_outlets
from worker.outlets.keep import Event, OutletRefused, add_outlet, list_outlets, remove_outlet
from worker.outlets.services import UnknownService, require_service
from worker.storage.transactions import reading, writing

FRIEND = "friend@one.example"
KEY = Fernet.generate_key().decode()
DAY = timedelta(days=1)


@pytest.fixture
def hook() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def one(engine: Engine) -> Member:
    found = member(engine, FRIEND, "Frida\r\nFriend")
    sealed(found.home)
    return found


def sealed(home: Home) -> None:
    settings = SETTINGS.model_copy(update={"secret_keys": SecretStr(KEY)})
    home.runtime = Runtime(settings, home.engine, lambda: home.now)


def subscribe(home: Home, url: str, *events: Event, alone: bool = True) -> tuple[str, str]:
    with writing(home.engine) as connection:
        found = add_outlet(connection, home.runtime, home.user, url, set(events or Event), alone=alone)
    note_events(home.runtime, home.user, already_sent=True)
    return found


def falls_silent(home: Home) -> None:
    """Let so much time pass that somebody has gone quiet."""
    home.now += timedelta(days=90)
    stream = {"synced_at": home.now}
    with writing(home.engine) as connection:
        connection.execute(
            update(StreamState).where(StreamState.user_id == home.user).values(unfinished=False, **stream)
        )
    home.recompute()


def kinds(hook: Listener) -> list[str]:
    return [json.loads(body)["type"] for _, body in hook.calls]


def test_a_silence_is_told_once_and_signed(one: Member, hook: Listener) -> None:
    _, secret = subscribe(one.home, hook.url, Event.QUIET)
    falls_silent(one.home)
    assert deliver_due(one.home.runtime, one.home.user) == 1
    for _ in range(3):
        one.home.now += DAY
        deliver_due(one.home.runtime, one.home.user)
    ((headers, body),) = hook.calls
    said = json.loads(body)
    assert said["type"] == "keepwarm.quiet"
    assert said["data"]["person"] == FRIEND
    assert "\n" not in said["title"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert headers["content-type"] == "application/json"


def test_what_stood_before_is_no_news(one: Member, hook: Listener) -> None:
    falls_silent(one.home)
    subscribe(one.home, hook.url, Event.QUIET)
    assert deliver_due(one.home.runtime, one.home.user) == 0
    assert hook.calls == []


def test_a_digest_and_an_account_are_told(one: Member, hook: Listener) -> None:
    subscribe(one.home, hook.url, Event.DIGEST, Event.ACCOUNT)
    now, user = one.home.now, one.home.user
    with writing(one.home.engine) as connection:
        week = {"user_id": user, "period": "2026-W47", "made_at": now}
        content = ENCODE(Digest("Me", now, "UTC", "2026-W47", notes=("Something.",)))
        connection.execute(insert(StoredDigest).values(content=content, **week))
        line = {"user_id": user, "period": "2026-W47", "person": FRIEND, "kind": "cold", "position": 0, "at": now}
        connection.execute(insert(DigestLine).values(**line))
        connection.execute(
            update(Account).where(Account.user_id == user).values(state="needs_person", trouble="Sign in again.")
        )
    assert deliver_due(one.home.runtime, user) == 2
    assert sorted(kinds(hook)) == ["keepwarm.account", "keepwarm.digest"]


def test_a_digest_is_made_for_whom_none_is_sent(one: Member, hook: Listener) -> None:
    subscribe(one.home, hook.url, Event.DIGEST)
    one.home.now += timedelta(days=7)
    with writing(one.home.engine) as connection:
        read = update(StreamState).where(StreamState.user_id == one.home.user)
        connection.execute(read.values(unfinished=False, synced_at=one.home.now))
    one.home.recompute()
    assert deliver_due(one.home.runtime, one.home.user) == 1
    assert deliver_due(one.home.runtime, one.home.user) == 0
    assert kinds(hook) == ["keepwarm.digest"]


def test_a_season_is_made_and_told_where_no_email_is_sent(engine: Engine, hook: Listener) -> None:
    home = Home(engine, me=MINE.address)
    home.deliver([*quiet_life(until=3), *quiet_life(200, BEN, until=3), *brought(), mail(900, MINE, BEN, days=2)])
    home.recompute()
    sealed(home)
    subscribe(home, hook.url, Event.DIGEST)
    home.now = datetime(2026, 10, 6, 8, tzinfo=UTC)
    with writing(engine) as connection:  # the first digest introduced itself in the week before
        first = {"user_id": home.user, "period": "2026-W40", "made_at": home.now - 8 * DAY, "document": b""}
        connection.execute(insert(StoredDigest).values(**first))
        connection.execute(update(StreamState).values(unfinished=False, synced_at=home.now))
    assert deliver_due(home.runtime, home.user) == 1
    assert deliver_due(home.runtime, home.user) == 0
    ((_, body),) = hook.calls
    said = json.loads(body)
    assert (said["title"], said["data"]["period"]) == ("Your season, July to September", "2026-Q3")
    assert "Anna Berg introduced you to Wanjiru Maina, and it took root." in said["text"]


def test_what_is_not_taken_is_tried_again_and_given_up_at_last(one: Member, hook: Listener) -> None:
    key, _ = subscribe(one.home, hook.url, Event.QUIET)
    falls_silent(one.home)
    hook.status = 500
    for wait in AGAIN:
        assert deliver_due(one.home.runtime, one.home.user) == 0
        assert deliver_due(one.home.runtime, one.home.user) == 0, "not before its time"
        one.home.now += wait
    with reading(one.home.engine) as connection:
        (found,) = list_outlets(connection, one.home.runtime, one.home.user)
        assert "500" in (found.trouble or "")
    assert len(hook.calls) == len(AGAIN)
    deliver_due(one.home.runtime, one.home.user)
    one.home.now += DAY
    deliver_due(one.home.runtime, one.home.user)
    assert len(hook.calls) == len(AGAIN) + 1
    with writing(one.home.engine) as connection:
        remove_outlet(connection, one.home.user, key)
        with pytest.raises(OutletRefused):
            remove_outlet(connection, one.home.user, key)
        assert connection.scalar(select(Notice.event)) is None


def test_one_that_comes_back_is_told(one: Member, hook: Listener) -> None:
    subscribe(one.home, hook.url, Event.QUIET)
    falls_silent(one.home)
    hook.status = 503
    deliver_due(one.home.runtime, one.home.user)
    hook.status, one.home.now = 204, one.home.now + AGAIN[0]
    assert deliver_due(one.home.runtime, one.home.user) == 1
    with reading(one.home.engine) as connection:
        assert list_outlets(connection, one.home.runtime, one.home.user)[0].trouble is None


def test_nobody_who_was_forgotten_is_told_of(one: Member, hook: Listener) -> None:
    subscribe(one.home, hook.url, Event.QUIET)
    falls_silent(one.home)
    note_events(one.home.runtime, one.home.user)
    with writing(one.home.engine) as connection:
        forget(connection, one.home.user, FRIEND, one.home.now)
        assert all(FRIEND not in event for event in connection.scalars(select(Notice.event)))
    deliver_due(one.home.runtime, one.home.user)
    assert hook.calls == []


def test_each_user_tells_their_own(one: Member, hook: Listener) -> None:
    other = member(one.home.engine, "theirs@two.example")
    sealed(other.home)
    key, _ = subscribe(one.home, hook.url)
    with reading(one.home.engine) as connection:
        assert users_with_outlets(connection) == [one.home.user]
        assert list_outlets(connection, other.home.runtime, other.home.user) == []
    falls_silent(other.home)
    assert deliver_due(other.home.runtime, other.home.user) == 0
    with writing(one.home.engine) as connection, pytest.raises(OutletRefused):
        remove_outlet(connection, other.home.user, key)


def test_addresses_are_sealed_for_their_owner_and_sealed_anew(one: Member) -> None:
    subscribe(one.home, "https://hooks.example/SECRET/path")
    newer = Vault([Fernet.generate_key().decode(), KEY])
    reseal_all(one.home.engine, newer)
    with reading(one.home.engine) as connection:
        row = connection.execute(select(Outlet.__table__)).one()
        assert b"SECRET" not in row.sealed
        assert row.key == newer.newest


@pytest.mark.parametrize("url", ["http://hooks.example/x", "https://", "ftp://x", "javascript:alert(1)", "", "x y"])
def test_what_is_no_address_is_refused(one: Member, url: str) -> None:
    with pytest.raises((ConnectorError, UnknownService)):
        subscribe(one.home, url)


def test_where_several_share_it_nothing_in_the_house_is_told(one: Member, hook: Listener) -> None:
    subscribe(one.home, hook.url, Event.QUIET)
    with writing(one.home.engine) as connection:
        add_user(connection, "second@users.example", one.home.now)
    falls_silent(one.home)
    assert deliver_due(one.home.runtime, one.home.user) == 0
    assert hook.calls == []
    for inside in ("json://10.0.0.1/x", "ntfy://localhost/x", "gotify://192.168.1.1/token"):
        with pytest.raises(UnknownService):
            require_service(inside, alone=False)
        require_service(inside.replace("10.0.0.1", "host"), alone=True)
    require_service("tgram://123456789:abcdefg_hijklmnop/12315544/", alone=False)


def test_apprise_is_told_without_a_word_in_the_log(
    one: Member, hook: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(one.home, hook.url.replace("http://", "json://"), Event.QUIET)
    falls_silent(one.home)
    assert deliver_due(one.home.runtime, one.home.user) == 1
    assert b"has gone quiet" in hook.calls[0][1]
    assert "127.0.0.1" not in caplog.text


def test_by_the_command_line(empty_home: Keepwarm, hook: Listener) -> None:
    added = empty_home("notify", "add", hook.url, "--on", "quiet,digest")
    assert added.code == 0
    assert added.out.startswith("whsec_")
    (listed,) = empty_home("notify", "list", "--json").json
    assert (listed["to"], listed["on"]) == ("http://127.0.0.1/...", ["digest", "quiet"])
    assert empty_home("notify", "add", "nothing").code == 1
    assert empty_home("notify", "add", hook.url, "--on", "rain").code == 2
    assert empty_home("notify", "remove", listed["id"]).code == 0
    assert empty_home("notify", "list", "--json").json == []


@pytest.fixture
def empty_home(tmp_path: Path) -> Keepwarm:
    keepwarm = Keepwarm(tmp_path)
    runtime = open_home(keepwarm.home)
    live(runtime, friendship())
    runtime.engine.dispose()
    return keepwarm
