"""Checks of the database, and of what it says of the clock and the saved sign-ins."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from models.accounts import Account, Secret, StreamState
from worker.app.secrets.vault import SecretOwner, open_vault
from worker.app.settings import Settings
from worker.cli.admin.checks.accounts import accounts, notifications, organizations, sending_through
from worker.cli.admin.checks.check import Check, Level
from worker.storage.engine import open_database
from worker.storage.migrations import check_schema
from worker.storage.outages import warning
from worker.storage.transactions import reading


def database(settings: Settings, now: datetime) -> Iterable[Check]:
    """See whether the database fits this version and has room, and what stands in it."""
    engine = open_database(settings.database)
    try:
        with engine.connect() as connection:
            empty = not engine.dialect.get_table_names(connection)
        if empty:
            yield Check("database", Level.FINE, "The database will be created on first use.")
            return
        check_schema(engine)
        yield Check("database", Level.FINE, f"The database ({engine.dialect.name}) matches this version.")
        if little := warning(engine):
            yield Check("room", Level.WRONG, little)
        with reading(engine) as connection:
            yield from _clock(connection, now)
            yield from _sealed(connection, settings)
            yield from accounts(connection, now)
            yield from notifications(connection, settings, now)
            yield from sending_through(connection)
            yield from organizations(connection)
    finally:
        engine.dispose()


def _clock(connection: Connection, now: datetime) -> Iterable[Check]:
    """Compare with the newest moment noted here: a clock that has gone back makes everything look like the future."""
    newest = connection.scalar(select(func.max(StreamState.synced_at)))
    if newest is not None and newest > now + timedelta(minutes=10):
        yield Check(
            "clock",
            Level.WRONG,
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, which is earlier than the last sync. Set the clock.",
        )
    else:
        yield Check("clock", Level.FINE, f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def _sealed(connection: Connection, settings: Settings) -> Iterable[Check]:
    sealed = connection.execute(
        select(Secret.sealed, Secret.key, Secret.purpose, Account.user_id, Account.provider, Account.address).join(
            Account, Account.id == Secret.account_id
        )
    ).all()
    if not sealed:
        return
    vault = open_vault(settings)
    for one in sealed:
        vault.open(one.sealed, SecretOwner(one.user_id, one.provider, one.address, one.purpose))
    yield Check("sign-ins", Level.FINE, "Every saved sign-in opens with the current key.")
    old = sum(one.key != vault.newest for one in sealed)
    if old:
        sentence = (
            f"{old} of {len(sealed)} sign-ins still need an older key, or aren't bound to their account yet. "
            "Run `keepwarm run` once to renew them."
        )
        yield Check("old key", Level.ADVICE, sentence)
    elif vault.older:
        sentence = "No sign-in needs an older key any more. Keep only the first one in KEEPWARM_SECRET_KEYS."
        yield Check("old key", Level.FINE, sentence)
