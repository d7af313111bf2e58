"""The mail of a Gmail account as a stream: a first reading after a plan, then what its history tells."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from connectors.base import Cursor, Page, Progress
from connectors.errors import CursorExpired, ProtocolError
from connectors.gmail import parse
from connectors.gmail.calls import Gone, Json, Outcome, Unreadable
from connectors.gmail.client import GmailClient
from connectors.gmail.history import Moves, fold
from connectors.gmail.plan import Phase, Plan, Position, Task, pages
from connectors.gmail.survey import paged, survey
from models.records import BadRecord, Deferred, EmailRecord, Record, Tombstone

#: Pages of a first reading between two looks at the history, so that its cursor stays young.
BETWEEN = 20


class MailCursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the reading stands: `history` is the id after which changes are unread, `since` the horizon in seconds.

    Of an unfinished first reading, `phase` and `thread` are the position in the plan (phase 0 before its beginning) and
    `units` what it has cost so far; afterwards `phase` is None.
    """

    history: int
    since: float
    listed: int = 0
    phase: int | None = None
    thread: str = ""
    units: int = 0

    @property
    def position(self) -> Position | None:
        """The position in the plan, None before its beginning."""
        return Position(self.phase, self.thread) if self.phase else None


class Mail:
    """Reads one account's mail through `client`, at most `size` mails or threads a page."""

    def __init__(self, client: GmailClient, *, size: int) -> None:
        self.client = client
        self.size = size
        # Kept between calls: listing all ids again for each turn of a worker would cost more than the turn brings.
        self._plan: Plan | None = None

    def changes(self, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Everything after `cursor`.

        Raises:
            CursorExpired: Google has forgotten the history after it, or it is none of ours.
            ConnectorError: see connectors.errors.
        """
        begins = cursor is None
        state = self._fresh(since) if cursor is None else _decoded(cursor)
        for page in self._pages(state):
            yield replace(page, begins=begins)
            begins = False

    def fetch(self, ids: Sequence[str]) -> Iterator[list[Record]]:
        """Fetch mails by their ids (deferred ones, or such as turned out to be missing), a batch at a time.

        Raises:
            ConnectorError: see connectors.errors.
        """
        for chunk in _chunks(ids, self.size):
            yield self._fetched(chunk)

    def listed_keys(self) -> Iterator[list[str]]:
        """Every id that Gmail shows now, newest first, a page at a time: what an audit compares with what is held.

        Raises:
            ConnectorError: see connectors.errors.
        """
        for page in paged(self.client.list_page, ()):
            yield [id_ for id_, _ in page]

    def _fresh(self, since: datetime) -> MailCursor:
        # the baseline is taken before anything is listed: what comes later is told by the history
        return MailCursor(self.client.history_id(), since.timestamp(), phase=0)

    def _pages(self, state: MailCursor) -> Iterator[Page]:
        if state.phase is not None:
            for page, after in self._first_reading(state):
                yield page
                state = after
            state = MailCursor(state.history, state.since, state.listed)
            self._plan = None
        for page, _ in self._later(state, final=True):
            yield page

    # the first reading

    def _first_reading(self, state: MailCursor) -> Iterator[tuple[Page, MailCursor]]:
        before = self.client.spent - state.units
        if self._plan is None or state.position is None:
            self._plan = self._planned(state)
        plan = self._plan
        listed = state.listed if state.position else plan.listed
        state = _with(state, listed=listed, units=self.client.spent - before)
        start = plan.start(state.position)
        total = state.units + plan.left(start)
        todo = islice(plan.tasks, start, None)
        for number, page in enumerate(pages(todo, calls=self.size, named=self.client.listing), start=1):
            records = self._performed(page, plan)
            start += len(page)
            position = page[-1].position
            state = _with(state, phase=int(position.phase), thread=position.thread, units=total - plan.left(start))
            progress = Progress(state.units, total, "units")
            yield Page(records, _encoded(state), more=True, listed=state.listed, progress=progress), state
            if number % BETWEEN == 0:
                for changed, after in self._later(state, final=False):
                    yield changed, after
                    state = after

    def _planned(self, state: MailCursor) -> Plan:
        newer = self._added_after(state.history)
        return Plan(survey(self.client.list_page, self.client.dated, state.since, without=newer), self.client.units)

    def _performed(self, page: Sequence[Task], plan: Plan) -> list[Record]:
        whole = [task for task in page if task.whole]
        singly = [id_ for task in page if not task.whole for id_ in task.fetch]
        mails, outcomes = self.client.outcomes(singly, [task.position.thread for task in whole])
        shown = {mail["id"]: mail for mail in mails}
        # a thread that shows less than was listed: its mails one by one, to know what became of them
        missing = [id_ for task in whole for id_ in task.fetch if id_ not in shown]
        for chunk in _chunks(missing, self.size):
            outcomes |= self.client.outcomes(chunk)[1]
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

    def _added_after(self, history: int) -> frozenset[str]:
        """Give the mails that came since the first reading began: the history tells of them, not the plan."""
        return frozenset(
            change["message"]["id"]
            for answer in self.client.history(history, most=self.client.listing, kinds=["messageAdded"])
            for record in answer.get("history", ())
            for change in record.get("messagesAdded", ())
        )

    # what happened later

    def _later(self, state: MailCursor, *, final: bool) -> Iterator[tuple[Page, MailCursor]]:
        for answer in self.client.history(state.history, most=2 * self.size):
            more = "nextPageToken" in answer
            try:
                moves = fold(answer.get("history", ()))
                newest = max(state.history, moves.last, 0 if more else int(answer["historyId"]))
            except (KeyError, ValueError, TypeError) as error:
                raise ProtocolError("Gmail's history is not what its reference says.") from error
            records = list(self._moved(moves, state.since))
            state = _with(state, history=newest, listed=state.listed + moves.added)
            if records or (final and not more):
                yield Page(records, _encoded(state), more=more or not final, listed=state.listed), state

    def _moved(self, moves: Moves, since: float) -> Iterator[Record]:
        yield from (Tombstone(id_) for id_ in moves.gone)
        yield from (EmailRecord(id_, place=place) for id_, place in moves.placed.items())
        yield from (Deferred(id_, reason) for id_, reason in moves.deferred.items())
        told: set[str] = set()
        for threads in _chunks(list(moves.rooted), self.size):
            for shown in self.client.outcomes((), threads)[0]:
                id_ = shown["id"]
                wanted = id_ in moves.look or _milliseconds(shown) >= since * 1000
                if wanted and id_ not in told and id_ not in moves.placed:
                    told.add(id_)
                    yield parse.mail(shown)
        for ids in _chunks([id_ for id_ in moves.look if id_ not in told], self.size):
            yield from self._fetched(ids)

    def _fetched(self, ids: Sequence[str]) -> list[Record]:
        outcomes = self.client.outcomes(ids)[1]
        return [_record(id_, outcomes[id_]) for id_ in ids]


def _record(id_: str, outcome: Outcome) -> Record:
    match outcome:
        case Gone():
            return Tombstone(id_)
        case Unreadable(reason):
            return BadRecord(f"Gmail message {id_}", reason, id_)
        case shown:
            return parse.mail(shown)


def _milliseconds(shown: Json) -> int:
    text = str(shown.get("internalDate", "0"))
    return int(text) if text.isdigit() else 0


def _with(state: MailCursor, **changes: Any) -> MailCursor:
    return msgspec.structs.replace(state, **changes)


def _encoded(state: MailCursor) -> Cursor:
    return Cursor(msgspec.json.encode(state).decode())


def _decoded(cursor: Cursor) -> MailCursor:
    try:
        state = msgspec.json.decode(cursor, type=MailCursor)
    except msgspec.MsgspecError as error:
        raise CursorExpired("The stored position is not one of Gmail's: the mailbox is read afresh.") from error
    if state.phase is not None and state.phase not in {0, *Phase}:
        raise CursorExpired("The stored position is not one of this version's: the mailbox is read afresh.")
    return state


def _chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), size):
        yield ids[at : at + size]
