"""The official client libraries, unmodified, against the sandbox: the rules of provider-facts section 11."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

from tests.sandbox.google.agenda import guest, moment
from tests.sandbox.google.consent import decide
from tests.sandbox.google.discovery import check_answer
from tests.sandbox.google.faults import refuse
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.oauth import Access
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.http import Request
from tests.sandbox.world import World

ADA = "ada@example.org"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SCOPES = [
    "openid",
    "email",
    *(
        f"https://www.googleapis.com/auth/{name}"
        for name in ("gmail.metadata", "calendar.events.readonly", "calendar.calendarlist.readonly")
    ),
]


@pytest.fixture
def google() -> Iterator[GoogleSandbox]:
    with GoogleSandbox([GoogleMailbox(ADA)]) as sandbox:
        yield sandbox
        assert not sandbox.failures


@pytest.fixture
def mailbox(google: GoogleSandbox) -> GoogleMailbox:
    return google.mailboxes[ADA]


def connected(google: GoogleSandbox, monkeypatch: pytest.MonkeyPatch, scopes: list[str] | None = None) -> Credentials:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    client = {"client_id": google.client_id, "client_secret": google.client_secret}
    client |= {"auth_uri": google.auth_uri, "token_uri": google.token_uri}
    flow = Flow.from_client_config({"installed": client}, scopes or SCOPES, redirect_uri="http://127.0.0.1:9/")
    url, _ = flow.authorization_url(access_type="offline", prompt="consent")
    with flow.oauth2session:
        flow.fetch_token(authorization_response=decide(url))
    return flow.credentials


@pytest.fixture
def http(google: GoogleSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuthorizedHttp]:
    with closing(httplib2.Http(timeout=5)) as plain:
        yield AuthorizedHttp(connected(google, monkeypatch), http=plain)


@pytest.fixture
def messages(google: GoogleSandbox, http: AuthorizedHttp) -> Any:
    return build("gmail", "v1", http=http, client_options={"api_endpoint": google.api_root}).users().messages()


@pytest.fixture
def history(google: GoogleSandbox, http: AuthorizedHttp) -> Any:
    return build("gmail", "v1", http=http, client_options={"api_endpoint": google.api_root}).users().history()


@pytest.fixture
def events(google: GoogleSandbox, http: AuthorizedHttp) -> Any:
    endpoint = f"{google.api_root}/calendar/v3/"
    return build("calendar", "v3", http=http, client_options={"api_endpoint": endpoint}).events()


def deliver(mailbox: GoogleMailbox, count: int) -> list[str]:
    mails = [
        plain_mail("Bo <bo@example.net>", [ADA], NOON + timedelta(hours=i), f"{i}@example.net") for i in range(count)
    ]
    return [mailbox.deliver(mail, NOON + timedelta(hours=i)) for i, mail in enumerate(mails)]


def reason(failure: pytest.ExceptionInfo[HttpError]) -> tuple[int, str]:
    details: Any = failure.value.error_details
    return failure.value.resp.status, details[0]["reason"]


def test_mail_is_listed_newest_first_in_pages_that_do_not_overlap(mailbox: GoogleMailbox, messages: Any) -> None:
    ids = deliver(mailbox, 7)
    seen, request = [], messages.list(userId="me", maxResults=2)
    while request is not None:
        page = request.execute()
        seen += [mail["id"] for mail in page.get("messages", ())]
        request = messages.list_next(request, page)
    assert seen == ids[::-1]


@pytest.mark.parametrize("asked", [{}, {"format": "full"}, {"format": "raw"}])
def test_the_metadata_scope_allows_no_bodies(mailbox: GoogleMailbox, messages: Any, asked: dict[str, str]) -> None:
    (id_,) = deliver(mailbox, 1)
    with pytest.raises(HttpError) as failure:
        messages.get(userId="me", id=id_, **asked).execute()
    assert failure.value.resp.status == 403


def test_the_metadata_scope_allows_no_search(messages: Any) -> None:
    with pytest.raises(HttpError, match="does not support 'q'"):
        messages.list(userId="me", q="in:sent").execute()


def test_only_the_named_headers_and_fields_come(mailbox: GoogleMailbox, messages: Any) -> None:
    (id_,) = deliver(mailbox, 1)
    asked = {"userId": "me", "id": id_, "format": "metadata", "metadataHeaders": ["From", "subject"]}
    mail = messages.get(**asked, fields="id,payload/headers").execute()
    assert mail == {
        "id": id_,
        "payload": {
            "headers": [{"name": "From", "value": "Bo <bo@example.net>"}, {"name": "Subject", "value": "Hello"}]
        },
    }


def test_a_wrong_mask_is_refused(messages: Any) -> None:
    with pytest.raises(HttpError) as failure:
        messages.list(userId="me", fields="messages(id,nonsense)").execute()
    assert failure.value.resp.status == 400


def test_history_is_absent_when_nothing_happened_and_404_when_forgotten(mailbox: GoogleMailbox, history: Any) -> None:
    start = str(mailbox.history_id)
    assert set(history.list(userId="me", startHistoryId=start).execute()) == {"historyId", "xSandboxNovelty"}
    mailbox.expire_cursors()
    with pytest.raises(HttpError) as failure:
        history.list(userId="me", startHistoryId=start).execute()
    assert reason(failure) == (404, "notFound")


def test_a_sent_draft_is_a_label_change(mailbox: GoogleMailbox, history: Any) -> None:
    draft = mailbox.save_draft(plain_mail(ADA, ["bo@example.net"], NOON, "d@example.org"), NOON)
    start = str(mailbox.history_id)
    mailbox.draft_sent(draft)
    added, removed = history.list(userId="me", startHistoryId=start).execute()["history"]
    assert added["labelsAdded"][0]["labelIds"] == ["SENT"]
    assert removed["labelsRemoved"][0]["message"]["labelIds"] == ["SENT"]


def test_a_batch_part_fails_alone(
    google: GoogleSandbox, mailbox: GoogleMailbox, messages: Any, http: AuthorizedHttp
) -> None:
    ids = [*deliver(mailbox, 3), "gone"]
    google.faults.then(parts=[refuse(429, "rateLimitExceeded", "Too many concurrent requests for user")])
    outcomes: dict[str, int] = {}
    batch = BatchHttpRequest(batch_uri=f"{google.api_root}/batch/gmail/v1")
    for id_ in ids:
        batch.add(
            messages.get(userId="me", id=id_, format="metadata"),
            callback=lambda name, mail, error: outcomes.update({name: 200 if mail else error.resp.status}),
            request_id=id_,
        )
    batch.execute(http=http)
    assert outcomes == dict(zip(ids, (429, 200, 200, 404), strict=True))


def test_a_minute_holds_three_hundred_mails(google: GoogleSandbox, mailbox: GoogleMailbox, messages: Any) -> None:
    (id_,) = deliver(mailbox, 1)
    google.quota.clock = lambda: 0.0
    for _ in range(300):
        messages.get(userId="me", id=id_, format="minimal").execute()
    with pytest.raises(HttpError) as failure:
        messages.get(userId="me", id=id_, format="minimal").execute()
    assert reason(failure) == (429, "rateLimitExceeded")
    google.quota.clock = lambda: 60.0
    messages.get(userId="me", id=id_, format="minimal").execute()


def test_an_access_token_that_ran_out_is_renewed_and_a_revoked_grant_is_not(
    google: GoogleSandbox, messages: Any
) -> None:
    google.authorization.end_access_tokens()
    messages.list(userId="me").execute()
    google.revoke(ADA)
    with pytest.raises(Exception, match="expired or revoked"):
        messages.list(userId="me").execute()


def test_a_missing_scope_is_403(google: GoogleSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(httplib2.Http(timeout=5)) as plain:
        http = AuthorizedHttp(connected(google, monkeypatch, SCOPES[:2]), http=plain)
        service = build("gmail", "v1", http=http, client_options={"api_endpoint": google.api_root})
        with pytest.raises(HttpError) as failure:
            service.users().getProfile(userId="me").execute()
    assert reason(failure) == (403, "insufficientPermissions")


def test_a_sync_token_comes_last_and_shows_what_changed(mailbox: GoogleMailbox, events: Any) -> None:
    calendar = mailbox.agenda.primary
    series = {"id": "abc", "iCalUID": "abc@google.com", "attendees": [guest(ADA, self=True)]}
    weeks = [NOON + timedelta(weeks=i) for i in range(3)]
    ids = calendar.add_series(series, weeks, timedelta(hours=1), "FREQ=WEEKLY;COUNT=3")
    pages, request = [], events.list(calendarId="primary", singleEvents=True, maxResults=2)
    while request is not None:
        pages.append(request.execute())
        request = events.list_next(request, pages[-1])
    assert [len(page["items"]) for page in pages] == [2, 0, 1]
    assert ["nextSyncToken" in page for page in pages] == [False, False, True]
    calendar.move(ids[0], NOON + timedelta(days=1), NOON + timedelta(days=1, hours=1))
    calendar.cancel(ids[1])
    answer = events.list(calendarId="primary", singleEvents=True, syncToken=pages[-1]["nextSyncToken"]).execute()
    moved, cancelled = answer["items"]
    assert moved["originalStartTime"] == moment(NOON)
    assert set(cancelled) == {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"}


def test_sync_tokens_expire_and_suffer_no_window(mailbox: GoogleMailbox, events: Any) -> None:
    token = events.list(calendarId="primary", singleEvents=True).execute()["nextSyncToken"]
    with pytest.raises(HttpError) as failure:
        events.list(calendarId="primary", singleEvents=True, syncToken=token, timeMin=NOON.isoformat()).execute()
    assert failure.value.resp.status == 400
    mailbox.expire_cursors()
    with pytest.raises(HttpError) as failure:
        events.list(calendarId="primary", singleEvents=True, syncToken=token).execute()
    assert reason(failure) == (410, "fullSyncRequired")


def test_a_made_up_world_becomes_an_account() -> None:
    world = World(3, until=NOON, mails=400)
    mailbox = google_mailbox(world)
    assert len(mailbox.messages) == len(world.mails)
    assert len(mailbox.order(frozenset({"SENT"}), hidden_too=True)) == sum(mail.sent for mail in world.mails)
    shown = [item for item in mailbox.agenda.primary.items.values() if not item.master]
    assert len(shown) == sum(len(meeting.occurrences) for meeting in world.meetings)
    for item in shown:
        check_answer("calendar.events.list", {"items": [item.shown]})


def test_it_is_never_the_bottleneck(google: GoogleSandbox, mailbox: GoogleMailbox) -> None:
    """At least five thousand metadata parts a second."""
    google.checked, google.quota.limits["gmail"] = False, 10**9
    google.authorization.access["t"] = Access(ADA, frozenset(SCOPES), float("inf"))
    query = "format=metadata&metadataHeaders=From&metadataHeaders=To&fields=id,threadId,labelIds,payload/headers"
    parts = [
        f"Content-Type: application/http\nContent-ID: <a + {id_}>\n\nGET /gmail/v1/users/me/messages/{id_}?{query} HTTP/1.1\n\n"
        for id_ in deliver(mailbox, 100)
    ]
    body = "\n".join(f"--x\n{part}" for part in parts) + "\n--x--\n"
    headers = {"content-type": "multipart/mixed; boundary=x", "authorization": "Bearer t"}
    request = Request("POST", "/batch", headers, body.encode())
    assert google.answer(request).body.count(b"HTTP/1.1 200") == 100
    began = time.process_time()
    for _ in range(10):
        google.answer(request)
    assert 1000 / (time.process_time() - began) >= 5000
