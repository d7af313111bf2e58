"""What a stream had only named is fetched after each reading, the likeliest first, and what failed is tried again.

Gmail files mail of people under its tabs, too, and a list of ids does not say who wrote what. So every mail under a tab
is looked at in the end, when nothing else is left to read; who is an advertiser shows in its headers.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Connection

from connectors.base import UNAVAILABLE, Fetchable, Stream
from connectors.errors import QuotaSpent
from models.history import Sighting, Unreadable
from models.records import Record, Tombstone
from worker.app.runtime import Runtime
from worker.queue.leases import Lease
from worker.storage.transactions import reading, writing

#: Fetched after one reading at most: about what Gmail allows in a minute.
MOST = 300
#: Fetched at once.
AT_ONCE = 50
#: Of those that the provider failed to give, so many are tried again after a reading.
FAILED = 20
#: The tab where people are least to be expected: it comes last.
LAST = "promotions"


def fetch_deferred(
    runtime: Runtime,
    lease: Lease,
    stream: Stream,
    connector: Fetchable,
    commit: Callable[[Sequence[Record]], None],
    enough: Callable[[], bool],
) -> bool:
    """Fetch what had been put off, until there is no more, or until `enough` or a provider's limit says so.

    Args:
        runtime: of this process.
        lease: of the stream, which stands at its end.
        stream: the same, in the connector's words.
        connector: that of the stream.
        commit: stores records in a transaction of its own.
        enough: whether others should go first.

    Returns:
        Whether more is left.

    Raises:
        ConnectorError: the provider cannot be asked.
    """
    with reading(runtime.engine) as connection:
        failed, put_off = _failed(connection, lease.stream_id), _deferred(connection, lease.stream_id)
        wanted = list(dict.fromkeys((*failed, *put_off)))
    try:
        for at in range(0, len(wanted), AT_ONCE):
            for records in connector.fetch(stream, wanted[at : at + AT_ONCE]):
                commit(records)
                _drop_gone(runtime, lease.stream_id, records)
            if enough():
                break
    except QuotaSpent:
        pass  # no one waits for these
    with reading(runtime.engine) as connection:
        return bool(_deferred(connection, lease.stream_id, most=1))


def _deferred(connection: Connection, stream_id: int, *, most: int = MOST) -> Sequence[str]:
    """Name those that are only named so far, the newest first: Gmail's ids are numbers that grow with time."""
    return connection.scalars(
        select(Sighting.key)
        .where(Sighting.stream_id == stream_id, Sighting.outcome == "deferred", Sighting.gone_at.is_(None))
        .order_by(Sighting.reason == LAST, func.length(Sighting.key).desc(), Sighting.key.desc())
        .limit(most)
    ).all()


def _failed(connection: Connection, stream_id: int) -> list[str]:
    keys = connection.scalars(
        select(Unreadable.key)
        .where(Unreadable.stream_id == stream_id, Unreadable.reason == UNAVAILABLE)
        .order_by(Unreadable.place)
        .limit(FAILED)
    )
    return [key for key in keys if key]


def _drop_gone(runtime: Runtime, stream_id: int, records: Sequence[Record]) -> None:
    """What is gone by now need not be named as unreadable any more."""
    gone = [record.key for record in records if isinstance(record, Tombstone)]
    if gone:
        with writing(runtime.engine) as connection:
            connection.execute(delete(Unreadable).where(Unreadable.stream_id == stream_id, Unreadable.key.in_(gone)))
