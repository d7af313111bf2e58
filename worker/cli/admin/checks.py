"""The checks of `doctor`: each looks at one thing and says in one sentence how it is and what to do."""

import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from importlib.metadata import packages_distributions
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from models.accounts import Account, PushSubscription, Secret, SendingConsent, StreamState
from worker.accounts.providers import PROVIDERS
from worker.app.private_files import ForeignFile
from worker.app.settings import Settings
from worker.app.vault import SecretOwner, open_vault
from worker.cli.terminal.errors import verdict
from worker.storage.engine import open_database
from worker.storage.migrations import check_schema
from worker.storage.outages import warning
from worker.storage.transactions import reading

DISTRIBUTION = "keepwarm"
PACKAGES = ("worker", "connectors", "models")


class Level(StrEnum):
    """How a check came out."""

    FINE = "fine"
    MIND = "mind"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found."""

    name: str
    level: Level
    sentence: str


def examine(now: datetime | None = None) -> list[Check]:
    """Run every check; none changes anything but that a new database or key is made where there is none."""
    try:
        settings = Settings()
    except (ValidationError, ForeignFile) as error:
        said = verdict(error)
        return [Check("settings", Level.WRONG, said.sentence if said else str(error))]
    checks: tuple[Callable[[], Iterable[Check]], ...] = (
        lambda: _names(os.environ),
        lambda: _home(settings),
        lambda: _key(settings),
        lambda: _broker(settings),
        lambda: _certificates(os.environ),
        _packages,
        lambda: _database(settings, now or datetime.now(UTC)),
        lambda: _advice(settings),
        lambda: _sending(settings),
    )
    found: list[Check] = []
    for check in checks:
        try:
            found += check()
        except Exception as error:  # noqa: BLE001 - whatever a check meets is a finding, and the others still run
            said = verdict(error)
            found.append(Check("trouble", Level.WRONG, said.sentence if said else str(error)))
    return found


def _names(environment: Iterable[str]) -> Iterable[Check]:
    """Find settings nobody reads: a typing error there would go unnoticed."""
    known = {f"KEEPWARM_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(environment):
        if name.startswith("KEEPWARM_") and name not in known and name != "KEEPWARM_REQUIRE_SERVICES":
            near = get_close_matches(name, known, n=1)
            notify = f"; did you mean {near[0]}?" if near else "."
            yield Check("settings", Level.MIND, f"{name} is set, but keepwarm has no such setting{notify}")
    yield Check("settings", Level.FINE, "Settings can be read.")


def _home(settings: Settings) -> Iterable[Check]:
    home = settings.home
    if not home.exists():
        yield Check("home", Level.FINE, f"{home} is made on first use.")
    elif not os.access(home, os.W_OK):
        yield Check("home", Level.WRONG, f"{home} cannot be written to: choose another KEEPWARM_HOME.")
    elif home.stat().st_mode & 0o077:
        yield Check("home", Level.MIND, f"Others may look into {home}. Run: chmod 700 {home}")
    else:
        yield Check("home", Level.FINE, f"{home} is yours alone.")


def _key(settings: Settings) -> Iterable[Check]:
    if settings.secret_keys.get_secret_value():
        open_vault(settings)
        yield Check("key", Level.FINE, "The keys come from KEEPWARM_SECRET_KEYS.")
        return
    path = settings.home / "secret.key"
    if not path.exists():
        yield Check("key", Level.FINE, "A key is made when the first account is connected.")
        return
    open_vault(settings)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Check("key", Level.WRONG, f"Others may read {path} (mode {mode:o}). Run: chmod 600 {path}")
    else:
        yield Check("key", Level.FINE, f"{path} is yours alone. Keep a copy: sign-ins do not open without it.")


def _broker(settings: Settings) -> Iterable[Check]:
    from worker.queue.broker import open_broker

    broker = open_broker(settings.broker_url)
    try:
        if settings.embedded:
            yield Check("queue", Level.FINE, "The queue lives in this process.")
            return
        scheme = settings.broker_url.partition(":")[0]
        try:
            _knock(broker)
        except Exception as error:  # noqa: BLE001 - each queue has its own errors; all mean the same here
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            yield Check(
                "queue", Level.WRONG, f"The queue ({scheme}) does not answer: {reason}. Check KEEPWARM_BROKER_URL."
            )
        else:
            yield Check("queue", Level.FINE, f"The queue ({scheme}) answers.")
    finally:
        broker.close()


def _knock(broker: object) -> None:
    """Ask Redis or RabbitMQ for a sign of life."""
    client = getattr(broker, "client", None)
    if client is not None:
        client.ping()
    else:
        _ = broker.connection  # type: ignore[attr-defined]  # RabbitMQ's connects when asked for


def _certificates(environment: os._Environ[str]) -> Iterable[Check]:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        path = environment.get(name)
        if path and not Path(path).is_file():
            yield Check("certificates", Level.WRONG, f"{name} names {path}, which is not there.")


def _packages() -> Iterable[Check]:
    """See whether another distribution has put its files over ours: our package names are plain."""
    import connectors
    import models
    import worker

    owners = packages_distributions()
    strangers = {name: sorted(set(owners.get(name, ())) - {DISTRIBUTION}) for name in PACKAGES}
    strange = [f"{name} ({', '.join(found)})" for name, found in strangers.items() if found]
    roots = {Path(str(package.__file__)).parents[1] for package in (worker, connectors, models)}
    if strange or len(roots) > 1:
        what = ", ".join(strange) or " and ".join(sorted(map(str, roots)))
        sentence = f"Another package shares our names: {what}. Install keepwarm into an environment of its own."
        yield Check("packages", Level.WRONG, sentence)
    else:
        yield Check("packages", Level.FINE, "No other package shares our names.")


def _database(settings: Settings, now: datetime) -> Iterable[Check]:
    engine = open_database(settings.database)
    try:
        with engine.connect() as connection:
            empty = not engine.dialect.get_table_names(connection)
        if empty:
            yield Check("database", Level.FINE, "The database is made on first use.")
            return
        check_schema(engine)
        yield Check("database", Level.FINE, f"The database ({engine.dialect.name}) fits this version.")
        if little := warning(engine):
            yield Check("room", Level.WRONG, little)
        with reading(engine) as connection:
            yield from _clock(connection, now)
            yield from _sealed(connection, settings)
            yield from _accounts(connection, now)
            yield from _hints(connection, settings, now)
            yield from _sending_through(connection)
    finally:
        engine.dispose()


def _clock(connection: Connection, now: datetime) -> Iterable[Check]:
    """Compare with the newest moment noted here: a clock that has gone back makes everything look like the future."""
    newest = connection.scalar(select(func.max(StreamState.synced_at)))
    if newest is not None and newest > now + timedelta(minutes=10):
        yield Check(
            "clock", Level.WRONG, f"The clock says {now:%Y-%m-%d %H:%M} UTC, but it was later before. Set it right."
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
    yield Check("sign-ins", Level.FINE, "Every stored sign-in opens with the present key.")
    old = sum(one.key != vault.newest for one in sealed)
    if old:
        sentence = (
            f"{old} of {len(sealed)} sign-ins still need an older key, or aren't bound to their account yet; "
            "`keepwarm run` seals them anew."
        )
        yield Check("old key", Level.MIND, sentence)
    elif vault.older:
        sentence = "No sign-in needs an older key any more: keep only the first one in KEEPWARM_SECRET_KEYS."
        yield Check("old key", Level.FINE, sentence)


def _accounts(connection: Connection, now: datetime) -> Iterable[Check]:
    for row in connection.execute(select(Account.provider, Account.address, Account.state, Account.trouble)):
        if row.state == "needs_person":
            sentence = (
                f"{row.address}: {row.trouble or 'the sign-in has run out.'} Run: keepwarm connect {row.provider}"
            )
            yield Check("accounts", Level.WRONG, sentence)
    for provider in PROVIDERS.values():
        young = connection.scalars(
            select(Account.address).where(
                Account.provider == provider.provider,
                Account.state == "active",
                Account.connected_at > now - timedelta(days=provider.trial_days),
            )
        ).all()
        if provider.trial_days and young:
            sentence = f"{', '.join(young)}: if the sign-in ends after {provider.trial_days} days, see below."
            yield Check(provider.label, Level.MIND, sentence)


def _hints(connection: Connection, settings: Settings, now: datetime) -> Iterable[Check]:
    if not settings.push_url.get_secret_value():
        return
    if not settings.push:
        yield Check("push", Level.MIND, "KEEPWARM_PUSH_URL is set, but nothing listens: set KEEPWARM_PUSH=host:port.")
    held = connection.execute(
        select(Account.provider, Account.address, PushSubscription.until, PushSubscription.trouble).join(
            PushSubscription, PushSubscription.account_id == Account.id
        )
    ).all()
    for row in held:
        if row.trouble:
            yield Check("push", Level.MIND, f"{row.provider}:{row.address} gives no hints, it is polled: {row.trouble}")
    hinting = sum(row.until is not None and row.until > now for row in held)
    sentence = f"{hinting} accounts hint at what is new (Pub/Sub posts to KEEPWARM_PUSH_URL/google)."
    yield Check("push", Level.FINE, sentence)


def _sending_through(connection: Connection) -> Iterable[Check]:
    for trouble in connection.scalars(select(SendingConsent.trouble).where(SendingConsent.trouble.is_not(None))):
        yield Check("digest", Level.WRONG, trouble or "")


def _advice(settings: Settings) -> Iterable[Check]:
    for provider in PROVIDERS.values():
        if provider.advice is not None and (sentence := provider.advice(settings)):
            yield Check(provider.label, Level.MIND, sentence)


def _sending(settings: Settings) -> Iterable[Check]:
    if not settings.smtp_url.get_secret_value():
        yield Check("digest", Level.FINE, "KEEPWARM_SMTP_URL is not set: read the digest with `keepwarm digest`.")
