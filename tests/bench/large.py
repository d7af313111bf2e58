"""A large history in minutes: some mail by the real ingest, then each row copied in the database, a few hours earlier.

The copies are what ingest would have stored of such mail: sightings with their records, interactions, participations.
"""

from sqlalchemy import func, select, text, update
from sqlalchemy.engine import Connection

from models.accounts import StreamState
from models.history import Interaction
from tests.bench.assessing import fill
from worker.app.runtime import Runtime
from worker.queue.leases import Lease, take
from worker.storage.engine import tune
from worker.storage.transactions import writing
from worker.sync.recompute import recompute

#: Mails that ingest itself stores: enough for everybody to have a history of their own.
INGESTED = 60_000
#: Hours between a mail and its copy.
EARLIER = 3
#: Which interactions are the first ones: identities of copies end with three digits (as one of 16,000 others does).
FIRST_MAIL = "hex(substr(id, 14)) NOT GLOB '3[0-9]3[0-9]3[0-9]'"
#: The copy of an interaction that was copied before its participations.
COPIED = """(SELECT c.number FROM interactions i JOIN interactions c
    ON c.user_id = i.user_id AND c.id = CAST(substr(i.id, 1, 13) || :mark AS BLOB) WHERE i.number = interaction)"""
#: What is written anew in a copy, by table; every other column is taken as it is.
COPIES = {
    "sightings": {
        "key": "key || '~' || :copy",
        "identity": "CAST(substr(identity, 1, 13) || :mark AS BLOB)",
    },
    "interactions": {
        "id": "CAST(substr(id, 1, 13) || :mark AS BLOB)",
        "occurred_at": "occurred_at - :hours * 3600",
        "ends_at": "ends_at - :hours * 3600",
        "counts_at": "counts_at - :hours * 3600",
        "message_id": "message_id || '~' || :copy",
    },
    "participations": {
        "interaction": COPIED,
        "at": "at - :hours * 3600",
        "counts_at": "counts_at - :hours * 3600",
    },
}
#: Which rows are the first ones, by table.
FIRST = {
    "sightings": "instr(key, '~') = 0",
    "interactions": FIRST_MAIL,
    "participations": f"interaction IN (SELECT number FROM interactions WHERE {FIRST_MAIL})",
}


def fill_large(runtime: Runtime, touches: int, people: int) -> Lease:
    """Store `touches` interactions with so many people, and judge everybody; SQLite only."""
    lease = fill(runtime, min(touches, INGESTED), people)
    recompute(runtime, lease.user_id)
    with writing(runtime.engine) as connection:
        rows = connection.scalar(select(func.count()).select_from(Interaction)) or 1
        for copy in range(1, -(-touches // rows)):
            _copy(connection, copy)
        tune(connection)
        connection.execute(text("UPDATE people SET due_at = NULL"))
        connection.execute(text("DELETE FROM habits"))
    recompute(runtime, lease.user_id)
    return lease


def lease_of(runtime: Runtime) -> Lease:
    """Take up the reading of a history that was filled before."""
    with writing(runtime.engine) as connection:
        user_id = connection.scalars(select(StreamState.user_id).where(StreamState.id == 1)).one()
        connection.execute(update(StreamState).values(leased_until=None))
        return Lease(1, user_id, take(connection, 1, "bench", runtime.clock()).fence)


def _copy(connection: Connection, copy: int) -> None:
    """Write every first row once more."""
    given = {"copy": str(copy), "mark": f"{copy:03}", "hours": EARLIER * copy}
    for table, anew in COPIES.items():
        names = (
            connection.execute(text(f"SELECT name FROM pragma_table_info('{table}') WHERE name <> 'number'"))
            .scalars()
            .all()
        )
        values = ", ".join(anew.get(name, name) for name in names)
        wanted = {name: value for name, value in given.items() if f":{name}" in values}
        copied = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {FIRST[table]}"
        connection.execute(text(copied), wanted)
