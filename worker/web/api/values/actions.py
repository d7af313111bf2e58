"""What the API says of what was done, and of what went wrong."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from worker.decisions.actions import Action


class ActionItem(Struct, frozen=True):
    """An action that was taken; POST to actions/{id}/undo takes it back."""

    id: str
    action: Action
    person: str
    at: datetime
    until: datetime | None
    undone: bool


class Actions(Struct, frozen=True):
    """The newest actions, the newest first."""

    items: tuple[ActionItem, ...]


class Problem(Struct, frozen=True):
    """What went wrong (RFC 9457)."""

    title: str
    status: int
    detail: str
    type: Literal["about:blank"] = "about:blank"
    code: str | None = None
