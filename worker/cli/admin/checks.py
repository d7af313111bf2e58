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
from models.organizations import Member, Organization
from worker.accounts.providers import PROVIDERS
from worker.app.secrets.private_files import ForeignFile
from worker.app.secrets.vault import SecretOwner, open_vault
from worker.app.settings import Settings
from worker.cli.terminal.errors import verdict
from worker.storage.engine import open_database
from worker.storage.migrations import check_schema
from worker.storage.outages import warning
from worker.storage.transactions import reading
from worker.wording.lists import listed

DISTRIBUTION = "keepwarm"
EXPIRED = "the sign-in has expired. Connect the account again: `keepwarm connect {provider}`."
PACKAGES = ("worker", "connectors", "models")


class Level(StrEnum):
    """How a check came out."""

    FINE = "fine"
    ADVICE = "mind"
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
            found.append(Check("problem", Level.WRONG, said.sentence if said else str(error)))
    return found


def _names(environment: Iterable[str]) -> Iterable[Check]:
    """Find settings no one reads: a typing error there would go unnoticed."""
    known = {f"KEEPWARM_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(environment):
        if name.startswith("KEEPWARM_") and name not in known and name != "KEEPWARM_REQUIRE_SERVICES":
            near = get_close_matches(name, known, n=1)
            notify = f" Did you mean {near[0]}?" if near else ""
            yield Check("settings", Level.ADVICE, f"{name} is set, but keepwarm has no such setting.{notify}")
    yield Check("settings", Level.FINE, "The settings are valid.")


def _home(settings: Settings) -> Iterable[Check]:
    home = settings.home
    if not home.exists():
        yield Check("home", Level.FINE, f"{home} will be created on first use.")
    elif not os.access(home, os.W_OK):
        yield Check(
            "home",
            Level.WRONG,
            f"keepwarm can't write to {home}. Change its permissions, or set another KEEPWARM_HOME.",
        )
    elif home.stat().st_mode & 0o077:
        yield Check("home", Level.ADVICE, f"Other users can look into {home}. Run `chmod 700 {home}`.")
    else:
        yield Check("home", Level.FINE, f"Only you can read {home}.")


def _key(settings: Settings) -> Iterable[Check]:
    if settings.secret_keys.get_secret_value():
        open_vault(settings)
        yield Check("key", Level.FINE, "The keys in KEEPWARM_SECRET_KEYS are valid.")
        return
    path = settings.home / "secret.key"
    if not path.exists():
        yield Check("key", Level.FINE, "A key will be created when you connect the first account.")
        return
    open_vault(settings)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Check("key", Level.WRONG, f"Other users can read {path}. Run `chmod 600 {path}` (its mode is {mode:o}).")
    else:
        yield Check(
            "key", Level.FINE, f"Only you can read {path}. Keep a backup: without it, saved sign-ins can't be opened."
        )


def _broker(settings: Settings) -> Iterable[Check]:
    from worker.queue.broker import open_broker

    broker = open_broker(settings.broker_url)
    try:
        if settings.embedded:
            yield Check("queue", Level.FINE, "The queue runs inside this process.")
            return
        scheme = settings.broker_url.partition(":")[0]
        try:
            _knock(broker)
        except Exception as error:  # noqa: BLE001 - each queue has its own errors; all mean the same here
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            yield Check(
                "queue", Level.WRONG, f"The queue ({scheme}) doesn't answer. Check KEEPWARM_BROKER_URL ({reason})."
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
            yield Check(
                "certificates", Level.WRONG, f"{name} names {path}, which doesn't exist. Correct it, or unset it."
            )


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
        sentence = (
            f"Another package uses the same names as keepwarm: {what}. Install keepwarm into its own environment."
        )
        yield Check("packages", Level.WRONG, sentence)
    else:
        yield Check("packages", Level.FINE, "No other package uses keepwarm's names.")


def _database(settings: Settings, now: datetime) -> Iterable[Check]:
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
            yield from _accounts(connection, now)
            yield from _notifications(connection, settings, now)
            yield from _sending_through(connection)
            yield from _organizations(connection)
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


def _accounts(connection: Connection, now: datetime) -> Iterable[Check]:
    for row in connection.execute(select(Account.provider, Account.address, Account.state, Account.trouble)):
        if row.state == "needs_person":
            sentence = f"{row.address}: {row.trouble or EXPIRED.format(provider=row.provider)}"
            yield Check("accounts", Level.WRONG, sentence)
    failing = select(Account.address, StreamState.title, StreamState.trouble).join(
        StreamState, StreamState.account_id == Account.id
    )
    for one in connection.execute(
        failing.where(Account.state == "active", ~StreamState.retired, StreamState.failures > 0)
    ):
        yield Check("reading", Level.WRONG, f"{one.address}, {one.title}: {one.trouble or 'its last reading failed.'}")
    for provider in PROVIDERS.values():
        young = connection.scalars(
            select(Account.address).where(
                Account.provider == provider.provider,
                Account.state == "active",
                Account.connected_at > now - timedelta(days=provider.trial_days),
            )
        ).all()
        if provider.trial_days and young:
            sentence = f"If {listed(young)} loses its sign-in after {provider.trial_days} days, read the advice below."
            yield Check(provider.label, Level.ADVICE, sentence)


def _notifications(connection: Connection, settings: Settings, now: datetime) -> Iterable[Check]:
    if not settings.push_url.get_secret_value():
        return
    if not settings.push:
        sentence = "KEEPWARM_PUSH_URL is set, but nothing listens for notifications. Set KEEPWARM_PUSH=host:port."
        yield Check("push", Level.ADVICE, sentence)
    subscriptions = connection.execute(
        select(Account.provider, Account.address, PushSubscription.until, PushSubscription.trouble).join(
            PushSubscription, PushSubscription.account_id == Account.id
        )
    ).all()
    for row in subscriptions:
        if row.trouble:
            sentence = f"{row.address} gets no notifications, so it's checked regularly. {row.trouble}"
            yield Check("push", Level.ADVICE, sentence)
    notified = sum(row.until is not None and row.until > now for row in subscriptions)
    sentence = f"Accounts that get notifications: {notified} (Pub/Sub posts to KEEPWARM_PUSH_URL/google)."
    yield Check("push", Level.FINE, sentence)


def _sending_through(connection: Connection) -> Iterable[Check]:
    for trouble in connection.scalars(select(SendingConsent.trouble).where(SendingConsent.trouble.is_not(None))):
        yield Check("digest", Level.WRONG, trouble or "")


def _organizations(connection: Connection) -> Iterable[Check]:
    for row in connection.execute(select(Organization.name, Organization.trouble, Organization.advice)):
        if row.trouble:
            yield Check("organization", Level.WRONG, f"{row.name}: {row.trouble}")
        if row.advice:
            yield Check("organization", Level.ADVICE, f"{row.name}: {row.advice}")
    left_out = connection.execute(
        select(Member.address, Member.state, Member.trouble).where(Member.trouble.is_not(None)).order_by(Member.address)
    )
    for one in left_out:
        yield Check("organization", Level.ADVICE, f"{one.address} is {one.state}: {one.trouble}")


def _advice(settings: Settings) -> Iterable[Check]:
    for provider in PROVIDERS.values():
        if provider.advice is not None and (sentence := provider.advice(settings)):
            yield Check(provider.label, Level.ADVICE, sentence)


def _sending(settings: Settings) -> Iterable[Check]:
    if not settings.smtp_url.get_secret_value():
        sentence = "Digests aren't emailed. Read them with `keepwarm digest`, or set KEEPWARM_SMTP_URL."
        yield Check("digest", Level.FINE, sentence)
