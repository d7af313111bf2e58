"""Push from outside: what arrives is read in the next moment, and whatever becomes of a hint, nothing is lost by it."""

import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import event, select, update

from models.accounts import PushSubscription, StreamState
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.sync.push.house import HOST, NOW, PATH, TOPIC, House
from worker.accounts.store import disconnect
from worker.app.metrics import NOTIFICATIONS
from worker.app.runtime import Runtime
from worker.storage.transactions import reading, writing
from worker.sync.push import SPACING, due_subscriptions, renew_subscription

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def shut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    house = House(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(house.microsoft.certificates.ca_file))
    return house


@pytest.fixture
def opened(shut: House) -> Iterator[House]:
    with shut.open() as house:
        yield house


@pytest.fixture
def house(opened: House) -> House:
    return opened.connect()


def counted(provider: str, outcome: str) -> float:
    return float(NOTIFICATIONS.labels(provider, outcome)._value.get())


def readings(house: House) -> dict[str, datetime | None]:
    with reading(house.runtime.engine) as connection:
        return {row.name: row.synced_at for row in connection.execute(select(StreamState.name, StreamState.synced_at))}


def test_a_mail_that_arrives_is_read_in_the_next_moment(house: House) -> None:
    assert house.push_subscriptions() == {"gmail": None, "outlook": None}
    house.gmail_arrives()
    assert house.due() == {"gmail"}  # and nobody else is asked
    house.tick()
    house.outlook_arrives()
    assert house.due() == {"outlook"}
    house.tick()
    assert house.held() == 2
    assert house.due() == set()
    assert house.internet.answers[-2:] == [202, 202]


def test_without_hints_polling_finds_it(house: House) -> None:
    house.internet.behind.clear()  # our endpoint is gone
    house.both_arrive()
    assert house.internet.answers[-2:] == [0, 0]
    house.tick()
    assert house.held() == 0
    house.later(minutes=30)
    house.tick()
    assert house.held() == 2


def test_hints_that_come_twice_late_and_in_another_order_change_nothing(house: House) -> None:
    house.pubsub.holding = house.subscriptions.holding = True
    house.pubsub.copies = house.subscriptions.copies = 3
    for _ in range(3):
        house.both_arrive()
    house.pubsub.release(TOPIC, house.pubsub.held[::-1])
    house.tick()
    assert house.held() == 3
    house.subscriptions.release(house.subscriptions.waiting[::-1])
    house.pubsub.release(TOPIC, house.pubsub.held)
    house.later(seconds=SPACING.total_seconds())
    house.tick()
    assert house.held() == 6
    assert set(house.internet.answers[-27:]) == {202}


def test_a_flood_makes_no_stream_be_read_more_often_than_it_may(house: House) -> None:
    read: dict[str, list[datetime]] = {}
    for second in range(65):
        if second % 5 == 0:
            house.both_arrive()
        if second % 3 == 0:
            house.tick()
        for name, at in readings(house).items():
            if at is not None and at not in read.setdefault(name, []):
                read[name].append(at)
        house.later(seconds=1)
    for moments in read.values():
        assert all(later - earlier >= SPACING for earlier, later in pairwise(moments))
        assert len(moments) <= 5
    house.later(seconds=SPACING.total_seconds())
    house.tick()
    assert house.held() == 26


def test_a_mail_that_comes_while_its_account_is_being_read_is_not_left_to_the_poll(house: House) -> None:
    with writing(house.runtime.engine) as connection:  # hinted at in the second the reading begins
        connection.execute(update(StreamState).values(due_at=house.now, notified_at=house.now))
    house.tick()
    house.later(seconds=SPACING.total_seconds())
    assert house.due() == {"gmail", "outlook"}
    house.tick()
    house.later(seconds=SPACING.total_seconds())
    assert house.due() == set()


def test_what_fails_is_not_hurried(house: House) -> None:
    with writing(house.runtime.engine) as connection:
        connection.execute(update(StreamState).values(failures=3, due_at=house.now + timedelta(hours=1)))
    house.both_arrive()
    assert house.due() == set()


def post(house: House, path: str, body: bytes) -> int:
    return house.internet.post(f"{HOST}{path}", body)[0]


