from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from models.records import Mailbox
from tests.sandbox.microsoft.schema import faults
from tests.sandbox.microsoft.server import MicrosoftSandbox

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNA = Mailbox("anna@example.org", "Anna")
IMMUTABLE = 'IdType="ImmutableId"'


def fill(sandbox: MicrosoftSandbox, count: int) -> list[str]:
    mail = sandbox.mailbox.mail
    return [
        mail.deliver(ANNA, [sandbox.mailbox.me], at=AT + timedelta(hours=hour), headers=[("List-Id", "<x>")])
        for hour in range(count)
    ]


def follow(graph: httpx.Client, url: str, *, prefer: str = IMMUTABLE) -> tuple[list[dict[str, Any]], str, int]:
    items, pages = [], 0
    while True:
        page = graph.get(url, headers={"Prefer": prefer}).raise_for_status().json()
        items += page["value"]
        pages += 1
        if "@odata.deltaLink" in page:
            return items, page["@odata.deltaLink"], pages
        url = page["@odata.nextLink"]


def first(folder: str = "inbox", select: str = "subject,from") -> str:
    return f"/v1.0/me/mailFolders/{folder}/messages/delta?$select={select}"


def test_listing_has_small_pages_empty_pages_and_replays(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    fill(sandbox, 35)
    items, _, pages = follow(graph, first())
    assert len({item["id"] for item in items}) == 35
    assert len(items) > 35
    assert pages > 4


def test_answers_keep_to_microsofts_schema(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    fill(sandbox, 2)
    for item in graph.get("/v1.0/me/messages").json()["value"]:
        assert faults(item, "graph.message") == []
    for item in graph.get("/v1.0/me/mailFolders").json()["value"]:
        assert faults(item, "graph.mailFolder") == []
    assert faults({"subject": 7, "colour": "red"}, "graph.message") != []


def test_whole_mailbox_delta_is_refused(graph: httpx.Client) -> None:
    assert graph.get("/v1.0/me/messages/delta").status_code == 400


def test_headers_come_only_when_selected_and_bodies_never(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    fill(sandbox, 1)
    plain = graph.get("/v1.0/me/messages").json()["value"][0]
    asked = graph.get("/v1.0/me/messages?$select=internetMessageHeaders").json()["value"][0]
    assert not {"internetMessageHeaders", "body", "bodyPreview"} & plain.keys()
    assert asked["internetMessageHeaders"] == [{"name": "List-Id", "value": "<x>"}]
    assert graph.get("/v1.0/me/messages?$select=body").status_code == 403


def test_updates_are_partial(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    key = fill(sandbox, 1)[0]
    _, link, _ = follow(graph, first())
    sandbox.mailbox.mail.read(key)
    items, _, _ = follow(graph, link)
    assert items[0].keys() & {"subject", "from", "isRead"} == {"isRead"}


@pytest.mark.parametrize(("prefer", "same"), [(IMMUTABLE, True), ("", False)])
def test_a_move_is_a_removal_here_and_an_addition_there(
    sandbox: MicrosoftSandbox,
    graph: httpx.Client,
    prefer: str,
    same: bool,
) -> None:
    key = fill(sandbox, 1)[0]
    _, inbox, _ = follow(graph, first(), prefer=prefer)
    _, archive, _ = follow(graph, first("archive"), prefer=prefer)
    sandbox.mailbox.mail.move(key, "archive")
    gone, _, _ = follow(graph, inbox, prefer=prefer)
    come, _, _ = follow(graph, archive, prefer=prefer)
    assert gone[0]["@removed"] == {"reason": "deleted"}
    assert (gone[0]["id"] == come[0]["id"]) is same


def test_links_run_out_in_two_ways(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    _, link, _ = follow(graph, first())
    sandbox.mailbox.delta.expire("gone")
    refused = graph.get(link)
    assert refused.status_code == 410
    assert refused.headers["location"].endswith("$deltatoken=")
    sandbox.mailbox.delta.expire("syncStateNotFound")
    assert graph.get(link).json()["error"]["code"] == "syncStateNotFound"


def test_a_token_belongs_to_its_folder(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    fill(sandbox, 1)
    _, link, _ = follow(graph, first())
    assert graph.get(link.replace("folder-inbox", "folder-archive")).status_code == 400


def test_a_filter_caps_what_is_told(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    fill(sandbox, 5100)
    sandbox.mailbox.delta.odd = False
    big = f"{IMMUTABLE}, odata.maxpagesize=1000"
    capped, _, _ = follow(graph, first() + "&$filter=receivedDateTime ge 2020-01-01T00:00:00Z", prefer=big)
    everything, _, _ = follow(graph, first(), prefer=big)
    assert (len(capped), len(everything)) == (5000, 5100)


def test_batch(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    sandbox.mailbox.faults.script.extend(["part:pass", "part:429"])
    parts = [
        {"id": str(n), "method": "GET", "url": f"/me/mailFolders/{name}"}
        for n, name in enumerate(["inbox", "nn", "outbox"])
    ]
    answer = graph.post("/v1.0/$batch", json={"requests": parts})
    by_id = {part["id"]: part for part in answer.json()["responses"]}
    assert answer.status_code == 200
    assert [by_id[n]["status"] for n in "012"] == [200, 429, 200]
    assert by_id["1"]["headers"]["Retry-After"] == "1"
    many = [{"id": str(n), "method": "GET", "url": "/me"} for n in range(21)]
    assert graph.post("/v1.0/$batch", json={"requests": many}).status_code == 400


def test_a_fifth_request_at_once_is_refused(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    sandbox.mailbox.faults.delay = 0.3
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: graph.get("/v1.0/me").status_code, range(6)))
    assert sorted(answers) == [200, 200, 200, 200, 429, 429]
