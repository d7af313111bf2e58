from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from models.enums import Response
from models.records import Attendee, Mailbox
from tests.sandbox.microsoft.schema import faults
from tests.sandbox.microsoft.server import MicrosoftSandbox

AT = datetime(2026, 7, 6, 9, tzinfo=UTC)
ANNA = Attendee("anna@example.org", "Anna", Response.ACCEPTED)
VIEW = "/v1.0/me/calendarView?startDateTime=2026-07-01T00:00:00Z&endDateTime=2026-08-01T00:00:00Z"


def view(graph: httpx.Client, url: str = VIEW, **headers: str) -> list[dict[str, Any]]:
    items = []
    while url:
        page = graph.get(url, headers=headers).raise_for_status().json()
        items += page["value"]
        url = page.get("@odata.nextLink", "")
    return items


def test_a_series_is_expanded_with_a_uid_for_each_occurrence(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    sandbox.mailbox.diary.meet(AT, [ANNA], repeats=20, every=timedelta(days=1))
    items = view(graph)
    assert len(items) == 21
    assert len({item["iCalUId"] for item in items}) == 21
    assert {item["type"] for item in items} == {"occurrence"}
    for item in items:
        assert faults(item, "graph.event") == []


def test_times_stand_in_the_mailboxs_windows_zone_unless_asked(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    sandbox.mailbox.diary.meet(AT, [ANNA])
    plain, asked = view(graph)[0], view(graph, Prefer='outlook.timezone="UTC"')[0]
    assert plain["start"] == {"dateTime": "2026-07-06T11:00:00.0000000", "timeZone": "W. Europe Standard Time"}
    assert asked["start"] == {"dateTime": "2026-07-06T09:00:00.0000000", "timeZone": "UTC"}


def test_moved_cancelled_and_dropped_occurrences(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    diary = sandbox.mailbox.diary
    event = diary.meet(AT, [ANNA], repeats=2, organizer=Mailbox("boss@example.org", "Boss"))
    diary.move(event, AT + timedelta(days=1), occurrence=0)
    diary.cancel(event, occurrence=1)
    diary.drop(event, occurrence=2)
    items = view(graph)
    assert [(item["type"], item["isCancelled"]) for item in items] == [("exception", False), ("exception", True)]
    assert items[0]["originalStart"] == "2026-07-06T09:00:00Z"


def test_delta_wants_the_larger_scope(graph: httpx.Client) -> None:
    assert graph.get(VIEW.replace("calendarView", "calendarView/delta")).status_code == 403


def test_delta_tells_masters_thin_occurrences_and_removals(sandbox: MicrosoftSandbox, graph: httpx.Client) -> None:
    for grant in sandbox.entra.refresh_tokens.values():
        grant.scopes |= {"Calendars.Read"}
    diary = sandbox.mailbox.diary
    event = diary.meet(AT, [ANNA], repeats=2)
    page = graph.get(VIEW.replace("calendarView", "calendarView/delta")).json()
    kinds = [item["type"] for item in page["value"]]
    assert kinds == ["seriesMaster", "occurrence", "occurrence", "occurrence"]
    assert "attendees" not in page["value"][1]
    diary.move(event, AT + timedelta(days=60), occurrence=1)
    changed = graph.get(page["@odata.deltaLink"]).json()["value"]
    assert [item.get("@removed") for item in changed] == [{"reason": "deleted"}]
    assert graph.get(page["@odata.deltaLink"] + "&$select=id").status_code == 400