def test_what_is_forged_is_refused_and_counted(house: House) -> None:
    (subscription,) = house.subscriptions.alive().values()
    forged = {"subscriptionId": subscription.id, "clientState": "a guess", "changeType": "created"}
    stranger = {"subscriptionId": "no such one", "clientState": subscription.secret, "changeType": "created"}
    of_nobody = b'{"message": {"data": "eyJlbWFpbEFkZHJlc3MiOiAibm9ib2R5QGV4YW1wbGUub3JnIn0="}}'
    cases = [
        ("microsoft", "/microsoft", json.dumps({"value": [forged]}).encode(), 403, "forged"),
        ("microsoft", "/microsoft", json.dumps({"value": [stranger]}).encode(), 202, "unknown"),
        ("microsoft", "/microsoft", b'{"value": []}', 400, "malformed"),
        ("microsoft", "/microsoft", b'{"value": [{"subscriptionId": 7}]}', 400, "malformed"),
        ("microsoft", "/microsoft", b"\xff\xfe", 400, "malformed"),
        ("microsoft", "/microsoft", b"", 400, "malformed"),
        ("microsoft", "/microsoft", b" " * 300_000, 400, "malformed"),
        ("google", "/google", of_nobody, 202, "unknown"),
        ("google", "/google", b'{"message": {"data": "!!!"}}', 400, "malformed"),
        ("google", "/google", b'{"message": {"data": "' + b"A" * 1000 + b'"}}', 400, "malformed"),
        ("google", "/google", b"[" * 100_000, 400, "malformed"),
    ]
    for provider, path, body, status, outcome in cases:
        before = counted(provider, outcome)
        assert post(house, PATH + path, body) == status, body[:80]
        assert counted(provider, outcome) == before + 1
    before = counted("nobody", "elsewhere")
    for path in ("/google", "/hooks/guess/google", f"{PATH}/other", f"{PATH}x/google", PATH, f"{PATH}/google/"):
        assert post(house, path, of_nobody) == 404
    assert counted("nobody", "elsewhere") == before + 6
    assert house.due() == set()


