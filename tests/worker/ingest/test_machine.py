"""Whatever goes wrong on the way, the history ends as if nothing had: a state machine over reading and deciding."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace
from sqlalchemy import event, select, update

from connectors.base import Cursor, Page, Stream
from connectors.errors import CursorExpired
from connectors.memory import MemoryConnector
from models.accounts import StreamState
from models.base import moment
from models.enums import MeetingStatus, Place, StreamKind
from models.history import Sighting
from models.people import Decision, Person
from models.records import EmailRecord, MeetingRecord, Record, Tombstone
from tests.worker.ingest.emails import ANN, BOB, BOB_HOME, CY, NAMES, copies, emails, meetings
from tests.worker.ingest.home import ME, NOW, Home
from worker.accounts.store import disconnect
from worker.decisions.decide import NotPossible, block, merge, say, split, unblock
from worker.decisions.erase.person import forget
from worker.queue.leases import LeaseLost
from worker.storage.transactions import writing

STREAMS = {"a": (ME, "inbox"), "b": (ME, "calendar"), "c": ("work@own.example", "inbox")}
stream_names = st.sampled_from(sorted(STREAMS))


class Crash(Exception):  # noqa: N818 - what happens
    """The process dies before its transaction commits."""


class Mailboxes(RuleBasedStateMachine):
    """Three streams over two accounts, read by workers that die, repeat themselves and get in each other's way."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Home()
        self.shown: dict[str, list[Record]] = {name: [] for name in STREAMS}
        self.number = 0

    # what happens in the world

    @rule(stream=stream_names, thing=emails() | meetings())
    def arrives(self, stream: str, thing: EmailRecord | MeetingRecord) -> None:
        self.number += 1
        self.shown[stream].append(replace(thing, key=f"k{self.number}"))

    @precondition(lambda self: any(self.shown.values()))
    @rule(stream=stream_names, data=st.data())
    def is_shown_elsewhere_too(self, stream: str, data: st.DataObject) -> None:
        _, one = data.draw(st.sampled_from(list(self.known())))
        self.arrives(stream, data.draw(copies(one)))

    @precondition(lambda self: any(self.shown.values()))
    @rule(data=st.data(), place=st.sampled_from(Place), name=st.sampled_from(NAMES))
    def is_changed(self, data: st.DataObject, place: Place, name: str) -> None:
        stream, one = data.draw(st.sampled_from(list(self.known())))
        if isinstance(one, EmailRecord) and one.sender:
            self.shown[stream].append(replace(one, place=place, sender=replace(one.sender, name=name)))
        elif isinstance(one, MeetingRecord):
            changed = replace(data.draw(copies(one)), key=one.key)
            assert isinstance(changed, MeetingRecord)
            self.shown[stream].append(self.standing(stream, changed))

    def standing(self, stream: str, changed: MeetingRecord) -> MeetingRecord:
        """Cancel only what was never shown as standing.

        Whether a meeting still stood after its end is known to who read on meanwhile, and not to who reads it all at
        once: see `worker.ingest.deletions.cancelled_later`, and its own tests.
        """
        before = [one for name, one in self.known() if name == stream and one.key == changed.key]
        stood = any(isinstance(one, MeetingRecord) and one.status is not MeetingStatus.CANCELLED for one in before)
        if stood and changed.status is MeetingStatus.CANCELLED:
            return replace(changed, status=MeetingStatus.CONFIRMED)
        return changed

    @precondition(lambda self: any(self.shown.values()))
    @rule(data=st.data(), days=st.integers(0, 60))
    def is_deleted(self, data: st.DataObject, days: int) -> None:
        stream, one = data.draw(st.sampled_from(list(self.known())))
        self.shown[stream].append(Tombstone(one.key, NOW - timedelta(days=days)))

    def known(self) -> Iterator[tuple[str, EmailRecord | MeetingRecord]]:
        for name, shown in self.shown.items():
            yield from ((name, one) for one in shown if isinstance(one, EmailRecord | MeetingRecord))

    # what workers do

    def pages(self, stream: str, cursor: Cursor | None, size: int) -> Iterator[Page]:
        connector = MemoryConnector(self.shown, page=size)
        return connector.changes(Stream(StreamKind.MAIL, stream, stream), cursor, since=moment(0))

    def cursor(self, stream: str) -> Cursor | None:
        own = StreamState.id == self.home.stream(*STREAMS[stream])
        with self.home.engine.connect() as connection:
            stored = connection.scalar(select(StreamState.cursor).where(own))
        return Cursor(stored) if stored else None

    def read(self, stream: str, size: int = 3, pages: int = 1000) -> None:
        account, name = STREAMS[stream]
        lease = self.home.lease(self.home.stream(account, name))
        for _, page in zip(range(pages), self.pages(stream, self.cursor(stream), size), strict=False):
            self.home.commit(lease, page, account)

    @rule(stream=stream_names, size=st.integers(1, 5), pages=st.integers(1, 3))
    def reads_on(self, stream: str, size: int, pages: int) -> None:
        self.read(stream, size, pages)

    @rule(stream=stream_names, size=st.integers(1, 5))
    def dies_before_the_commit(self, stream: str, size: int) -> None:
        account, name = STREAMS[stream]
        lease = self.home.lease(self.home.stream(account, name))
        page = next(self.pages(stream, self.cursor(stream), size))
        before = self.home.tables()
        with suppress(Crash), writing(self.home.engine) as connection:
            self.home.put(connection, lease, page, account)
            raise Crash
        assert self.home.tables() == before

    @rule(stream=stream_names, size=st.integers(1, 5), back=st.integers(1, 6))
    def repeats_itself(self, stream: str, size: int, back: int) -> None:
        now = self.cursor(stream)
        if now is not None and int(now) > back:
            self.put_cursor(stream, str(int(now) - back))
            self.read(stream, size)

    @rule(stream=stream_names, size=st.integers(1, 5))
    def is_told_the_same_page_twice(self, stream: str, size: int) -> None:
        account, name = STREAMS[stream]
        lease = self.home.lease(self.home.stream(account, name))
        page = next(self.pages(stream, self.cursor(stream), size))
        for _ in range(2):
            self.home.commit(lease, page, account)

    @rule(stream=stream_names, size=st.integers(1, 5), data=st.data())
    def is_told_in_another_order(self, stream: str, size: int, data: st.DataObject) -> None:
        """Pages come as they like, only what is said of one thing keeps its order; the process may die between them."""
        account, name = STREAMS[stream]
        begun, shown = int(self.cursor(stream) or 0), self.shown[stream]
        by_key: dict[str, list[Record]] = {}
        for record in shown[begun:]:
            by_key.setdefault(str(record.key), []).append(record)
        order = data.draw(st.permutations(sorted(by_key)))
        records = [record for key in order for record in by_key[key]]
        stop = data.draw(st.integers(0, len(records)))
        lease = self.home.lease(self.home.stream(account, name))
        for at in range(0, len(records), size):
            if at >= stop > 0:
                return  # what it has given comes again: its place in the list did not move
            last = at + size >= len(records)
            cursor = Cursor(str(len(shown) if last else begun))
            page = Page(records[at : at + size], cursor, more=not last, begins=begun == at == 0)
            self.home.commit(lease, page, account)

    @rule(stream=stream_names, size=st.integers(1, 5), pages=st.integers(0, 3))
    def finds_its_cursor_expired(self, stream: str, size: int, pages: int) -> None:
        self.put_cursor(stream, str(len(self.shown[stream]) + 1))
        with pytest.raises(CursorExpired):
            self.read(stream, size)
        self.put_cursor(stream, None)  # all is listed anew, and that may end half-way
        self.read(stream, size, pages)

    def put_cursor(self, stream: str, cursor: str | None) -> None:
        own = StreamState.id == self.home.stream(*STREAMS[stream])
        with writing(self.home.engine) as connection:
            connection.execute(update(StreamState).where(own).values(cursor=cursor))

    @rule(stream=stream_names, size=st.integers(1, 5))
    def is_overtaken(self, stream: str, size: int) -> None:
        account, name = STREAMS[stream]
        slow = self.home.lease(self.home.stream(account, name))
        page = next(self.pages(stream, self.cursor(stream), size))
        self.read(stream, size, 1)
        before = self.home.tables()
        with pytest.raises(LeaseLost):
            self.home.commit(slow, page, account)
        assert self.home.tables() == before

    @rule()
    def settles(self) -> None:
        self.home.recompute()

    @rule(statements=st.integers(0, 60))
    def dies_while_settling(self, statements: int) -> None:
        left = iter(range(statements))

        def ask(*_: object) -> None:
            if next(left, None) is None:
                raise Crash

        event.listen(self.home.engine, "before_cursor_execute", ask)
        try:
            with suppress(Crash):
                self.home.recompute()
        finally:
            event.remove(self.home.engine, "before_cursor_execute", ask)

    # what the user does

    @rule(pair=st.permutations((ANN, BOB, BOB_HOME, CY)))
    def merges(self, pair: list[str]) -> None:
        with writing(self.home.engine) as connection:
            merge(connection, self.home.user, pair[0], pair[1], NOW)

    @rule(address=st.sampled_from((ANN, BOB, BOB_HOME, CY)))
    def splits(self, address: str) -> None:
        people = self.home.rows(Person, "key")
        with writing(self.home.engine) as connection:
            for (person,) in people:
                with suppress(NotPossible):
                    split(connection, self.home.user, person, address, NOW)

    @rule(subject=st.sampled_from((ANN, BOB, "@three.example", "@gmail.com", "talk@lists.example")))
    def blocks(self, subject: str) -> None:
        # somebody may have turned out to be the user
        with writing(self.home.engine) as connection, suppress(NotPossible):
            block(connection, self.home.user, subject, NOW)

    @rule(subject=st.sampled_from((ANN, BOB, "@three.example", "@gmail.com", "talk@lists.example")))
    def unblocks(self, subject: str) -> None:
        with writing(self.home.engine) as connection:
            unblock(connection, self.home.user, subject)

    @rule(person=st.sampled_from((BOB, CY)))
    def forgets(self, person: str) -> None:
        if (person,) in self.home.rows(Person, "key"):
            with writing(self.home.engine) as connection:
                forget(connection, self.home.user, person, NOW)

    @rule(account=st.sampled_from((ME, "work@own.example")))
    def erases_an_account_and_connects_it_again(self, account: str) -> None:
        streams = [place for place in STREAMS.values() if place[0] == account]
        ids = [self.home.stream(*place) for place in streams]
        with self.home.engine.connect() as connection:
            shown = connection.scalar(select(StreamState.account_id).where(StreamState.id == ids[0]))
        assert shown is not None
        disconnect(self.home.runtime, self.home.user, shown, erase=True)
        for account_name, name in streams:
            del self.home.streams[f"{account_name}/{name}"]

    @invariant()
    def everything_seen_has_a_reason(self) -> None:
        for outcome, reason in self.home.rows(Sighting, "outcome", "reason"):
            assert (outcome == "held") == (reason is None)

    def teardown(self) -> None:
        """Whatever happened: once all is read, it is as if it had been told at once, in another order."""
        for stream in STREAMS:
            self.read(stream)
        self.home.recompute()
        calm, said = Home(), self.home.rows(Decision, "kind", "subject", "object")
        with writing(calm.engine) as connection:
            for kind, subject, other in said:
                say(connection, calm.user, kind, subject, object_=other, now=NOW)
        for stream in sorted(STREAMS, reverse=True):
            account, name = STREAMS[stream]
            calm.deliver(sorted(self.shown[stream], key=lambda one: str(one.key)), account=account, name=name)
        calm.recompute()
        assert self.home.tables() == calm.tables()


TestMailboxes = pytest.mark.timeout(900)(Mailboxes.TestCase)  # finding the smallest failure takes minutes
TestMailboxes.settings = settings(stateful_step_count=20, deadline=None)
