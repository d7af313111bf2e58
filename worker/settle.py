"""What follows every reading: stale sightings are weighed again, people found, and those who are due assessed."""

from sqlalchemy import exists, select
from sqlalchemy.engine import Connection

from models.history import Sighting
from models.people import Address
from worker.assess import count_due, look_again, refresh
from worker.db import scrub, tune, writing
from worker.identity.resolve import resolve
from worker.ingest.learn import view_of
from worker.ingest.refold import reconsider
from worker.runtime import Runtime
from worker.subjects import purge_subjects
from worker.users import hold

#: So many people to assess mean that so much has come that the database should look at its rows anew.
MANY = 100


def settle(runtime: Runtime, user_id: int) -> int:
    """Bring everything that depends on the sightings up to date; returns how many people were assessed."""
    if not runtime.settings.keep_subjects and purge_subjects(runtime.engine, user_id):
        scrub(runtime.engine)
    more = True
    while more:
        with writing(runtime.engine) as connection:
            hold(connection, user_id)
            view = view_of(connection, user_id, "", keep_subjects=runtime.settings.keep_subjects)
            more = reconsider(connection, user_id, view)
    more = True
    while more:
        with writing(runtime.engine) as connection:
            hold(connection, user_id)
            more = resolve(connection, user_id, runtime.clock())
    with writing(runtime.engine) as connection:
        hold(connection, user_id)
        look_again(connection, user_id, runtime.clock())
        if count_due(connection, user_id, runtime.clock()) >= MANY:
            tune(connection)
    return refresh(runtime.engine, user_id, runtime.rulebook, runtime.clock())


def unsettled(connection: Connection, user_id: int) -> bool:
    """Whether something read has not been worked into people and interactions yet."""
    return bool(
        connection.scalar(
            select(
                exists().where(Sighting.user_id == user_id, Sighting.stale)
                | exists().where(Address.user_id == user_id, Address.touched)
            )
        )
    )
