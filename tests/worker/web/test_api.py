"""The API as a program meets it: pages, one person, actions, exports, tokens, refusals, and its own description."""

import io
import json
from typing import Any

import pytest
import schemathesis
import vobject
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from sqlalchemy import select
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from models.access import ApiToken
from models.people import Decision
from tests.worker.web.programs import PLACE, Member, client_of, get, member, token_of
from worker.app.tokens import Right, TokenUnknown, add_token, find_token, list_tokens, revoke_token
from worker.storage.transactions import reading, writing
from worker.web.api.endpoints import ENDPOINTS
from worker.web.api.exports import NAMES
from worker.web.api.openapi import description
from worker.web.api.rates import Rates

FRIEND, THEIRS = "friend@one.example", "theirs@two.example"


@pytest.fixture
def one(engine: Engine) -> Member:
    return member(engine, FRIEND, "Frida Friend")


@pytest.fixture
def client(one: Member) -> TestClient:
    return client_of(one.home)


def test_a_program_reads_everything(one: Member, client: TestClient) -> None:
    (person,) = get(client, one, "/people")["items"]
    assert (person["person"], person["name"]) == (FRIEND, "Frida Friend")
    assert get(client, one, "/people", search="frida", stage=person["stage"], sort="name", limit=1)["next"] is None
    found = get(client, one, f"/people/{FRIEND}")
    assert sum(found["months"]) == 36
    assert found["because"]
    assert found["ask"]["verdict"]
    first = get(client, one, "/touches", person=FRIEND, limit=30)
    rest = get(client, one, "/touches", person=FRIEND, limit=30, cursor=first["next"])
    assert len(first["items"]) + len(rest["items"]) == 36
    assert rest["next"] is None
    assert get(client, one, "/digest")["period"] == "2026-W47"
    assert get(client, one, "/digests")["items"] == []
    (account,) = get(client, one, "/status")["accounts"]
    (stream,) = account["streams"]
    assert stream["found"] == stream["kept"] + stream["skipped"] + stream["later"] + stream["unreadable"] == 36


def test_a_program_acts_and_takes_it_back(one: Member, client: TestClient) -> None:
    made = client.post(f"{PLACE}/actions", json={"action": "snooze", "person": FRIEND}, headers=one.headers)
    assert made.status_code == 201
    assert get(client, one, f"/people/{FRIEND}")["decided"]["snoozed_until"] == made.json()["until"]
    assert [each["id"] for each in get(client, one, "/actions")["items"]] == [made.json()["id"]]
    undone = client.post(f"{PLACE}/actions/{made.json()['id']}/undo", headers=one.headers)
    assert undone.json()["undone"] is True
    assert get(client, one, f"/people/{FRIEND}")["decided"]["snoozed_until"] is None
    talked = client.post(
        f"{PLACE}/actions",
        json={"action": "talked", "person": FRIEND, "talked_at": "2026-11-18T10:00:00Z"},
        headers=one.headers,
    )
    assert talked.status_code == 201
    assert get(client, one, "/touches", limit=1)["items"][0]["said"] is True
    gone = client.post(f"{PLACE}/actions/nothing/undo", headers=one.headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "action.unknown")
    nobody = client.post(f"{PLACE}/actions", json={"action": "mute", "person": "x@y.example"}, headers=one.headers)
    assert (nobody.status_code, nobody.json()["code"]) == (409, "action.no_person")


