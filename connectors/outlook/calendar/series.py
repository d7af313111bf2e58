"""When the series had planned an occurrence that was moved, where Graph does not say.

An exception's `originalStart` may be missing. Its iCalUId still names the day (MS-OXOCAL 2.2.1.27), in the time zone of
the series, and the series' master the time of day: together they are what other calendars call the original start.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from msgspec import Struct, field

from connectors.outlook.api.batch import get_all
from connectors.outlook.api.client import GraphClient
from connectors.outlook.api.wire import Event, Zoned
from connectors.outlook.calendar.uid import occurrence_day


class Master(Struct, frozen=True, gc=False):
    """What a series' master says of its time."""

    start: Zoned
    zone: str = field(name="originalStartTimeZone", default="UTC")


_decode = msgspec.json.Decoder(Master).decode
_FIELDS = "start,originalStartTimeZone"


def masters_of(client: GraphClient, events: Iterable[Event], *, scope: str) -> dict[str, Master]:
    """Fetch the masters of moved occurrences that do not say where the series had put them.

    Returns:
        By the series' id; one that cannot be had is left out.

    Raises:
        ConnectorError: as connectors.outlook.errors has it.
    """
    ids = sorted({event.series for event in events if event.series and needs_master(event)})
    parts = get_all(client, [f"/me/events/{quote(id_, safe='=')}?$select={_FIELDS}" for id_ in ids], scope=scope)
    found = {}
    for id_, part in zip(ids, parts, strict=True):
        if part.status == 200:
            try:
                found[id_] = _decode(bytes(part.body))
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
    return found


def needs_master(event: Event) -> bool:
    """Whether an occurrence was moved and only its day is known."""
    return (
        event.type == "exception" and event.original_start is None and occurrence_day(event.ical_uid or "") is not None
    )


def planned_start(event: Event, masters: Mapping[str, Master]) -> datetime | None:
    """Say where the series had put a moved occurrence (pure), in UTC; None where it cannot be known."""
    master, day = masters.get(event.series or ""), occurrence_day(event.ical_uid or "")
    zone = zone_named(master.zone) if master else None
    start = moment_of(master.start) if master else None
    if day is None or zone is None or start is None:
        return None
    try:
        planned = start.astimezone(zone).replace(year=day.year, month=day.month, day=day.day)
        return planned.astimezone(UTC)
    except OverflowError:
        return None


def moment_of(zoned: Zoned) -> datetime | None:
    """Return a local time in UTC, None where its zone is not known, or it lies beyond the calendar's ends."""
    zone = zone_named(zoned.zone)
    try:
        if zoned.at.tzinfo is not None:
            return zoned.at.astimezone(UTC)
        return None if zone is None else zoned.at.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None


def zone_named(name: str) -> ZoneInfo | None:
    """Find a time zone by its Windows or IANA name."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
