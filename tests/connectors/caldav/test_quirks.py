"""What CalDAV servers were seen to do otherwise than the standard says, each provoked by a server that does just that."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from xml.sax.saxutils import escape

import pytest

from connectors.base import Cursor, Page, Stream
from connectors.caldav.auth import Access, address_of, connect
from connectors.caldav.connector import CaldavConnector
from connectors.caldav.position import name_of
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    TokenRevoked,
)
from models.enums import StreamKind
from models.records import BadRecord, Deferred, MeetingRecord, Record, Tombstone
from tests.connectors.contract import LONG_AGO
from tests.connectors.ical.feeds import ME, NOW, event
from tests.sandbox.http import Request, Response, Server

NAMES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
WORK = "/home/work/"


@dataclass
class FakeDav:
    """One collection; every change gets a number, and a token is the number up to which one knows."""

    events: dict[str, tuple[int, str]] = field(default_factory=dict)  # name -> number of its last change, content
    removed: dict[str, int] = field(default_factory=dict)
    number: int = 0
    tokens: bool = True
    bad_token: tuple[int, str] = (403, "valid-sync-token")  # how a strange one is refused
    forget: bool = False  # the next token that comes is strange
    most: int = 1000  # members told at once; then 507
    itself: bool = False  # the collection is among its members
    teapot: bool = False  # what is gone has a propstat of 418 too
    reverse: bool = False
    hidden: set[str] = field(default_factory=set)  # listed, but not shown
    blank: bool = False  # an empty list, whatever there is
    ctags: bool = True
    refuse: dict[str, Response] = field(default_factory=dict)  # method -> the answer
    realm: str = 'Basic realm="x"'
    seen: list[Request] = field(default_factory=list)
    collections: str = ""

    def put(self, name: str, *lines: str, days: int = 0) -> None:
        self.number += 1
        self.events[name] = (
            self.number,
            f"BEGIN:VCALENDAR\r\n{event(name, NOW + timedelta(days=days), *lines)}\r\nEND:VCALENDAR\r\n",
        )
        self.removed.pop(name, None)

    def delete(self, name: str) -> None:
        self.number += 1
        del self.events[name]
        self.removed[name] = self.number

    def answer(self, request: Request) -> Response:
        self.seen.append(request)
        assert request.method in {"PROPFIND", "REPORT"}, "nothing but reading"
        if "xml" not in request.headers.get("content-type", ""):
            return Response(415)
        if "authorization" not in request.headers:
            return Response(401)
        if request.method in self.refuse:
            return self.refuse[request.method]
        body = request.body.decode()
        if request.method == "PROPFIND":
            return self.propfind(request.path, body)
        return self.sync(body) if "sync-collection" in body else self.multiget(body)

    def propfind(self, path: str, body: str) -> Response:
        if path == "/.well-known/caldav":
            return Response(301, b"", {"Location": "/"})
        if "current-user-principal" in body:
            return self.multistatus(member("/", "<current-user-principal><href>/me/</href></current-user-principal>"))
        if "calendar-user-address-set" in body:
            return self.multistatus(member(
                "/me/", "<C:calendar-home-set><href>/home/</href></C:calendar-home-set><C:calendar-user-address-set>"
                "<href>mailto:mira@elsewhere.example</href><href>/me/</href></C:calendar-user-address-set>",
            ))  # fmt: skip
        if "supported-calendar-component-set" in body:
            return self.multistatus(self.collections or collection(WORK, "Work"))
        if "getctag" in body:
            ctag = f"<S:getctag>c{self.number}</S:getctag>" if self.ctags else ""
            return self.multistatus(member(WORK, ctag))
        listed = [member(WORK, "<resourcetype><collection/><C:calendar/></resourcetype>")]
        listed += [member(WORK + name, f"<getetag>&quot;{at}&quot;</getetag>") for name, (at, _) in self.events.items()]
        return self.multistatus(*([] if self.blank else listed))

    def sync(self, body: str) -> Response:
        if not self.tokens:
            return Response(400)
        given = body.partition("<sync-token>")[2].partition("</sync-token>")[0]
        if given and self.forget:
            self.forget = False
            status, condition = self.bad_token
            return Response(status, f"<error {NAMES}><{condition}/></error>".encode())
        since = int(given.removeprefix("t") or 0)
        changes = sorted((at, name) for name, (at, _) in self.events.items() if at > since)
        if given:
            changes = sorted([*changes, *((at, name) for name, at in self.removed.items() if at > since)])
        seen = [] if self.blank else changes[: self.most]
        cut = len(seen) < len(changes) and not self.blank
        members = [self.removal(name) if name in self.removed else self.changed(name) for _, name in seen]
        if cut:
            members.append(
                f"<response><href>{WORK}</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
            )
        if self.itself:
            members.insert(0, member(WORK, "<getetag>x</getetag>"))
        token = seen[-1][0] if cut else self.number
        return self.multistatus(*(reversed(members) if self.reverse else members), f"<sync-token>t{token}</sync-token>")

    def changed(self, name: str) -> str:
        return member(WORK + name, f"<getetag>&quot;{self.events[name][0]}&quot;</getetag>")

    def removal(self, name: str) -> str:
        teapot = "<propstat><prop/><status>HTTP/1.1 418 I'm a teapot</status></propstat>" if self.teapot else ""
        return f"<response><href>{WORK}{name}</href>{teapot}<status>HTTP/1.1 404 Not Found</status></response>"

    def multiget(self, body: str) -> Response:
        found = []
        for part in body.split("<href>")[1:]:
            name = part.partition("</href>")[0].rpartition("/")[2]
            if name not in self.events:
                found.append(f"<response><href>{WORK}{name}</href><status>HTTP/1.1 404 Not Found</status></response>")
            elif name not in self.hidden:
                at, content = self.events[name]
                data = f"<C:calendar-data>{escape(content)}</C:calendar-data>"
                found.append(
                    member(
                        f"http://HOST{WORK}{name}".replace("http://HOST", ""),
                        f"<getetag>&quot;{at}&quot;</getetag>{data}",
                    )
                )
        return self.multistatus(*(reversed(found) if self.reverse else found))

    @staticmethod
    def multistatus(*parts: str) -> Response:
        return Response(207, f'<?xml version="1.0"?><multistatus {NAMES}>{"".join(parts)}</multistatus>'.encode())


def member(path: str, properties: str) -> str:
    return (
        f"<response><href>{path}</href><propstat><prop>{properties}</prop><status>HTTP/1.1 200 OK</status></propstat>"
        "<propstat><prop><owner/></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>"
    )


def collection(path: str, title: str, kind: str = "<C:calendar/>", more: str = "") -> str:
    return member(path, f"<resourcetype><collection/>{kind}</resourcetype><displayname>{title}</displayname>{more}")


@pytest.fixture
def dav() -> FakeDav:
    dav = FakeDav()
    for number in range(5):
        dav.put(f"e{number}.ics", days=number)
    return dav


@pytest.fixture
def url(dav: FakeDav) -> Iterator[str]:
    with Server(dav.answer) as server:
        yield f"http://127.0.0.1:{server.port}/"


def access(url: str, password: str = "x") -> Access:
    return Access(address=ME, url=url, user="mira", password=password)


def read(url: str, cursor: Cursor | None = None) -> list[Page]:
    connector = CaldavConnector(access(url).encoded(), clock=lambda: NOW, page=2)
    stream = Stream(StreamKind.CALENDAR, f"own/{url}home/work/", "Work")
    return list(connector.changes(stream, cursor, since=LONG_AGO))


def records(pages: list[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def seen(pages: list[Page]) -> tuple[set[str], set[str]]:
    """Keys of what is there and of what is gone."""
    found = records(pages)
    return (
        {each.key for each in found if isinstance(each, MeetingRecord)},
        {each.key for each in found if isinstance(each, Tombstone)},
    )


@pytest.mark.parametrize(
    "quirk",
    [
        {},
        {"most": 2},
        {"itself": True},
        {"teapot": True},
        {"reverse": True},
        {"tokens": False},
        {"tokens": False, "ctags": False},
        {"forget": True},
        {"forget": True, "bad_token": (409, "valid-sync-token")},
        {"forget": True, "bad_token": (412, "valid-sync-token")},
        {"forget": True, "bad_token": (500, "x")},
        {"forget": True, "most": 2, "itself": True, "reverse": True},
    ],
)
def test_every_kind_of_server_ends_in_the_same_state(dav: FakeDav, url: str, quirk: dict[str, object]) -> None:
    forget = bool(quirk.pop("forget", False))
    for name, value in quirk.items():
        setattr(dav, name, value)
    first = read(url)
    assert seen(first) == ({f"e{number}.ics" for number in range(5)}, set())
    dav.put("new.ics")
    dav.put("e1.ics", days=40)
    dav.delete("e3.ics")
    dav.forget = forget
    news = read(url, first[-1].cursor)
    assert seen(news) == ({"new.ics", "e1.ics"}, {"e3.ics"})
    assert records(read(url, news[-1].cursor)) == []
    assert not any(b"limit" in request.body for request in dav.seen)


def test_a_server_without_tokens_is_asked_for_its_ctag_only(dav: FakeDav, url: str) -> None:
    dav.tokens = False
    end = read(url)[-1].cursor
    dav.seen.clear()
    assert records(read(url, end)) == []
    assert len(dav.seen) == 1


def test_an_empty_list_is_not_believed_unless_the_members_agree(dav: FakeDav, url: str) -> None:
    end = read(url)[-1].cursor
    dav.blank, dav.forget = True, True
    with pytest.raises(ProviderUnavailable, match=r"calendar\.nothing_listed"):
        read(url, end)
    dav.blank, dav.forget = False, True
    for name in list(dav.events):
        dav.delete(name)
    assert seen(read(url, end)) == (set(), {f"e{number}.ics" for number in range(5)})


def test_what_is_listed_but_not_shown_is_asked_for_again(dav: FakeDav, url: str) -> None:
    dav.hidden = {"e2.ics"}
    first = read(url)
    assert [each.key for each in records(first) if isinstance(each, Deferred)] == [name_of("/home/work/e2.ics")]
    dav.hidden = set()
    # what stood for it is withdrawn
    assert seen(read(url, first[-1].cursor)) == ({"e2.ics"}, {name_of("/home/work/e2.ics")})


def test_a_broken_event_spoils_only_itself(dav: FakeDav, url: str) -> None:
    dav.events["bad.ics"] = (
        99,
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:bad\r\nDTSTART:soon\r\nEND:VEVENT\r\nEND:VCALENDAR",
    )
    dav.number = 99
    found = records(read(url))
    assert len(seen(read(url))[0]) == 5
    assert [each.where for each in found if isinstance(each, BadRecord)] == ["Work/bad.ics: event bad, line 2"]


def test_meetings_told_by_two_members_go_with_the_last(dav: FakeDav, url: str) -> None:
    dav.put("copy.ics")
    dav.events["copy.ics"] = dav.number, dav.events["e0.ics"][1]
    first = read(url)
    dav.delete("copy.ics")
    news = read(url, first[-1].cursor)
    assert seen(news) == (set(), set())
    dav.delete("e0.ics")
    assert seen(read(url, news[-1].cursor)) == (set(), {"e0.ics"})


def test_which_collections_are_calendars_of_meetings(dav: FakeDav, url: str) -> None:
    components = '<C:supported-calendar-component-set><C:comp name="{}"/></C:supported-calendar-component-set>'
    dav.collections = "".join((
        collection("/home/", "Home", ""),
        collection("/home/inbox/", "Inbox", "<C:schedule-inbox/>"),
        collection("/home/tasks/", "Tasks", more=components.format("VTODO")),
        collection("/home/work/", "Work", more=components.format("VEVENT")),
        collection("/home/sub/", "Holidays", "<C:calendar/><S:subscribed/>"),
        collection("/home/bin/", "Old", '<C:calendar/><n:deleted-calendar xmlns:n="http://nextcloud.com/ns"/>'),
        collection("/home/theirs/", "Ann's", more="<owner><href>/ann/</href></owner>"),
        collection("/home/mine/", "", more="<owner><href>/me</href></owner>"),
    ))  # fmt: skip
    streams = CaldavConnector(access(url).encoded()).streams()
    assert [(stream.name.partition("/")[0], stream.title) for stream in streams] == [
        ("own", "mine"),
        ("own", "Work"),
        ("shared", "Ann's"),
    ]


def test_a_colleagues_calendar_is_marked(dav: FakeDav, url: str) -> None:
    connector = CaldavConnector(access(url).encoded(), clock=lambda: NOW)
    stream = Stream(StreamKind.CALENDAR, f"shared/{url}home/work/", "Ann's")
    found = records(list(connector.changes(stream, None, since=LONG_AGO)))
    assert {each.own_calendar for each in found if isinstance(each, MeetingRecord)} == {False}
    assert len(dav.seen) > 1


def test_the_servers_other_addresses_of_a_person_are_learnt(dav: FakeDav, url: str) -> None:
    assert connect(access(url)).aliases == ("mira@elsewhere.example",)
    assert dav.seen


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(401), TokenRevoked),  # Yahoo's says not what it wants
        (Response(401, b"", {"WWW-Authenticate": 'Digest realm="x"'}), NeedsReauthorisation),
        (Response(402), NeedsReauthorisation),
        (Response(403), AccessDenied),
        (Response(429, b"", {"Retry-After": "5"}), RateLimited),
        (Response(503, b"", {"Retry-After": "5"}), RateLimited),
        (Response(500), ProviderUnavailable),
        (Response(200, b"<html>"), ProtocolError),
        (Response(207, b"<html>"), ProtocolError),
        (Response(207, b"<multistatus"), ProtocolError),
        (Response(207, b'<!DOCTYPE x [<!ENTITY a "aa">]><multistatus xmlns="DAV:">&a;</multistatus>'), ProtocolError),
        (Response(302, b"", {"Location": "https://thief.example/"}), ProtocolError),
    ],
)
def test_what_refusals_mean(dav: FakeDav, url: str, answer: Response, kind: type[ConnectorError]) -> None:
    dav.refuse = {"REPORT": answer, "PROPFIND": answer}
    with pytest.raises(kind) as caught:
        read(url)
    assert type(caught.value) is kind


def test_a_refused_password_is_not_sent_again(dav: FakeDav, url: str) -> None:
    dav.refuse = {"PROPFIND": Response(401)}
    one, other = (CaldavConnector(access(url, "wrong").encoded()) for _ in range(2))
    for connector in (one, other, one):
        with pytest.raises(TokenRevoked):
            connector.streams()
    assert len(dav.seen) == 1


def test_an_address_without_calendars(dav: FakeDav, url: str) -> None:
    dav.refuse = {"PROPFIND": Response(404)}
    with pytest.raises(ProtocolError, match=r"calendar\.no_calendars host='127"):
        connect(access(url))


def test_a_sign_in_goes_to_no_other_server(dav: FakeDav, url: str) -> None:
    seen: list[Request] = []

    def elsewhere(request: Request) -> Response:
        seen.append(request)
        return Response(401)

    with Server(elsewhere) as server:
        connector = CaldavConnector(access(url).encoded(), clock=lambda: NOW)
        stream = Stream(StreamKind.CALENDAR, f"own/http://127.0.0.1:{server.port}/home/work/", "Work")
        with pytest.raises(ConnectorError):
            list(connector.changes(stream, None, since=LONG_AGO))
    assert all("authorization" not in request.headers for request in seen)
    assert dav.seen == []


@pytest.mark.parametrize(
    ("typed", "url"),
    [("dav.example.org", "https://dav.example.org/"), (" https://x.example/dav ", "https://x.example/dav")],
)
def test_servers_as_they_are_typed(typed: str, url: str) -> None:
    assert address_of(typed) == url


@pytest.mark.parametrize("typed", ["http://dav.example.org/", "ftp://x.example", ""])
def test_servers_that_are_not_asked(typed: str) -> None:
    with pytest.raises(ProtocolError):
        address_of(typed)