def raw(house: House, head: bytes, body: bytes = b"") -> bytes:
    """Send something no client would send, and give the status of the answer."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as line:
        line.sendall(f"POST {PATH}/".encode() + head + b"\r\n\r\n" + body)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer.split(b" ", 2)[1]


def test_no_request_is_too_odd_to_be_refused(house: House) -> None:
    deep = b'{"value":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for who in (b"google", b"microsoft"):
        for head, body in (
            (b"Content-Length: " + b"9" * 5000, b""),
            (b"Content-Length: " + b"9" * 19, b""),
            (b"Content-Length: -1", b""),
            (b"Content-Length: %d" % len(deep), deep),
            (b"Transfer-Encoding: chunked", b"40001\r\n" + b"x" * 0x40001 + b"\r\n0\r\n\r\n"),
            (b"Content-Length: 20", b'{"message": 1e999999}'[:20]),
        ):
            assert raw(house, who + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head, body) == b"400", head[:40]


def test_however_many_unknown_subscriptions_cost_one_look_or_none(house: House) -> None:
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(house.runtime.engine, "before_cursor_execute", count)
    for items, status, most in ((8000, 400, 0), (100, 202, 1)):
        asked.clear()
        body = json.dumps({"value": [{"subscriptionId": f"s{n}", "clientState": "x"} for n in range(items)]}).encode()
        assert post(house, f"{PATH}/microsoft", body) == status
        assert sum("push_subscriptions" in statement for statement in asked) <= most


def test_one_good_item_among_bad_ones_is_taken(house: House) -> None:
    (one,) = house.subscriptions.alive().values()
    items = [{"subscriptionId": "other", "clientState": "x"}, {"subscriptionId": one.id, "clientState": one.secret}]
    assert post(house, f"{PATH}/microsoft", json.dumps({"value": items}).encode()) == 202
    assert house.due() == {"outlook"}


def test_what_is_asked_back_is_plain_text_and_nothing_else(house: House) -> None:
    token = "%3Cscript%3Ealert(1)%3C/script%3E"
    status, body, kind = house.internet.post(f"{HOST}{PATH}/microsoft?validationToken={token}", b"", "text/plain")
    assert (status, body, kind) == (200, b"<script>alert(1)</script>", "text/plain")
    assert post(house, f"/guess/microsoft?validationToken={token}", b"") == 404


def test_promises_are_renewed_daily_and_made_anew_where_they_ended(house: House) -> None:
    (first,) = house.subscriptions.alive()
    for day in range(1, 10):
        house.later(days=1)
        house.tick()
        assert house.pubsub.watched["ada@example.org"] == 1 + day
        assert list(house.subscriptions.alive()) == [first]
    house.later(days=8)  # nobody was here to renew
    assert house.subscriptions.alive() == {}
    house.tick()
    (second,) = house.subscriptions.alive()
    assert second != first
    house.later(minutes=1)
    house.tick()
    house.later(minutes=1)
    house.both_arrive()
    house.tick()
    assert house.held() == 2


def test_a_subscription_that_was_made_but_never_noted_is_replaced(house: House) -> None:
    (lost,) = house.subscriptions.alive()
    with writing(house.runtime.engine) as connection:  # killed between Graph's answer and our note of it
        connection.execute(update(PushSubscription).values(name=None, due_at=house.now))
    house.tick()
    (found,) = house.subscriptions.alive()
    assert found != lost
    assert house.push_subscriptions() == {"gmail": None, "outlook": None}


def test_missed_notifications_are_a_hint_too(house: House) -> None:
    house.subscriptions.holding = True
    house.outlook_arrives()
    house.subscriptions.waiting.clear()  # Graph lost it
    house.subscriptions.holding = False
    house.subscriptions.lifecycle("missed")
    assert house.due() == {"outlook"}
    house.tick()
    assert house.held() == 1


def test_a_subscription_graph_has_removed_is_made_anew(house: House) -> None:
    (first,) = house.subscriptions.alive()
    house.subscriptions.lifecycle("subscriptionRemoved")
    assert house.subscriptions.alive() == {}
    house.tick()
    (second,) = house.subscriptions.alive()
    assert second != first


def test_a_subscription_that_wants_reauthorisation_is_renewed(house: House) -> None:
    (one,) = house.subscriptions.alive().values()
    house.later(hours=1)
    until = one.until
    house.subscriptions.lifecycle("reauthorizationRequired")
    house.tick()
    assert list(house.subscriptions.alive().values()) == [one]
    assert one.until > until


def watch_all(runtime: Runtime) -> None:
    with writing(runtime.engine) as connection:
        asked = due_subscriptions(connection, runtime.settings, runtime.clock())
    for (account,) in asked:
        renew_subscription(runtime, account)


def test_another_address_is_told_at_once_and_again_until_it_is_reachable(house: House) -> None:
    elsewhere = "https://elsewhere.example"
    moved = house.settings.model_copy(update={"push_url": SecretStr(elsewhere + PATH)})
    runtime = Runtime(moved, house.runtime.engine, house.runtime.clock)  # a scheduler that was started anew
    watch_all(runtime)  # too early: the new address is not reachable yet
    assert [one.url for one in house.subscriptions.alive().values()] == []
    assert "must be reachable" in str(house.push_subscriptions()["outlook"])
    house.internet.behind[elsewhere] = house.port
    house.later(days=1)
    watch_all(runtime)
    assert [one.url for one in house.subscriptions.alive().values()] == [f"{elsewhere}{PATH}/microsoft"]


def test_where_hints_are_refused_polling_goes_on_and_the_reason_is_shown(opened: House) -> None:
    opened.internet.behind.clear()  # Graph does not get through to us
    opened.pubsub.forbidden = True
    opened.connect()
    keepwarm = Keepwarm(opened.settings.home)
    account = {one["provider"]: one for one in keepwarm("status", "--json", now=f"{opened.now:%FT%TZ}").json}
    assert "must be reachable by https" in account["outlook"]["no_hints"]
    assert "User not authorized" in account["gmail"]["no_hints"]
    assert {one["state"] for one in account.values()} == {"active"}
    printed = " ".join(keepwarm("status", now=f"{opened.now:%FT%TZ}").out.split())
    assert "checked regularly, without notifications. Microsoft couldn't reach KEEPWARM_PUSH_URL" in printed
    assert "ada@example.org gets no notifications" in " ".join(
        keepwarm("doctor", KEEPWARM_PUSH_URL=HOST + PATH).out.split()
    )
    opened.both_arrive()
    opened.later(minutes=30)
    opened.tick()
    assert opened.held() == 2
    before = opened.pubsub.watched.total()
    opened.tick()
    assert opened.pubsub.watched.total() == before  # asked again tomorrow, not at each tick
    opened.internet.behind[HOST] = opened.port
    opened.pubsub.forbidden = False
    assert keepwarm("retry", now=None).code == 0  # unless the person says that it is mended
    opened.tick()
    assert opened.push_subscriptions() == {"gmail": None, "outlook": None}


def test_who_is_disconnected_is_not_hinted_at(house: House) -> None:
    (one,) = house.subscriptions.alive().values()
    with reading(house.runtime.engine) as connection:
        users = connection.execute(select(StreamState.user_id, StreamState.account_id).distinct()).all()
    for user, account in users:
        disconnect(house.runtime, user, account, erase=False)
    assert house.push_subscriptions() == {}
    item = {"value": [{"subscriptionId": one.id, "clientState": one.secret}]}
    before = counted("microsoft", "unknown")
    assert post(house, f"{PATH}/microsoft", json.dumps(item).encode()) == 202
    assert counted("microsoft", "unknown") == before + 1


def test_nothing_is_asked_for_where_push_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = House(tmp_path, push=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(quiet.microsoft.certificates.ca_file))
    with quiet.open() as house:
        house.connect()
        assert house.push_subscriptions() == {}
        assert house.subscriptions.asked == []
        assert post(house, "/google", b"{}") == 404
        assert post(house, f"{PATH}/google", b"{}") == 404
    assert quiet.now > NOW
