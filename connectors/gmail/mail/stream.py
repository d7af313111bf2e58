"""The mail of a Gmail account as a stream: a first reading after a plan, then the changes in its history."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from connectors.base import Cursor, Page, Progress
from connectors.errors import CursorExpired, ProtocolError
from connectors.gmail.api.client import GmailClient
from connectors.gmail.mail.fetch import changed_records, chunks, fetch_messages, run_tasks
from connectors.gmail.mail.history import summarize
from connectors.gmail.mail.plan import Phase, Plan, Position, pages
from connectors.gmail.mail.survey import recent, survey
from models.records import Record

#: No history: the mailbox is to be listed again.
UNKNOWN = 0
#: Units of a first reading between two looks at the history (some minutes), so that its cursor stays young.
UNITS_BETWEEN_HISTORY = 20_000


class MailCursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the reading stands: `history` is the id after which changes are unread, `since` the horizon in seconds.

    Of an unfinished first reading, `phase` and `thread` are the position in the plan (phase 0 before its beginning),
    `units` what it has cost so far, and `looked` what it had when the history was last looked at; afterwards `phase`
    is None. `lost` says that Gmail has forgotten the history of the first reading itself: what came meanwhile is listed
    at its end. A `history` of UNKNOWN stands for none that could be gone on from.
    """

    history: int
    since: float
    listed: int = 0
    phase: int | None = None
    thread: str = ""
    units: int = 0
    looked: int = 0
    lost: bool = False

    @property
    def position(self) -> Position | None:
        """The position in the plan, None before its beginning."""
        return Position(self.phase, self.thread) if self.phase else None


