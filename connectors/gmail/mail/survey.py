"""Listing every id of a mailbox, back to where the horizon lies, without asking for the mails themselves."""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from connectors.errors import ProtocolError
from connectors.gmail.api.calls import Json
from connectors.gmail.mail.plan import CATEGORIES, NO_CONTACT, Survey

#: labels that a mail must carry, page token -> an answer of messages.list; spam and trash show only if they are named
ListPage = Callable[[tuple[str, ...], str | None], Json]
#: id -> when Gmail took that mail, in seconds; None if it is gone
ReceivedAt = Callable[[str], float | None]


def survey(
    list_page: ListPage, received_at: ReceivedAt, since: float, *, without: frozenset[str] = frozenset()
) -> Survey:
    """List everything since `since` (seconds), except mails that came after the listing had started (`without`).

    Raises:
        ProtocolError: a page token came twice.
    """
    found = Survey()
    names: dict[str, str] = {}  # each id once in memory, however many lists it stands in
    trash = [mail for page in paged(list_page, ("TRASH",)) for mail in page]  # a month of it: the rest is deleted
    for id_, thread in (*recent(list_page, received_at, since), *trash):
        if id_ not in without and id_ not in names:
            names[id_] = id_
            found.threads.setdefault(thread, []).append(id_)

    def members(*labels: str) -> Iterator[str]:
        for page in paged(list_page, labels):
            yield from (names[id_] for id_, _ in page if id_ in names)
            if page and not any(id_ in names or id_ in without for id_, _ in page):
                return  # lists are newest first: this page lies beyond the horizon

    for place in ((), ("TRASH",)) if trash else ((),):
        found.sent.update(members(*place, "SENT"))
        for label, reason in CATEGORIES.items():
            found.categories.update(dict.fromkeys(members(*place, label), reason))
        for label, lies in NO_CONTACT.items():
            found.no_contact.update(dict.fromkeys(members(*place, label), lies))
    return found


def recent(list_page: ListPage, received_at: ReceivedAt, since: float) -> list[tuple[str, str]]:
    """List (id, thread) newest first, down to `since`.

    Lists carry no dates, so single mails are looked at: the last of the first, second, fourth ... page, and once one is
    too old, those that halve what lies between.
    """
    found: list[tuple[str, str]] = []
    inside = 0  # so many are known to lie within
    for number, page in enumerate(paged(list_page, ()), start=1):
        found += page
        if number & (number - 1) == 0 and found:
            if _too_old(found[-1][0], received_at, since):
                break
            inside = len(found)
    else:
        if inside == len(found) or not _too_old(found[-1][0], received_at, since):
            return found
    cut = bisect_left(range(len(found)), 1, lo=inside, key=lambda at: _too_old(found[at][0], received_at, since))
    return found[:cut]


def paged(list_page: ListPage, labels: tuple[str, ...]) -> Iterator[list[tuple[str, str]]]:
    """Follow page tokens; a page may be empty and have a token all the same.

    Raises:
        ProtocolError: a token came twice.
    """
    token, tokens = None, set()
    while True:
        answer = list_page(labels, token)
        try:
            yield [_pair(shown["id"], shown.get("threadId")) for shown in answer.get("messages") or ()]
        except (KeyError, TypeError, AttributeError) as error:
            raise ProtocolError("google.unreadable_answer") from error
        token = answer.get("nextPageToken")
        if not token:
            return
        if token in tokens:
            raise ProtocolError("google.same_page_twice")
        tokens.add(token)


def _pair(id_: str, thread: str | None) -> tuple[str, str]:
    return (id_, id_) if thread is None or thread == id_ else (id_, thread)


def _too_old(id_: str, received_at: ReceivedAt, since: float) -> bool:
    at = received_at(id_)
    return at is not None and at < since
