"""The digest of a season: a review of the quarter that has ended; empty where there is nothing to mention."""

from datetime import datetime

from sqlalchemy import select

from models.accounts import User
from worker.app.runtime import Runtime
from worker.digest.digest import Digest
from worker.judgement.keep.basis import RulesSource
from worker.network.season.quarters import Quarter
from worker.network.season.review import review
from worker.network.season.words import heading, sentences
from worker.storage.transactions import reading


def season_digest(runtime: Runtime, user_id: int, quarter: Quarter, now: datetime) -> Digest:
    """Write the digest of a quarter, knowing what is known at `now`; its period is the quarter's key."""
    with reading(runtime.engine) as connection:
        user = connection.execute(select(User.name, User.address, User.zone).where(User.id == user_id)).one()
        found = review(connection, user_id, RulesSource(runtime.settings.rules), now, quarter)
    said = sentences(found)
    return Digest(
        reader=user.name or user.address,
        as_of=now,
        zone=user.zone,
        period=quarter.key,
        season=(heading(found), *said) if said else (),
        years=found.years if said else (),
    )
