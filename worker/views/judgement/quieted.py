"""What the user decided about people that keeps them out of the digest."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from models.people import Decision
from worker.identity.resolve import clusters_of
from worker.views.session import View


@dataclass(frozen=True, slots=True)
class Quieted:
    """Whether someone is snoozed (until when), muted or resting."""

    snoozed_until: datetime | None = None
    muted: bool = False
    resting: bool = False


def quieted(view: View, people: Collection[str] | None = None) -> dict[str, Quieted]:
    """Return what was decided about people (all of them unless given); whoever has nothing decided is left out."""
    rows = view.connection.execute(
        select(Decision.kind, Decision.subject, Decision.until).where(
            Decision.user_id == view.user_id, Decision.kind.in_(("snooze", "mute", "rest"))
        )
    ).all()
    if not rows:
        return {}
    person = clusters_of(view.connection, view.user_id).person
    found: dict[str, Quieted] = {}
    for kind, subject, until in rows:
        who = person(subject)
        before = found.get(who, Quieted())
        match kind:
            case "snooze" if until is not None and until > view.now:
                found[who] = replace(before, snoozed_until=max(until, before.snoozed_until or until))
            case "mute":
                found[who] = replace(before, muted=True)
            case "rest":
                found[who] = replace(before, resting=True)
    return found if people is None else {who: one for who, one in found.items() if who in people}
