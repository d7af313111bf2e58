"""What the API is asked with: a typing error in a name is found, and a value is bounded."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from models.enums import Stage, Warmth
from worker.decisions.actions import Action
from worker.views.people.people import Sort

Text = Annotated[str, Meta(max_length=400, pattern=r"^[^\x00]*$")]
Limit = Annotated[int, Meta(ge=1, le=200)]
Moment = Annotated[datetime, Meta(tz=True)]
Cursor = Annotated[str, Meta(max_length=2000, pattern=r"^[A-Za-z0-9_-]*$")]


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """What every query and body is: unknown names are refused, so that a typing error is found."""


class Nothing(Asked, frozen=True):
    """No parameters."""


class PeopleAsked(Asked, frozen=True):
    """Which people: `search` wants all its words in a name or an address, `needing` only who is going or gone cold."""

    search: Text = ""
    stage: Stage | None = None
    warmth: Warmth | None = None
    needing: bool = False
    sort: Sort = Sort.NEED
    cursor: Cursor = ""
    limit: Limit = 50


class TouchesAsked(Asked, frozen=True):
    """Which part of the history: since <= occurred < until."""

    person: Text = ""
    since: Moment | None = None
    until: Moment | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class DigestsAsked(Asked, frozen=True):
    """Which earlier digests: those of weeks before `before`, such as 2026-W47."""

    before: Annotated[str, Meta(pattern=r"^(\d{4}-W\d{2})?$")] = ""
    limit: Annotated[int, Meta(ge=1, le=50)] = 20


class ActionsAsked(Asked, frozen=True):
    """How many of the newest actions."""

    limit: Limit = 50


class ExportAsked(Asked, frozen=True):
    """Which part of an export: since <= occurred < until, with one person or all."""

    person: Text = ""
    since: Moment | None = None
    until: Moment | None = None


class OfPerson(Asked, frozen=True):
    """Of one person, by key, or of everyone."""

    person: Text = ""


class IntroductionsAsked(Asked, frozen=True):
    """Which introductions: of or by one person, or all; the newest first."""

    person: Text = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 200


class SeasonAsked(Asked, frozen=True):
    """Which quarter, such as 2026-Q3; the last one that has ended unless given."""

    quarter: Annotated[str, Meta(pattern=r"^(\d{4}-Q[1-4])?$")] = ""


class NewAction(Asked, frozen=True):
    """An action to take; `person` is a person's key, left out for fewer, more and stop.

    `by` is who introduced them, or did not: of introduced and not-introduced; left out, it is whoever seems to have.
    """

    action: Action
    person: Text = ""
    by: Text = ""
    until: Moment | UnsetType = UNSET  # of a snooze
    talked_at: Moment | UnsetType = UNSET  # of a talk
