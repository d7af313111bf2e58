"""The address book by CardDAV: read by an independent client, by the requests of phones, and by nobody else."""

import asyncio
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import vobject
from defusedxml.ElementTree import fromstring
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from tests.services import missing
from tests.worker.web.programs import Member, client_of, member, token_of
from worker.app.tokens import Right, revoke_token
from worker.storage.transactions import writing
from worker.web.feeds.carddav import BOOK, HOME
from worker.web.programs import program_routes
from worker.web.server import listening

DAV, CARD = "{DAV:}", "{urn:ietf:params:xml:ns:carddav}"
ASK = '<propfind xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns:s="http://calendarserver.org/ns/"><prop>'
FRIEND = "friend@one.example"


@pytest.fixture
def one(engine: Engine) -> Member:
    return member(engine, FRIEND, "Frida Friend")


@pytest.fixture
def token(one: Member) -> str:
    return token_of(one.home, Right.FEED)


@pytest.fixture
def phone(one: Member, token: str) -> Iterator[TestClient]:
    with client_of(one.home) as client:
        client.auth = ("me", token)
        yield client


def asked(client: TestClient, method: str, path: str, body: str = "", depth: str = "0", status: int = 207) -> Element:
    answer = client.request(method, path, content=body, headers={"Depth": depth, "Content-Type": "application/xml"})
    assert answer.status_code == status, answer.text
    found: Element = fromstring(answer.content)
    return found


def sync(client: TestClient, token: str, status: int = 207) -> Element:
    body = f'<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token><prop><getetag/></prop></sync-collection>'
    return asked(client, "REPORT", BOOK, body, status=status)


def hrefs(found: Element) -> list[str | None]:
    return [one.findtext(f"{DAV}href") for one in found.iter(f"{DAV}response")]


def test_an_independent_client_finds_the_book_and_reads_every_card(one: Member, token: str) -> None:
    try:
        import aiohttp
        from vdirsyncer.storage.dav import CardDAVStorage
    except ImportError:
        missing("vdirsyncer is not installed (it is among the dev extras)")

    async def read(address: str) -> list[Any]:
        async with aiohttp.TCPConnector() as connector:
            options = {"username": "me", "password": token, "connector": connector}
            (found,) = [one async for one in CardDAVStorage.discover(url=address, **options)]
            storage = CardDAVStorage(**{**found, **options})
            listed = [href async for href, _ in storage.list()]
            return [item async for item in storage.get_multi(listed)]

    with listening("127.0.0.1:0", program_routes(one.home.runtime), "TEST") as port:
        ((_, item, mark),) = asyncio.run(read(f"http://127.0.0.1:{port}/"))
    card = vobject.readOne(item.raw)
    assert (card.fn.value, card.email.value) == ("Frida Friend", FRIEND)
    assert mark.startswith('"')


def test_a_phone_finds_the_book_from_the_name_of_the_server_alone(phone: TestClient) -> None:
    known = phone.request("PROPFIND", "/.well-known/carddav", follow_redirects=False)
    assert (known.status_code, known.headers["location"]) == (308, HOME)
    wanted = (
        "<current-user-principal/><principal-URL/><c:addressbook-home-set/><displayname/><c:unknown/></prop></propfind>"
    )
    home = asked(phone, "PROPFIND", HOME, ASK + wanted)
    assert [place.text for place in home.iter(f"{DAV}href")] == [HOME] * 4
    assert [one.text for one in home.iter(f"{DAV}status")] == ["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found"]
    inside = asked(phone, "PROPFIND", HOME, ASK + "<resourcetype/><current-user-privilege-set/></prop></propfind>", "1")
    assert hrefs(inside) == [HOME, BOOK]
    (rights,) = list(inside.iter(f"{DAV}current-user-privilege-set"))[1:]
    assert [right.tag for right in rights.iter() if right.tag.endswith(("read", "write"))] == [f"{DAV}read"]
    assert phone.options(BOOK).headers["dav"] == "1, 3, addressbook"


