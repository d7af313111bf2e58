"""Assessing 10,000 relationships from 200,000 interactions against the SQL that reads them; a page of people, one
person, and one new mail beside them.

python -m tests.bench.assessing [INTERACTIONS PEOPLE]
"""

import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from connectors.base import Cursor, Page
from models.accounts import StreamState
from models.enums import Provider, StreamKind
from models.history import Interaction, Participation
from models.people import Address
from models.records import EmailRecord
from tests.sandbox.bulk import END, bulk
from tests.sandbox.people import OWNER
from worker.accounts.store import ensure_account
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.identity.find_person import find_person
from worker.ingest.commit import commit_page
from worker.ingest.learn import add_own_addresses, filters_of
from worker.judgement.histories import touches
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.refresh import judged
from worker.judgement.keep.relationships import Wanted, relationships
from worker.judgement.keep.stored import Relationship, current, is_current
from worker.judgement.rules import rules_in_force
from worker.judgement.timeline import occasions
from worker.queue.leases import Lease, take
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute

PAGE = 2000


def record(mail: object) -> EmailRecord:
    """A mail as a connector would tell it."""
    from tests.sandbox.story import WorldMail

    assert isinstance(mail, WorldMail)
    return EmailRecord(
        key=mail.message_id, message_id=mail.message_id, sender=mail.sender, to=mail.to, cc=mail.cc,
        sent_at=mail.at, subject=mail.subject,
    )  # fmt: skip


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one piece of work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def fill(runtime: Runtime, count: int, people: int) -> Lease:
    """Ingest generated mail with the real ingest."""
    with writing(runtime.engine) as connection:
        user = add_user(connection, OWNER.address, END)
        account = ensure_account(connection, user, Provider.MEMORY, OWNER.address, runtime)
        add_own_addresses(connection, user, [OWNER.address], why="it is a bench")
        connection.execute(
            insert(StreamState).values(
                user_id=user, account_id=account, kind=StreamKind.MAIL, name="bulk", title="bulk", round=0,
                sweeping=False, unfinished=True, failures=0, retired=False, fence=0, interval=60,
            )
        )  # fmt: skip
    with writing(runtime.engine) as connection:
        taken = take(connection, 1, "bench", END)
    lease = Lease(1, user, taken.fence)
    batch: list[EmailRecord] = []
    for number, mail in enumerate(bulk(1, count, people=people, noise=0), 1):
        batch.append(record(mail))
        if len(batch) == PAGE or number == count:
            commit(runtime, lease, batch, more=number < count)
            batch = []
    return lease


def commit(runtime: Runtime, lease: Lease, records: list[EmailRecord], *, more: bool = False) -> None:
    """Commit one page."""
    with writing(runtime.engine) as connection:
        filters = filters_of(connection, lease.user_id, OWNER.address, keep_subjects=True)
        commit_page(connection, lease, Page(records, Cursor("0"), more), filters, END)


def standing(connection: Connection, user_id: int, now: datetime, wanted: Wanted) -> list[Relationship]:
    """What `people` and `show` ask, once everybody who is due has been assessed."""
    assert is_current(connection, user_id, now, RulesSource().fingerprint)
    return relationships(connection, user_id, RulesSource(None), now, wanted)


def main(count: int, people: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = open_runtime(Settings(home=Path(folder), _env_file=None), lambda: END + timedelta(hours=1))  # type: ignore[call-arg]  # pydantic-settings' own
        lease = fill(runtime, count, people)
        recompute(runtime, lease.user_id)
        now = runtime.clock()

        def rows() -> None:
            with reading(runtime.engine) as connection:
                connection.execute(
                    select(Address.person, Participation.at, Participation.touch)
                    .join(
                        Participation,
                        (Participation.user_id == Address.user_id) & (Participation.address == Address.number),
                    )
                    .where(Address.user_id == lease.user_id)
                    .order_by(Address.person, Participation.at)
                ).all()

        def read() -> None:
            with reading(runtime.engine) as connection:
                deque(touches(connection, lease.user_id, now), maxlen=0)

        def assess() -> None:
            with reading(runtime.engine) as connection:
                judged(connection, lease.user_id, rules_in_force(runtime.settings.rules), now)

        with reading(runtime.engine) as connection:
            known = (
                connection.scalar(select(func.count(func.distinct(Address.person)))),
                connection.scalar(select(func.count()).select_from(Interaction)),
            )
        plain, sql = (min(cpu(work) for _ in range(3)) for work in (rows, read))
        everybody = min(cpu(assess) for _ in range(2))
        print(f"{known[0]:,} people, {known[1]:,} interactions")
        print(f"the SQL that reads them, summed by day     {sql:6.2f} s")
        print(f"the same rows, neither summed nor filtered {plain:6.2f} s")
        print(
            f"everybody assessed from scratch            {everybody:6.2f} s: {everybody / sql:.1f} x and {everybody / plain:.1f} x"
        )
        friend = next(mail for mail in bulk(1, count, people=people, noise=0) if not mail.sent).sender
        with reading(runtime.engine) as connection:
            deepest = current(connection, lease.user_id, by_depth=True, limit=1)[0].person

        def page() -> None:
            with reading(runtime.engine) as connection:
                assert len(standing(connection, lease.user_id, now, Wanted(limit=50))) == 50

        def person() -> None:
            with reading(runtime.engine) as connection:
                key = find_person(connection, lease.user_id, deepest)
                assert len(standing(connection, lease.user_id, now, Wanted(people={key}))) == 1
                assert occasions(connection, lease.user_id, key, now)

        print(f"a page of 50 people                        {1000 * min(cpu(page) for _ in range(5)):6.1f} ms")
        print(f"one person with what happened              {1000 * min(cpu(person) for _ in range(5)):6.1f} ms")
        costs = []
        for number in range(10):
            mail = EmailRecord(
                key=f"new{number}", message_id=f"new{number}@bench.example", sender=friend, to=(OWNER,),
                sent_at=END + timedelta(minutes=number), subject="News",
            )  # fmt: skip

            def one(mail: EmailRecord = mail) -> None:
                commit(runtime, lease, [mail])
                recompute(runtime, lease.user_id)

            costs.append(cpu(one))
        print(f"one new mail, committed and re-assessed: {1000 * sorted(costs)[len(costs) // 2]:.1f} ms")


if __name__ == "__main__":
    main(*([int(word) for word in sys.argv[1:]] or [200_000, 10_000]))
