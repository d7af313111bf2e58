"""A home for tests: a database, a user, and streams that records can be delivered to, page by page."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine

from connectors.base import Cursor, Page
from models.accounts import Account, StreamState
from models.history import Interaction, Participation, Sighting
from models.judgement import Introduction, StoredAssessment
from models.people import Address, MatchEvidence, OwnAddress, Person
from models.records import Record
from models.tables import Base
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.app.users import add_user, hold
from worker.ingest.commit import commit_page
from worker.ingest.learn import add_own_addresses, filters_of
from worker.queue.leases import Lease, take
from worker.service.actors import SENT_MAIL
from worker.storage.engine import open_database
from worker.storage.transactions import writing
from worker.sync.recompute import recompute

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
ME = "me@own.example"
SETTINGS = Settings()
NUMBERS = count()

TABLES = (
    Interaction,
    Participation,
    MatchEvidence,
    OwnAddress,
    Introduction,
    StoredAssessment,
    Person,
    Address,
    Sighting,
)
#: Columns that say which home it is, count full listings, or number rows as they came.
HOMELY = frozenset({"user_id", "stream_id", "round", "number", "interaction"})

Tables = dict[str, list[tuple[Any, ...]]]


@cache
def shared() -> Engine:
    """One database in memory for all homes: each is a user of its own, so that tenants are tested all along."""
    engine = open_database("sqlite:///:memory:")
    Base.metadata.create_all(engine)
    return engine


class Home:
    """What one user has; `now` only moves when told to."""

    def __init__(self, engine: Engine | None = None, *, me: str = ME, keep_subjects: bool = True) -> None:
        self.engine = engine = engine or shared()
        self.now = NOW
        self.runtime = Runtime(SETTINGS.model_copy(update={"keep_subjects": keep_subjects}), engine, lambda: self.now)
        self.streams: dict[str, int] = {}
        with writing(engine) as connection:
            self.user = add_user(connection, f"{next(NUMBERS)}@users.example", NOW)
            add_own_addresses(connection, self.user, [me], why="you said so")

    def stream(self, account: str = ME, name: str = "inbox") -> int:
        """The id of a stream, made when first asked for."""
        key = f"{account}/{name}"
        if key not in self.streams:
            with writing(self.engine) as connection:
                same = (Account.user_id == self.user, Account.address == account)
                row = {"user_id": self.user, "provider": "memory", "address": account, "connected_at": NOW}
                known = connection.scalar(select(Account.id).where(*same))
                known = known or connection.execute(insert(Account).values(row).returning(Account.id)).scalar_one()
                made = {"user_id": self.user, "account_id": known, "kind": "mail", "name": name, "title": name}
                self.streams[key] = connection.execute(
                    insert(StreamState).values(made).returning(StreamState.id)
                ).scalar_one()
        return self.streams[key]

    def lease(self, stream: int) -> Lease:
        """Take the stream over, whoever holds it."""
        with writing(self.engine) as connection:
            known = connection.execute(select(StreamState).where(StreamState.id == stream)).one()
            taken = take(connection, stream, "test", (known.leased_until or NOW) + timedelta(seconds=1))
        return Lease(stream, self.user, taken.fence)

    def commit(self, lease: Lease, page: Page, account: str = ME) -> None:
        """Commit one page as the reader does."""
        with writing(self.engine) as connection:
            self.put(connection, lease, page, account)

    def put(self, connection: Connection, lease: Lease, page: Page, account: str = ME) -> None:
        """Store one page in an open transaction."""
        hold(connection, self.user)
        filters = filters_of(connection, self.user, account, keep_subjects=self.runtime.settings.keep_subjects)
        commit_page(connection, lease, page, filters, self.now, SENT_MAIL)

    def deliver(self, records: Sequence[Record], *, account: str = ME, name: str = "inbox", **more: Any) -> None:
        """Show records as one page, after which nothing follows."""
        page = Page(records, Cursor("x"), more.pop("more", False), **more)
        self.commit(self.lease(self.stream(account, name)), page, account)

    def recompute(self) -> None:
        """Weigh what is stale, find the people, assess who is due."""
        recompute(self.runtime, self.user)

    def tables(self) -> Tables:
        """Everything that must be a function of the set of records alone, sorted."""
        return {table.__tablename__: self.rows(table) for table in TABLES}

    def rows(self, table: type[Base], *columns: str) -> list[tuple[Any, ...]]:
        """Some columns of a table, or all but those that only name this home, sorted."""
        stored = table.__table__.columns
        wanted: list[Any] = [stored[name] for name in columns] or [c for c in stored if c.name not in HOMELY]
        if table is Participation:  # rows that others call by a number, by what they are
            wanted = [Address.address if column.name == "address" else column for column in wanted]
        mine = select(*wanted).where(stored["user_id"] == self.user)
        if table is Participation:
            mine = mine.join(Address, (Address.user_id == stored["user_id"]) & (Address.number == stored["address"]))
            mine = mine.join(Interaction, Interaction.number == stored["interaction"])
            mine = mine if columns else mine.add_columns(Interaction.id)
        with self.engine.connect() as connection:
            return sorted((tuple(row) for row in connection.execute(mine)), key=repr)


def home_with(records: Iterable[Record], **more: Any) -> Home:
    """A home that was shown these records in one page, and settled."""
    home = Home(**more)
    home.deliver(list(records))
    home.recompute()
    return home
