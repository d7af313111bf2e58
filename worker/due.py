"""What is due: asked of the database, never of the queue."""

from sqlalchemy import or_, select

from models.accounts import Account, StreamState
from worker.db import reading
from worker.runtime import Runtime


def due_streams(runtime: Runtime, account_id: int) -> list[tuple[int, int]]:
    """Name the streams of an account that may be read now, each with its user."""
    now = runtime.clock()
    state = StreamState
    with reading(runtime.engine) as connection:
        return list(
            connection.execute(
                select(state.id, state.user_id)
                .join(Account, Account.id == state.account_id)
                .where(
                    state.account_id == account_id,
                    ~state.retired,
                    Account.state == "active",
                    or_(Account.paused_until.is_(None), Account.paused_until <= now),
                    or_(state.due_at.is_(None), state.due_at <= now),
                )
                .order_by(state.id)
            ).tuples()
        )
