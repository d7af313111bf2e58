"""What a page of Gmail's history means for the mails it names: pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.gmail.mail.plan import CATEGORIES, NO_CONTACT
from models.enums import Place

#: Labels that change what a mail is to us. Read, starred, important and one's own labels do not.
RELEVANT_LABELS = frozenset({"SENT", "SPAM", "TRASH", *NO_CONTACT, *CATEGORIES})


@dataclass(slots=True)
class Changes:
    """What to do, by id; each mail stands in one of the first four. `newest_id` is the newest history id seen."""

    fetch: dict[str, None] = field(default_factory=dict)  # to be fetched
    placed: dict[str, Place] = field(default_factory=dict)  # new, and no contact where it lies: no need to fetch
    deferred: dict[str, str] = field(default_factory=dict)  # -> reason
    gone: dict[str, None] = field(default_factory=dict)
    answered_threads: dict[str, None] = field(default_factory=dict)  # they hold sent mail now, and older mail
    added: int = 0  # mails that were not there before
    newest_id: int = 0


def summarize(records: Iterable[Mapping[str, Any]]) -> Changes:
    """Follow history records in their order; the last word on each mail stands.

    Raises:
        KeyError, ValueError, TypeError: the answer is not what the API's reference says.
    """
    changes = Changes()
    for record in records:
        changes.newest_id = max(changes.newest_id, int(record["id"]))
        for change in record.get("messagesAdded", ()):
            changes.added += 1
            _apply(changes, change["message"], new=True)
        for change in record.get("messagesDeleted", ()):
            _remove(changes, change["message"]["id"])
            changes.gone[change["message"]["id"]] = None
        for kind in ("labelsAdded", "labelsRemoved"):
            for change in record.get(kind, ()):
                if not RELEVANT_LABELS.isdisjoint(change.get("labelIds", ())):
                    _apply(changes, change["message"], new=False)
    return changes


def _apply(changes: Changes, message: Mapping[str, Any], *, new: bool) -> None:
    id_, thread = message["id"], message.get("threadId")
    labels: Collection[str] = message.get("labelIds", ())
    new = new or id_ in changes.placed
    _remove(changes, id_)
    first = thread == id_
    nowhere = (
        Place.SPAM if "SPAM" in labels else next((NO_CONTACT[name] for name in labels if name in NO_CONTACT), None)
    )
    if nowhere and new:
        changes.placed[id_] = nowhere
    elif "SENT" in labels:
        changes.fetch[id_] = None
        if thread and not first:
            changes.answered_threads[thread] = None  # what was deferred there has been answered
    elif first and (reason := next((CATEGORIES[name] for name in labels if name in CATEGORIES), None)):
        changes.deferred[id_] = reason
    else:
        # a later mail in a category is fetched too: whether its thread holds sent mail is not known here
        changes.fetch[id_] = None


def _remove(changes: Changes, id_: str) -> None:
    for kinds in (changes.fetch, changes.placed, changes.deferred, changes.gone):
        kinds.pop(id_, None)
