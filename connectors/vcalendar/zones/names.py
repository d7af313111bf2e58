"""What the zone database, Windows and Exchange call a zone, and people who show it to other people."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from connectors.vcalendar.components import zone_name

LONGEST_NAME = 200
_OFFSET = re.compile(r"(?:utc|gmt|z)?\s*([+-])(\d{1,2})(?:[:.]?(\d\d))?")
#: As Windows shows zones to people: "(UTC+01:00) Amsterdam, Berlin, Bern".
_SHOWN = re.compile(r"\((?:utc|gmt)\s*([+-]\d\d[:.]\d\d)?\)\s*(.*)")
_UTC = {"z", "zulu", "utc", "gmt", "tzone://microsoft/utc", "coordinated universal time", "greenwich mean time"}
#: What Lotus Notes calls a zone where neither Olson nor Windows has the name, and what Olson has no more.
_OTHERS = {"western/central europe": "Europe/Berlin", "us/pacific-new": "America/Los_Angeles"}
_SEASONS = (datetime(2024, 1, 1), datetime(2024, 7, 1))  # noqa: DTZ001 - on the clock of the zone that is asked


@lru_cache(maxsize=4096)
def known_zone(tzid: str) -> tzinfo | None:
    """Return the zone the database, Windows or Exchange know by that name, whatever its case; None if none does."""
    key = zone_name(tzid).casefold()
    if not key or len(key) > LONGEST_NAME:
        return None
    if key in _UTC:
        return UTC
    return _named(key) or _by_offset(key) or _as_shown(key)


@cache
def _names() -> dict[str, str]:
    """Olson's and Windows' names in lower case, and the Olson name of each."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # a whole library comes along with the table

    olson = {name.casefold(): name for name in available_timezones() - {"localtime", "Factory"}}
    windows = {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items() if zone.casefold() in olson}
    return _OTHERS | windows | olson


def _named(key: str) -> tzinfo | None:
    names = _names()
    parts = key.strip("/").split("/")
    # Olson's name may stand behind a vendor's: /mozilla.org/20050126_1/Europe/Berlin
    behind = ("/".join(parts[at:]) for at in range(len(parts)))
    others = (key.replace("daylight", "standard"), f"{key} standard time", key.replace(" ", "_"), key.replace("-", "/"))
    found = next((names[name] for name in (*behind, *others) if name in names), None)
    return ZoneInfo(found) if found else None


def _by_offset(key: str) -> tzinfo | None:
    found = _OFFSET.fullmatch(key)
    if found is None:
        return None
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-ahead if found[1] == "-" else ahead) if ahead < timedelta(days=1) else None


def _as_shown(key: str) -> tzinfo | None:
    """Find a zone by what Windows shows of it: a city of its own, the first words of its name, or its offset."""
    shown = _SHOWN.fullmatch(key)
    if shown is None:
        return None
    offset = _by_offset(shown[1]) if shown[1] else UTC
    for place in (shown[2], *shown[2].split(",")):
        found = _place(place.strip())
        if found is not None and (offset is None or _standard(found) == _standard(offset)):
            return found
    return offset


def _place(name: str) -> tzinfo | None:
    named = _named(re.sub(r"\s*\(.*\)", "", name).replace(" time", ""))  # "eastern time (us & canada)"
    return named or (ZoneInfo(_cities()[name]) if name in _cities() else None)


@cache
def _cities() -> dict[str, str]:
    return {name.rpartition("/")[2].replace("_", " "): zone for name, zone in _names().items() if "/" in name}


def _standard(zone: tzinfo) -> timedelta:
    """Return a zone's offset when no summer time holds: the lesser of January's and July's."""
    return min(zone.utcoffset(at) or timedelta(0) for at in _SEASONS)
