"""What has to change when the allow-list, the people and their own wishes are laid beside each other (pure)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.organizations import ACTIVE, LEFT, OPTED_OUT, WAITING

#: How long what was read of someone who left is kept: long enough to undo a slip of the list, and said in the notice.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands."""

    state: str
    user_id: int | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Addresses in order: to be notified and read, to be read no more, and to be erased entirely."""

    invite: list[str] = field(default_factory=list)
    stop: list[str] = field(default_factory=list)
    erase: list[str] = field(default_factory=list)
    opted_out: list[str] = field(default_factory=list)


def changes(
    allowed: Collection[str], members: Mapping[str, Standing], opted_out: Collection[str], now: datetime
) -> Changes:
    """Decide what changes: a person's own no comes before any list."""
    found = Changes()
    for address in sorted({*allowed, *members}):
        member = members.get(address)
        state = member.state if member else None
        if address in opted_out:
            if state != OPTED_OUT and (member or address in allowed):
                found.opted_out.append(address)
        elif address in allowed:
            if state != ACTIVE:
                found.invite.append(address)
        elif state in {ACTIVE, WAITING}:
            found.stop.append(address)
        elif member and state == LEFT and member.user_id and member.left_at and member.left_at <= now - KEPT:
            found.erase.append(address)
    return found
