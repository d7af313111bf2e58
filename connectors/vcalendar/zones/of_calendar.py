"""What a TZID means in a calendar: the zone it defines under that name, else the one the zone database knows by it."""

import re
from datetime import UTC, tzinfo

from connectors.vcalendar.components import Calendar, zone_name
from connectors.vcalendar.version_one import zone_definition
from connectors.vcalendar.zones.definition import MOST_PARTS, defined
from connectors.vcalendar.zones.names import known_zone

MOST_SUMMERS = MOST_PARTS // 2 - 1

_LOCATION = re.compile(r"^X-LIC-LOCATION(?:;[^:\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)


def _located(definition: str) -> tzinfo | None:
    """Return the zone of the database that a definition names beside what it says itself."""
    named = _LOCATION.search(definition)
    return known_zone(named[1]) if named else None


def _of_old(calendar: Calendar) -> tzinfo | None:
    """Return the clock of a calendar in vCalendar 1.0; without its summer times where those can't be read."""
    for summers in (calendar.summers[:MOST_SUMMERS], []) if calendar.old else ():
        definition = zone_definition(calendar.offset, summers)
        if definition and (zone := defined(definition, None)):
            return zone
    return None


class Zones:
    """The zones of one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        """Read the definitions of `calendar` as they are asked for."""
        self._definitions = calendar.zones
        self._in_any_case: dict[str, str] = {}
        for name, definition in calendar.zones.items():
            self._in_any_case.setdefault(name.casefold(), definition)
        self._known: dict[str, tzinfo | None] = {}
        self.unknown: set[str] = set()
        self.own = known_zone(calendar.zone) or _of_old(calendar) or UTC  # of times without a zone

    def __call__(self, tzid: str) -> tzinfo | None:
        """Return the zone of a TZID; None, and noted as unknown, if no one says what it is."""
        name = zone_name(tzid)
        if name not in self._known:
            # Google defines Europe/lisbon, spelled so by hand, beside Europe/Lisbon, and not alike.
            definition = self._definitions.get(name) or self._in_any_case.get(name.casefold())
            known = known_zone(name) or _located(definition or "")
            self._known[name] = (defined(definition, known) if definition else None) or known
            if self._known[name] is None:
                self.unknown.add(tzid)
        return self._known[name]