def test_an_answer_that_has_not_changed_is_not_sent_again(one: Member, client: TestClient) -> None:
    first = client.get(f"{PLACE}/people", headers=one.headers)
    again = client.get(f"{PLACE}/people", headers={**one.headers, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.post(f"{PLACE}/actions", json={"action": "rest", "person": FRIEND}, headers=one.headers)
    changed = client.get(f"{PLACE}/people", headers={**one.headers, "If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/people?limit=0", {}, 422),
        ("GET", "/people?limit=x", {}, 422),
        ("GET", "/people?stage=best", {}, 422),
        ("GET", "/people?unknown=1", {}, 422),
        ("GET", "/people?cursor=AAAA", {}, 404),
        ("GET", "/people?cursor=!", {}, 422),
        ("GET", "/people?search=%00", {}, 422),
        ("GET", "/touches?since=2026-01-01", {}, 422),
        ("GET", "/touches?since=2026-01-01T00:00:00", {}, 422),
        ("GET", "/people/nobody@x.example", {}, 404),
        ("GET", "/people/%00", {}, 404),
        ("GET", "/people/" + "x" * 500, {}, 404),
        ("GET", "/nothing", {}, 404),
        ("GET", "/exports/people.exe", {}, 404),
        ("GET", "/exports/interactions.vcf", {}, 404),
        ("DELETE", "/people", {}, 405),
        ("GET", "/actions/x/undo", {}, 405),
        ("POST", "/actions", {"content": "{}"}, 415),
        ("POST", "/actions", {"json": {}}, 422),
        ("POST", "/actions", {"json": {"action": "undo", "person": "\ud800"}}, 400),
        ("POST", "/actions", {"json": {"action": "delete"}}, 422),
        ("POST", "/actions", {"json": {"action": "mute", "person": "a\0b"}}, 422),
        ("POST", "/actions", {"json": {"action": "stop", "person": FRIEND}}, 409),
        ("POST", "/actions", {"json": {"action": "snooze", "person": FRIEND, "until": "soon"}}, 422),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_a_reason(
    one: Member, client: TestClient, method: str, path: str, more: dict[str, Any], status: int
) -> None:
    if "json" in more:
        more = {"content": json.dumps(more["json"]), "headers": {"Content-Type": "application/json"}}
    headers = {**one.headers, **more.pop("headers", {})}
    answer = client.request(method, PLACE + path, headers=headers, **more)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["detail"]


def test_bodies_are_small(one: Member, client: TestClient) -> None:
    headers = {**one.headers, "Content-Type": "application/json"}
    assert client.post(f"{PLACE}/actions", content=b" " * 20_000, headers=headers).status_code == 400
    assert client.post(f"{PLACE}/actions", content=b"[" * 9_000, headers=headers).status_code in {400, 422}


def test_tokens_open_only_what_they_are_for(one: Member, client: TestClient) -> None:
    read, act, feed = (token_of(one.home, right) for right in (Right.READ, Right.ACT, Right.FEED))
    for each in ENDPOINTS:
        path = PLACE + each.path.replace("{person}", FRIEND).replace("{id}", "x")
        for token, right in ((read, Right.READ), (act, Right.ACT), (feed, Right.FEED)):
            answer = client.request(each.method, path, headers={"Authorization": f"Bearer {token}"})
            assert (answer.status_code == 403) == (right is not each.right), (each.path, right)
    for wrong in ("", "Bearer", "Bearer x", f"Basic {read}", f"Bearer {read[:-1]}x", f"bearer {read}"):
        status = client.get(f"{PLACE}/people", headers={"Authorization": wrong}).status_code
        assert status == (200 if wrong.startswith("bearer") else 401), wrong


def test_a_revoked_token_is_refused_at_once(one: Member, client: TestClient) -> None:
    with writing(one.home.engine) as connection:
        (known,) = list_tokens(connection, one.home.user)
        assert known.id in one.token
        revoke_token(connection, one.home.user, one.token)
        with pytest.raises(TokenUnknown):
            revoke_token(connection, one.home.user, known.id)
    assert client.get(f"{PLACE}/people", headers=one.headers).status_code == 401


def test_only_hashes_of_tokens_are_stored(one: Member) -> None:
    with reading(one.home.engine) as connection:
        row = connection.execute(select(ApiToken.__table__)).one()
    secret = one.token.rpartition("_")[2]
    assert all(secret not in str(value) and one.token not in str(value) for value in row)
    assert find_token(one.home.runtime, one.token) is not None
    with writing(one.home.engine) as connection, pytest.raises(TokenUnknown):
        add_token(connection, one.home.user, "  ", frozenset({Right.READ}), one.home.now)


def test_another_name_for_this_machine_is_refused(one: Member, client: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "127.0.0.1:0"):
        answer = client.get(f"{PLACE}/people", headers={**one.headers, "Host": host})
        assert answer.status_code == 421, host


def test_wrong_tokens_are_slowed_down_and_right_ones_limited(one: Member, client: TestClient) -> None:
    statuses = [client.get(f"{PLACE}/people", headers={"Authorization": "Bearer x"}).status_code for _ in range(25)]
    assert statuses[:20] == [401] * 20
    assert statuses[-1] == 429
    fresh = client_of(one.home)
    # the bucket fills while we ask: a slow machine is refused later, but refused
    for _ in range(5_000):
        answer = fresh.get(f"{PLACE}/actions?limit=1", headers=one.headers)
        if answer.status_code != 200:
            break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_a_bucket_fills_again() -> None:
    time = [0.0]
    rates = Rates(60, lambda: time[0])
    assert [rates.take("a") for _ in range(60)] == [0.0] * 60
    assert rates.take("a") == pytest.approx(1.0)
    assert rates.take("b") == 0.0
    time[0] = 1.0
    assert rates.take("a") == 0.0
    for number in range(11_000):
        rates.take(str(number))
    assert len(rates.buckets) == 10_000


@pytest.mark.parametrize("file", sorted(NAMES))
def test_every_export_is_there(one: Member, client: TestClient, file: str) -> None:
    answer = client.get(f"{PLACE}/exports/{file}", headers=one.headers)
    assert answer.status_code == 200
    assert len(answer.content) > 100 or file.endswith(".ics")
    assert file in answer.headers["content-disposition"]


def test_an_export_is_the_part_that_was_asked_for(one: Member, client: TestClient) -> None:
    query = {"since": "2026-10-01T00:00:00Z", "person": FRIEND}
    lines = client.get(f"{PLACE}/exports/touches.jsonl", params=query, headers=one.headers).text.splitlines()
    assert 0 < len(lines) < 10
    nobody = client.get(f"{PLACE}/exports/touches.jsonl", params={"person": THEIRS}, headers=one.headers)
    assert nobody.text == ""


def test_a_phone_subscribes_to_the_address_book(one: Member, client: TestClient) -> None:
    token = token_of(one.home, Right.FEED)
    book = client.get(f"/feeds/{token}/contacts.vcf")
    (card,) = vobject.readComponents(io.StringIO(book.text))
    assert card.email.value == FRIEND
    assert "last contact" in card.note.value
    same = client.get(f"/feeds/{token}/contacts.vcf", headers={"If-None-Match": book.headers["etag"]})
    assert same.status_code == 304
    for other in (one.token, "x", token[:-1] + "x", "%00"):
        assert client.get(f"/feeds/{other}/contacts.vcf").status_code == 404, "a token opens what it is for"
    assert client.get(f"/feeds/{token}/contacts.vcf", headers={"Host": "evil.example"}).status_code == 421
    with writing(one.home.engine) as connection:
        revoke_token(connection, one.home.user, token)
    assert client.get(f"/feeds/{token}/contacts.vcf").status_code == 404


def test_users_see_and_change_nothing_of_each_other(engine: Engine) -> None:
    one, other = member(engine, FRIEND), member(engine, THEIRS)
    client, actions = client_of(one.home), []
    for who in (one, other):
        body = {"action": "mute", "person": who.friend}
        actions.append(client.post(f"{PLACE}/actions", json=body, headers=who.headers).json()["id"])
    with reading(engine) as connection:
        before = connection.execute(select(Decision.__table__).where(Decision.user_id == other.home.user)).all()
    for each in ENDPOINTS:  # the whole table of routes, with everything of the other's in every place
        for value in (THEIRS, actions[1]):
            path = PLACE + each.path.replace("{person}", value).replace("{id}", value)
            queries: list[dict[str, Any]] = [{}, {"person": THEIRS}, {"search": "theirs"}]
            for query in queries if each.method == "GET" else [{}]:
                body = {"action": "undo", "person": THEIRS}
                sent = body if each.method == "POST" and not each.name else None
                answer = client.request(each.method, path, params=query, headers=one.headers, json=sent)
                if answer.status_code < 300:
                    assert THEIRS not in answer.text, (each.path, query)
                    assert actions[1] not in answer.text
    for file in NAMES:
        answer = client.get(f"{PLACE}/exports/{file}", headers=one.headers)
        assert THEIRS.encode() not in answer.content, file
    feed = token_of(one.home, Right.FEED)
    assert THEIRS not in client.get(f"/feeds/{feed}/contacts.vcf").text
    with reading(engine) as connection:
        assert connection.execute(select(Decision.__table__).where(Decision.user_id == other.home.user)).all() == before


def test_the_description_is_whole() -> None:
    found = json.loads(description())
    assert found["openapi"] == "3.1.0"
    described = {(path, method.upper()) for path, each in found["paths"].items() for method in each}
    assert described == {(one.path, one.method) for one in ENDPOINTS} | {("/exports/{file}", "GET")}


def test_nothing_the_description_allows_or_forbids_breaks_it(sqlite: Engine) -> None:
    one = member(sqlite, FRIEND)
    app = client_of(one.home).app
    schema = schemathesis.openapi.from_asgi(f"{PLACE}/openapi.json", app, headers={"Host": "127.0.0.1"})
    tried: set[int] = set()
    bounded = settings(
        max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    def try_one(case: Any) -> None:
        answer = case.call_and_validate(headers={**one.headers, "Host": "127.0.0.1"})
        tried.add(answer.status_code)

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        bounded(given(case=found.ok().as_strategy())(try_one))()
    assert {200, 404} <= tried