class Mail:
    """Reads one account's mail through `client`, at most `size` mails or threads a page."""

    def __init__(self, client: GmailClient, *, size: int) -> None:
        self.client = client
        self.size = size
        # Kept between calls: listing all ids again for each run of a worker would cost more than the run brings.
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
        for chunk in chunks(ids, self.size):
            self.client.calls.limiter.require(len(chunk) * self.client.units.message)
            yield fetch_messages(self.client, chunk)

    def listed_keys(self, since: datetime) -> list[str]:
        """Every id that Gmail shows now, newest first, down to `since`: what an audit compares with what is stored.

        Raises:
            ConnectorError: see connectors.errors.
        """
        return [id_ for id_, _ in recent(self.client.list_page, self.client.received_at, since.timestamp())]

    def _fresh(self, since: datetime) -> MailCursor:
        # the baseline is taken before anything is listed: what comes later is in the history
        return MailCursor(self.client.history_id(), since.timestamp(), phase=0)

    def _pages(self, state: MailCursor) -> Iterator[Page]:
        if state.phase is not None:
            last = state
            for page, last in self._first_reading(state):  # noqa: B007 - the last one counts
                if page.records:
                    yield page
            plan, self._plan = self._plan, None
            state = MailCursor(last.history, state.since, last.listed)
            if last.lost or (plan is not None and plan.lost):
                yield from self._listed_again(state, plan)
                return
        if state.history == UNKNOWN:
            raise CursorExpired("google.position_lost")
        for page, _ in self._later(state, final=True):
            if page.records or not page.more:
                yield page

    def _meanwhile(self, state: MailCursor) -> Iterator[tuple[Page, MailCursor]]:
        """Look at the history during a first reading, so that its cursor stays young."""
        if state.lost:
            return
        try:
            yield from self._later(state, final=False)
        except CursorExpired:  # listing goes on: what came meanwhile is listed at its end
            lost = _replace(state, lost=True)
            yield Page((), _encoded(lost), more=True, listed=state.listed), lost

    def _listed_again(self, state: MailCursor, plan: Plan | None) -> Iterator[Page]:
        """End a first reading whose history Gmail has forgotten: list again, and fetch what the plan did not hold."""
        if plan is None or not plan.whole:  # another process began it: no one knows what it had seen
            yield Page((), _encoded(_replace(state, history=UNKNOWN)), more=False, listed=state.listed)
            return
        state = _replace(state, history=self.client.history_id())
        found = survey(self.client.list_page, self.client.received_at, state.since)
        known = {id_ for task in plan.tasks for id_ in (*task.fetch, *task.named)}
        missing = [id_ for ids in found.threads.values() for id_ in ids if id_ not in known]
        state = _replace(state, listed=state.listed + len(missing))
        for chunk in chunks(missing, self.size):
            unfinished = _replace(state, history=UNKNOWN)
            yield Page(fetch_messages(self.client, chunk), _encoded(unfinished), more=True, listed=state.listed)
        yield Page((), _encoded(state), more=False, listed=state.listed)

    def _first_reading(self, state: MailCursor) -> Iterator[tuple[Page, MailCursor]]:
        before = self.client.units_used - state.units
        if self._plan is None or state.position is None:
            self._plan = self._planned(state)
        plan = self._plan
        listed = state.listed if state.position else plan.listed
        state = _replace(state, listed=listed, units=self.client.units_used - before)
        start = plan.start(state.position)
        total = state.units + plan.left(start)
        todo = islice(plan.tasks, start, None)
        for page in pages(todo, calls=self.size, named=self.client.listing):
            if state.units - state.looked >= UNITS_BETWEEN_HISTORY:
                state = _replace(state, looked=state.units)
                for changed, after in self._meanwhile(state):
                    yield changed, after
                    state = after
            self.client.calls.limiter.require(plan.left(start) - plan.left(start + len(page)))
            records = run_tasks(self.client, page, plan, size=self.size)
            start += len(page)
            position, spent = page[-1].position, total - plan.left(start)
            state = _replace(state, phase=int(position.phase), thread=position.thread, units=spent)
            progress = Progress(spent, total, "units")
            yield Page(records, _encoded(state), more=True, listed=state.listed, progress=progress), state

    def _planned(self, state: MailCursor) -> Plan:
        try:
            newer, lost = self._added_after(state.history), state.lost
        except CursorExpired:  # Gmail may not know its own newest history id: what there is is listed all the same
            newer, lost = frozenset(), True
        found = survey(self.client.list_page, self.client.received_at, state.since, without=newer)
        return Plan(found, self.client.units, whole=state.position is None, lost=lost)

    def _added_after(self, history: int) -> frozenset[str]:
        """Return the mails that came since the first reading began: they are in the history, not in the plan."""
        return frozenset(
            change["message"]["id"]
            for answer in self.client.history(history, most=self.client.listing, kinds=["messageAdded"])
            for record in answer.get("history") or ()
            for change in record.get("messagesAdded") or ()
        )

    def _later(self, state: MailCursor, *, final: bool) -> Iterator[tuple[Page, MailCursor]]:
        for answer in self.client.history(state.history, most=2 * self.size):
            more = "nextPageToken" in answer
            try:
                changes = summarize(answer.get("history") or ())
                newest = max(state.history, changes.newest_id, 0 if more else int(answer["historyId"]))
            except (KeyError, ValueError, TypeError) as error:
                raise ProtocolError("google.unreadable_answer") from error
            records = list(changed_records(self.client, changes, since=state.since, size=self.size))
            state = _replace(state, history=newest, listed=state.listed + changes.added)
            yield Page(records, _encoded(state), more=more or not final, listed=state.listed), state


def _replace(state: MailCursor, **changes: Any) -> MailCursor:
    return msgspec.structs.replace(state, **changes)


def _encoded(state: MailCursor) -> Cursor:
    return Cursor(msgspec.json.encode(state).decode())


def _decoded(cursor: Cursor) -> MailCursor:
    try:
        state = msgspec.json.decode(cursor, type=MailCursor)
    except msgspec.MsgspecError as error:
        raise CursorExpired("google.position_unreadable") from error
    if state.phase is not None and state.phase not in {0, *Phase}:
        raise CursorExpired("google.position_unreadable")
    return state
