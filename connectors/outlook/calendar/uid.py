"""One uid for a series: Graph gives every occurrence its own iCalUId, other calendars give all of them the same.

Exchange's uids are GlobalObjectIds in hexadecimal (MS-OXOCAL 2.2.1.27): 16 fixed bytes, the day of the occurrence
(year, month, day; all zero for the series), creation time, 8 zero bytes, a length and that many bytes of identity.
A meeting that came from elsewhere carries its own uid there, after "vCal-Uid".
"""

import re
from datetime import UTC, datetime

_EXCHANGE = re.compile(r"040000008200E00074C5B7101A82E008(?:[0-9A-F]{2}){24,1000}", re.IGNORECASE)
_DAY = slice(16, 20)
_IDENTITY = slice(40, None)
_FOREIGN = b"vCal-Uid\x01\x00\x00\x00"


def series_uid(ical_uid: str) -> str:
    """The uid that every occurrence shares with its series and with other people's calendars."""
    if not _EXCHANGE.fullmatch(ical_uid):
        return ical_uid
    raw = bytearray.fromhex(ical_uid)
    if raw[_IDENTITY].startswith(_FOREIGN):
        return raw[_IDENTITY][len(_FOREIGN) :].rstrip(b"\0").decode("utf-8", "replace")
    raw[_DAY] = bytes(4)
    return raw.hex().upper()


def occurrence_day(ical_uid: str) -> datetime | None:
    """Midnight (UTC) of the day an occurrence was first planned for, None where the uid names none."""
    if not _EXCHANGE.fullmatch(ical_uid):
        return None
    day = bytes.fromhex(ical_uid)[_DAY]
    try:
        return datetime(int.from_bytes(day[:2]), day[2], day[3], tzinfo=UTC)
    except ValueError:
        return None
