"""Decisions about mails made into records: each id becomes exactly one, fetched or only named."""

from collections.abc import Iterator, Sequence

from connectors.base import UNAVAILABLE
from connectors.gmail import parse
from connectors.gmail.api.calls import Gone, Json, Outcome, Unavailable, Unreadable
from connectors.gmail.api.client import GmailClient
from connectors.gmail.mail.history import Changes
from connectors.gmail.mail.plan import Plan, Task
from models.records import BadRecord, Deferred, EmailRecord, Record, Tombstone


def fetch_messages(client: GmailClient, ids: Sequence[str]) -> list[Record]:
    """Fetch mails by their ids, in one batch.

    Raises:
        ConnectorError: see connectors.errors.
    """
    outcomes = client.outcomes(ids)[1]
    return [_record(id_, outcomes[id_]) for id_ in ids]


def run_tasks(client: GmailClient, page: Sequence[Task], plan: Plan, *, size: int) -> list[Record]:
    """Do what a page of the plan says.

    Raises:
        ConnectorError: see connectors.errors.
    """
    whole = [task for task in page if task.whole]
    singly = [id_ for task in page if not task.whole for id_ in task.fetch]
    mails, outcomes = client.outcomes(singly, [task.position.thread for task in whole])
    shown = {mail["id"]: mail for mail in mails}
    # a thread that shows less than was listed: its mails one by one, to know what became of them
    missing = [id_ for task in whole for id_ in task.fetch if id_ not in shown]
    for chunk in chunks(missing, size):
        outcomes |= client.outcomes(chunk)[1]
    records: list[Record] = []
    for task in page:
        records += (parse.mail(shown[id_]) if id_ in shown else _record(id_, outcomes[id_]) for id_ in task.fetch)
        for id_ in task.named:
            if id_ in plan.no_contact:
                records.append(EmailRecord(id_, thread=task.position.thread, place=plan.no_contact[id_]))
            elif id_ in shown:  # it came with its thread
                records.append(parse.mail(shown[id_]))
            else:
                records.append(Deferred(id_, plan.categories[id_]))
    return records


def changed_records(client: GmailClient, changes: Changes, *, since: float, size: int) -> Iterator[Record]:
    """Fetch what a page of history asks for; of threads that were answered, all mail since `since` (seconds).

    Raises:
        ConnectorError: see connectors.errors.
    """
    yield from (Tombstone(id_) for id_ in changes.gone)
    yield from (EmailRecord(id_, place=place) for id_, place in changes.placed.items())
    yield from (Deferred(id_, reason) for id_, reason in changes.deferred.items())
    fetched: set[str] = set()
    for threads in chunks(list(changes.answered_threads), size):
        for shown in client.outcomes((), threads)[0]:
            id_ = shown["id"]
            wanted = id_ in changes.fetch or _milliseconds(shown) >= since * 1000
            if wanted and id_ not in fetched and id_ not in changes.placed:
                fetched.add(id_)
                yield parse.mail(shown)
    for ids in chunks([id_ for id_ in changes.fetch if id_ not in fetched], size):
        yield from fetch_messages(client, ids)


def chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Cut into pieces of at most `size`."""
    for at in range(0, len(ids), size):
        yield ids[at : at + size]


def _record(id_: str, outcome: Outcome) -> Record:
    match outcome:
        case Gone():
            return Tombstone(id_)
        case Unreadable(reason):
            return BadRecord(f"Gmail message {id_}", reason, id_)
        case Unavailable():
            return BadRecord(f"Gmail message {id_}", UNAVAILABLE, id_)
        case shown:
            return parse.mail(shown)


def _milliseconds(shown: Json) -> int:
    text = str(shown.get("internalDate", "0"))
    return int(text) if text.isdigit() else 0
