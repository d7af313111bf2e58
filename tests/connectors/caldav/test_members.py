"""A position names no event: members go by digests, and those that must be read again are found by a whole list."""

import zlib
from base64 import b64decode

import msgspec
import pytest

from connectors.base import Cursor
from connectors.caldav.position import Position, ReadMember, cursor_of, name_of, position_of
from connectors.errors import CursorExpired
from tests.connectors.caldav.servers import DavServer
from tests.connectors.caldav.test_calendars import meetings, read, stream_at
from tests.connectors.ical.feeds import NOW

UID = "7f-zoe.quist@quisthost.example"


def packed(cursor: Cursor) -> str:
    kept = msgspec.json.decode(cursor)
    return str(kept) + zlib.decompress(b64decode(kept["named"])).decode()


def test_no_position_tells_of_whom_an_event_is(server: DavServer, path: str) -> None:
    server.put(path, UID, NOW)
    stream = stream_at(server, path)
    pages = read(server, stream)
    assert len(meetings(pages)) == 1
    assert "quist" not in packed(pages[-1].cursor).lower()
    server.put(path, UID, NOW, "SEQUENCE:1")
    news = read(server, stream, pages[-1].cursor)
    assert meetings(news).keys() == meetings(pages).keys()
    assert "quist" not in packed(news[-1].cursor).lower()


def test_members_still_owed_are_found_by_a_whole_list(server: DavServer, path: str) -> None:
    for number in range(3):
        server.put(path, f"m{number}", NOW)
    stream = stream_at(server, path)
    end = position_of(read(server, stream)[-1].cursor)
    owed = {
        name: member._replace(etag="") if member.keys == ("m1",) else member for name, member in end.members.items()
    }
    news = read(server, stream, cursor_of(Position(owed, end.token, end.ctag, end.horizon, whole=True)))
    assert set(meetings(news)) == {"m1"}
    assert not position_of(news[-1].cursor).owes


def test_positions_that_name_members_by_their_addresses_are_not_read() -> None:
    at = Position({name_of("/a.ics"): ReadMember("1", ("a",))}, token="7")
    assert position_of(cursor_of(at)) == at
    older = msgspec.json.decode(cursor_of(at))
    older["members"] = older.pop("named")
    with pytest.raises(CursorExpired):
        position_of(Cursor(msgspec.json.encode(older).decode()))
