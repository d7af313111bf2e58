"""What a page of Gmail's history means for the mails it names: pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.gmail.plan import CATEGORIES, NO_CONTACT
from models.enums import Place

#: Labels that change what a mail is to us. Read, starred, important and one's own labels do not.
TELLING = frozenset({"SENT", "SPAM", "TRASH", *NO_CONTACT, *CATEGORIES})


@dataclass(slots=True)
class Moves:
    """What to do, by id; each mail stands in one of the first four. `last` is the newest history id seen."""

    look: dict[str, None] = field(default_factory=dict)  # to be fetched
    placed: dict[str, Place] = field(default_factory=dict)  # new, and no contact where it lies: no need to fetch
    deferred: dict[str, str] = field(default_factory=dict)  # -> reason
    gone: dict[str, None] = field(default_factory=dict)
    rooted: dict[str, None] = field(default_factory=dict)  # threads that hold sent mail now, older mail before it
    added: int = 0  # mails that were not there before
    last: int = 0


def fold(records: Iterable[Mapping[str, Any]]) -> Moves:
    """Follow history records in their order; the last word on each mail stands.

    Raises:
        KeyError, ValueError, TypeError: the answer is not what the API's reference says.
    """
    moves = Moves()
    for record in records:
        moves.last = max(moves.last, int(record["id"]))
        for change in record.get("messagesAdded", ()):
            moves.added += 1
            _settle(moves, change["message"], new=True)
        for change in record.get("messagesDeleted", ()):
            _forget(moves, change["message"]["id"])
            moves.gone[change["message"]["id"]] = None
        for kind in ("labelsAdded", "labelsRemoved"):
            for change in record.get(kind, ()):
                if not TELLING.isdisjoint(change.get("labelIds", ())):
                    _settle(moves, change["message"], new=False)
    return moves


def _settle(moves: Moves, message: Mapping[str, Any], *, new: bool) -> None:
    id_, thread = message["id"], message.get("threadId")
    labels: Collection[str] = message.get("labelIds", ())
    new = new or id_ in moves.placed
    _forget(moves, id_)
    first = thread == id_
    nowhere = (
        Place.SPAM if "SPAM" in labels else next((NO_CONTACT[name] for name in labels if name in NO_CONTACT), None)
    )
    if nowhere and new:
        moves.placed[id_] = nowhere
    elif "SENT" in labels:
        moves.look[id_] = None
        if thread and not first:
            moves.rooted[thread] = None  # what was deferred there has been answered
    elif first and (reason := next((CATEGORIES[name] for name in labels if name in CATEGORIES), None)):
        moves.deferred[id_] = reason
    else:
        # a later mail in a category is fetched too: whether its thread holds sent mail is not known here
        moves.look[id_] = None


def _forget(moves: Moves, id_: str) -> None:
    for told in (moves.look, moves.placed, moves.deferred, moves.gone):
        told.pop(id_, None)
