"""The calendars of a mailbox: every event and every occurrence as Google would show it, with a revision each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Item:
    """An event, a series' master or one of its occurrences; `shown` is its JSON in Google's words."""

    shown: Json
    revision: int
    master: bool = False
    exception: bool = False  # an occurrence that differs from its series, or is cancelled

    @property
    def cancelled(self) -> bool:
        return bool(self.shown["status"] == "cancelled")


@dataclass
class Calendar:
    """One calendar; `access_role` is what the account may do in it."""

    id: str
    summary: str
    access_role: str = "owner"
    primary: bool = False
    hidden: bool = False
    denied: bool = False  # Google answers 403 to whoever reads it
    items: dict[str, Item] = field(default_factory=dict)
    revision: int = 1
    floor: int = 0  # sync tokens of older revisions are no longer known

    def put(self, shown: Json, *, master: bool = False, exception: bool = False) -> str:
        """Add or replace an event, by the id within `shown`."""
        self.revision += 1
        full: Json = {
            "kind": "calendar#event",
            "etag": f'"{self.revision}"',
            "status": "confirmed",
            "eventType": "default",
        }
        self.items[shown["id"]] = Item(full | shown, self.revision, master, exception)
        return str(shown["id"])

    def change(self, id_: str, **fields: Any) -> None:
        item = self.items[id_]
        self.put(item.shown | fields, master=item.master, exception="recurringEventId" in item.shown)

    def move(self, id_: str, starts_at: datetime, ends_at: datetime) -> None:
        """Give an event, or one occurrence, another time; the original start of an occurrence stays."""
        self.change(id_, start=moment(starts_at), end=moment(ends_at))

    def respond(self, id_: str, address: str, response: str) -> None:
        guests = [dict(guest) for guest in self.items[id_].shown["attendees"]]
        for guest in guests:
            if guest["email"] == address:
                guest["responseStatus"] = response
        self.change(id_, attendees=guests)

    def cancel(self, id_: str) -> None:
        """Cancel an event or one occurrence: from now on it is a stub with the fields Google guarantees."""
        shown = self.items[id_].shown
        self.revision += 1
        kept: Json = {name: shown[name] for name in ("recurringEventId", "originalStartTime") if name in shown}
        stub: Json = {"kind": "calendar#event", "etag": f'"{self.revision}"', "id": id_, "status": "cancelled", **kept}
        self.items[id_] = Item(stub, self.revision, exception=bool(kept))

    def cancel_series(self, id_: str) -> None:
        for item in [item for item in self.items.values() if item.shown.get("recurringEventId") == id_]:
            self.cancel(item.shown["id"])
        self.cancel(id_)

    def add_series(self, shown: Json, starts: Iterable[datetime], length: timedelta, rule: str) -> list[str]:
        """Add a series whose occurrences begin at `starts` and last `length`; give the ids of the occurrences."""
        first, *_ = starts = list(starts)
        times = {"start": moment(first), "end": moment(first + length)}
        self.put(shown | times | {"recurrence": [f"RRULE:{rule}"]}, master=True)
        return [self.add_occurrence(shown, start, start, start + length) for start in starts]

    def add_occurrence(
        self, series: Mapping[str, Any], original: datetime, starts_at: datetime, ends_at: datetime, **more: Any
    ) -> str:
        times = {"start": moment(starts_at), "end": moment(ends_at), "originalStartTime": moment(original)}
        id_ = f"{series['id']}_{original:%Y%m%dT%H%M%SZ}"
        exception = original != starts_at or bool(more)
        return self.put({**series, "id": id_, "recurringEventId": series["id"], **times, **more}, exception=exception)


class Agenda:
    """All calendars the account sees; the primary one has the account's address as its id."""

    def __init__(self, address: str) -> None:
        self.refused = ""  # the reason Google gives to whoever asks for calendars, "" for none
        self.primary = Calendar(address, address, primary=True)
        self.calendars: dict[str, Calendar] = {address: self.primary}

    def add(self, id_: str, summary: str, access_role: str = "owner") -> Calendar:
        self.calendars[id_] = Calendar(id_, summary, access_role)
        return self.calendars[id_]

    def expire_tokens(self) -> None:
        for calendar in self.calendars.values():
            calendar.revision += 1
            calendar.floor = calendar.revision


def moment(at: datetime) -> Json:
    """Write a time as Google does; an offset is always there."""
    return {"dateTime": at.isoformat(timespec="seconds").replace("+00:00", "Z"), "timeZone": "UTC"}


def guest(address: str, response: str = "needsAction", name: str = "", **more: Any) -> Json:
    return {"email": address, "responseStatus": response} | ({"displayName": name} if name else {}) | more
