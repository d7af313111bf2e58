"""What is in a folder just now, with proof where a server can be made to give one: EXISTS counts the same."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from connectors.imap.api import commands
from connectors.imap.api.client import Client
from connectors.imap.api.uids import Uids
from connectors.imap.parse import internal_date

#: SEARCH compares days without clock and zone (RFC 3501): so much earlier nothing can lie on another day.
MARGIN = timedelta(days=2)
#: UIDs asked for at once where none of the searches can be believed, and newest mails a search is tried on.
STEP, TRIED = 500, 100


def listed(client: Client) -> tuple[Uids, bool]:
    """List the open folder: the UIDs, and whether they are proven to be all.

    Without proof they say what is there, never what is gone.
    """
    union = Uids()
    for ask in _ways(client):
        found = ask()
        if len(found) == client.exists:
            return found, True
        if len(found) < client.exists:
            union |= found
    return union, False


def _ways(client: Client) -> Iterator[Callable[[], Uids]]:
    # iCloud says that it knows ESEARCH and answers with nothing; servers that cap an answer (RFC 9738) cap SEARCH.
    if "ESEARCH" in client.capabilities:
        yield lambda: client.search_all(compact=True)
    yield lambda: client.search_all(compact=False)
    yield lambda: client.count_off(STEP)


def recent(client: Client, known: Uids, since: datetime) -> Uids:
    """Choose from `known` the mails since a moment, and a few older ones; all of them if the search is wrong."""
    found = client.search_since((since - MARGIN).date()) & known
    unfound = (known - found).newest(TRIED)
    if unfound:
        for said in client.fetch(unfound, commands.DATES).mails.values():
            at = internal_date(said.get(b"INTERNALDATE"))
            if at is not None and at >= since:
                return known
    return found


def changes_since(client: Client, known: Uids) -> tuple[Uids, Uids]:
    """Compare the open folder with what is known: the UIDs that were added, and those that are gone."""
    fresh = client.after(known.last) if client.exists else Uids()
    if client.exists == len(known) + len(fresh):
        return fresh, Uids()
    now, proven = listed(client)
    return (now | fresh) - known, known - now if proven else Uids()