def test_cards_are_listed_and_read_by_name_or_all_at_once(phone: TestClient) -> None:
    listed = asked(phone, "PROPFIND", BOOK, ASK + "<getetag/></prop></propfind>", "1")
    itself, place = hrefs(listed)
    assert itself == BOOK
    data = '<prop xmlns="DAV:"><getetag/><c:address-data/></prop>'
    gone = f"{BOOK}{'0' * 32}.vcf"
    for kind, names in (
        ("multiget", f'<href xmlns="DAV:">{place}</href><href xmlns="DAV:">{gone}</href>'),
        ("query", ""),
    ):
        body = f'<c:addressbook-{kind} xmlns:c="urn:ietf:params:xml:ns:carddav">{data}{names}</c:addressbook-{kind}>'
        found = asked(phone, "REPORT", BOOK, body)
        assert hrefs(found) == ([place, gone] if names else [place])
        (text,) = [one.text for one in found.iter(f"{CARD}address-data")]
        assert vobject.readOne(text).fn.value == "Frida Friend"
    alone = phone.get(str(place))
    assert alone.headers["content-type"] == "text/vcard; charset=utf-8"
    assert alone.headers["etag"] == listed.findall(f".//{DAV}getetag")[-1].text
    assert phone.get(gone).status_code == 404
    assert phone.request("PROPFIND", gone).status_code == 404


def test_a_phone_asks_only_for_what_has_changed(one: Member, phone: TestClient) -> None:
    first = sync(phone, "")
    assert len(hrefs(first)) == 1
    reached = first.findtext(f"{DAV}sync-token") or ""
    assert hrefs(sync(phone, reached)) == []
    with writing(one.home.engine) as connection:
        connection.exec_driver_sql("UPDATE people SET name = 'Frida Renamed'")
    refused = sync(phone, reached, status=403)  # it begins again
    assert [condition.tag for condition in refused] == [f"{DAV}valid-sync-token"]
    assert sync(phone, "").findtext(f"{DAV}sync-token") != reached


def test_nothing_can_be_written(phone: TestClient) -> None:
    (place,) = hrefs(sync(phone, ""))
    before = phone.get(str(place)).content
    for method in ("PUT", "DELETE", "POST", "PROPPATCH", "MKCOL", "MOVE", "COPY", "LOCK"):
        for path in (place, BOOK, HOME):
            assert phone.request(method, str(path), content=b"BEGIN:VCARD").status_code == 403, (method, path)
    assert phone.get(str(place)).content == before


def test_only_a_token_for_the_address_book_opens_it(one: Member, token: str, engine: Engine) -> None:
    client = client_of(one.home)
    other = member(engine, "second@two.example", "Second Theirs")
    assert "basic" in client.request("PROPFIND", BOOK).headers["www-authenticate"].lower()
    for wrong in (token_of(one.home, Right.READ, Right.ACT), token[:-1] + "x", "", "\0"):
        assert client.request("PROPFIND", BOOK, auth=("me", wrong)).status_code == 401
    for said in ("Basic %%%", "Basic /w==", f"Bearer {token}"):
        assert client.request("PROPFIND", BOOK, headers={"Authorization": said}).status_code == 401
    mine, theirs = ((one.home, token), (other.home, token_of(other.home, Right.FEED)))
    books = [
        client.request("PROPFIND", BOOK, auth=("x", key), headers={"Depth": "1"}).text for _, key in (mine, theirs)
    ]
    assert books[0] != books[1]
    assert client.get(BOOK, auth=("me", token), headers={"Host": "evil.example"}).status_code == 421
    with writing(one.home.engine) as connection:
        revoke_token(connection, one.home.user, token)
    assert client.request("PROPFIND", BOOK, auth=("me", token)).status_code == 401


def test_whoever_tries_passwords_is_slowed_down(one: Member, token: str) -> None:
    client = client_of(one.home)
    tries = [client.request("PROPFIND", BOOK, auth=("me", f"wrong{n}")).status_code for n in range(25)]
    assert tries[0] == 401
    assert tries[-1] == 429
    assert client.request("PROPFIND", BOOK, auth=("me", token)).headers["retry-after"]


@pytest.mark.parametrize("body", ["<", "<!DOCTYPE a [<!ENTITY b 'c'>]><propfind xmlns='DAV:'>&b;</propfind>", "\x00"])
def test_what_is_no_request_is_refused(phone: TestClient, body: str) -> None:
    assert phone.request("PROPFIND", BOOK, content=body).status_code == 400
    assert phone.request("REPORT", BOOK, content="<x/>").status_code == 403
    assert phone.request("REPORT", HOME, content="").status_code == 403
