"""Introductions, roots and seasons as programs and assistants meet them: read, corrected, undone, and one's own alone."""

from typing import Any

import anyio
import pytest
from mcp.client import Client
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from models.people import TakenAction
from tests.worker.homes import ANNA, BEN, mail
from tests.worker.ingest.home import Home
from tests.worker.network.test_introductions import MINE, NEW, brought, friendship
from tests.worker.web.programs import PLACE, Member, client_of, get, token_of
from worker.app.tokens import Right
from worker.decisions.erase.person import forget
from worker.storage.transactions import reading, writing
from worker.web.assistants.server import assistant_server

MADE = [mail(700, MINE, ANNA, BEN, days=30), mail(701, BEN, ANNA, MINE, days=29)]


@pytest.fixture
def one(engine: Engine) -> Member:
    """Somebody whom Anna brought together with Wanjiru, and who brought Anna and Ben together."""
    home = Home(engine, me=MINE.address)
    home.deliver([*friendship(until=3), *friendship(200, BEN, until=3), *brought(), *MADE])
    home.recompute()
    return Member(home, ANNA.address, token_of(home, Right.READ, Right.ACT))


@pytest.fixture
def client(one: Member) -> TestClient:
    return client_of(one.home)


def introduced(client: TestClient, who: Member) -> list[tuple[str, str, bool]]:
    found = get(client, who, "/introductions")["items"]
    return [
        (one["introducer"]["person"], one["introduced"]["person"], one["confirmed"]) for one in found if one["counts"]
    ]


def act(client: TestClient, who: Member, **asked: str) -> Any:
    return client.post(f"{PLACE}/actions", json=asked, headers=who.headers)


def test_a_program_reads_what_grew(one: Member, client: TestClient) -> None:
    (found,) = get(client, one, "/introductions", person=NEW.address)["items"]
    assert (found["introducer"]["name"], found["introduced"]["name"]) == (ANNA.name, NEW.name)
    assert found["because"]
    assert get(client, one, "/introductions", person=BEN.address)["items"] == []
    tree = get(client, one, "/roots")
    assert [(door["person"], door["led_to"][0]["person"]) for door in tree["doors"]] == [(ANNA.address, NEW.address)]
    assert {tree["brought"][0]["one"]["person"], tree["brought"][0]["other"]["person"]} == {ANNA.address, BEN.address}
    season = get(client, one, "/season", quarter="2026-Q3")
    assert "Anna Berg introduced you to Wanjiru Maina, and it took root." in season["sentences"]
    assert season["years"][-1]["quarter"] == season["quarter"] == "2026-Q3"
    assert get(client, one, "/season", quarter="2099-Q1")["quarter"] == "2026-Q3"
    assert client.get(f"{PLACE}/season?quarter=last", headers=one.headers).status_code == 422


def test_a_program_corrects_an_introduction_and_takes_it_back(one: Member, client: TestClient) -> None:
    before = introduced(client, one)
    assert before == [(ANNA.address, NEW.address, False)]
    made = act(client, one, action="introduced", person=NEW.address, by=BEN.address)
    assert made.status_code == 201, made.text
    assert introduced(client, one) == [(BEN.address, NEW.address, True)]
    refuted = act(client, one, action="not-introduced", person=NEW.address)
    assert introduced(client, one) == []
    for done in (refuted, made):
        undone = client.post(f"{PLACE}/actions/{done.json()['id']}/undo", headers=one.headers)
        assert undone.json()["undone"] is True
    assert introduced(client, one) == before
    one.home.recompute()
    assert introduced(client, one) == before


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"action": "introduced", "person": BEN.address}, "person.not_introduced"),
        ({"action": "introduced", "person": BEN.address, "by": BEN.address}, "person.same"),
        ({"action": "introduced", "person": BEN.address, "by": "x@y.example"}, "action.no_person"),
        ({"action": "not-introduced", "person": "x@y.example"}, "action.no_person"),
    ],
)
def test_what_makes_no_sense_is_refused(one: Member, client: TestClient, asked: dict[str, str], code: str) -> None:
    answer = act(client, one, **asked)
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_a_token_that_only_reads_corrects_nothing(one: Member, client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {token_of(one.home, Right.READ)}"}
    body = {"action": "introduced", "person": NEW.address}
    assert client.post(f"{PLACE}/actions", json=body, headers=headers).status_code == 403


def test_nobody_else_sees_it(one: Member, client: TestClient) -> None:
    home = Home(one.home.engine, me=MINE.address)
    home.deliver([*friendship(until=3), *brought()[1:]])
    home.recompute()
    other = Member(home, ANNA.address, token_of(home, Right.READ, Right.ACT))
    assert act(client, one, action="introduced", person=NEW.address, by=BEN.address).status_code == 201
    assert get(client, other, "/introductions")["items"] == []
    assert get(client, other, "/roots") == {"doors": [], "brought": []}
    assert get(client, other, "/season", quarter="2026-Q3")["doors"] == []


def test_whoever_is_forgotten_stays_in_no_undo(one: Member, client: TestClient) -> None:
    act(client, one, action="introduced", person=NEW.address, by=BEN.address)
    act(client, one, action="introduced", person=NEW.address, by=ANNA.address)
    with writing(one.home.engine) as connection:
        forget(connection, one.home.user, BEN.address, one.home.now)
    assert not any(BEN.address in str(row) for row in one.home.rows(TakenAction))


def test_an_assistant_reads_introductions_and_corrects_one(one: Member) -> None:
    async def work() -> None:
        server = assistant_server(one.home.runtime, one.home.user, {Right.READ, Right.ACT})
        async with Client(server) as client:

            async def called(tool: str, **arguments: Any) -> Any:
                answer = await client.call_tool(tool, arguments)
                assert not answer.is_error, answer.content
                return answer.structured_content

            (found,) = (await called("introductions"))["introductions"]
            assert found["introducer"]["name"] == {"untrusted_text": ANNA.name}
            assert (await called("introductions", who="Ben"))["introductions"] == []
            done = await called("take_action", action="not-introduced", person=NEW.address, by=ANNA.address)
            assert not any(one["sure"] for one in (await called("introductions"))["introductions"])
            assert (await called("undo_action", action_id=done["id"]))["undone"]
            assert (await called("introductions", who="Wanjiru"))["introductions"] == [found]

    anyio.run(work)


def test_reading_changes_nothing(one: Member, client: TestClient) -> None:
    with reading(one.home.engine) as connection:
        before = connection.exec_driver_sql("SELECT COUNT(*) FROM digests").scalar_one()
    for path in ("/introductions", "/roots", "/season"):
        get(client, one, path)
    with reading(one.home.engine) as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM digests").scalar_one() == before
    assert one.home.rows(TakenAction) == []
