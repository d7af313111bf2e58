"""Push notifications: a provider that says "something is new" has an account read earlier, and nothing else.

What a notification says is not trusted, and losing one loses nothing: polling goes on. A flood of them costs at most
one write a second and one reading each SPACING.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from connectors.base import Watchable
from connectors.errors import ConnectorError, Transient
from models.accounts import Account, PushSubscription, StreamState
from models.base import seconds
from models.enums import Provider
from worker.accounts.open_connectors import open_connector
from worker.accounts.providers import PROVIDERS
from worker.accounts.store import UnknownAccount
from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.app.secrets.vault import WrongKey
from worker.app.settings import Settings
from worker.storage.bulk import put
from worker.storage.transactions import reading, writing
from worker.wording.errors.sentence import sentence

#: No stream is read again sooner than this after its last reading, however many notifications come.
SPACING = timedelta(seconds=20)
#: Promises are renewed this often: most last for seven days, so that six tries may fail.
RENEW = timedelta(days=1)
#: After a refusal that may pass, after any other, and after asking a worker that was not heard of again.
SOON, LATER, ASKED = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)

log = Logger(__name__)


class Taken(StrEnum):
    """What became of a notification."""

    TAKEN = "taken"
    UNKNOWN = "unknown"  # no account of ours, or a disconnected one
    FORGED = "forged"
    MALFORMED = "malformed"
    ELSEWHERE = "elsewhere"  # not our address


def place_of(settings: Settings, provider: str) -> str:
    """Say where a provider's notifications are to go, or nothing if they are not wanted."""
    notify_to = PROVIDERS[provider].notify_to
    return notify_to(settings) if notify_to else ""


def hashed(text: str) -> str:
    """Name something that is not to lie in the database itself."""
    return sha256(text.encode()).hexdigest()


def due_subscriptions(connection: Connection, settings: Settings, now: datetime) -> list[tuple[int]]:
    """Choose the accounts whose provider is to be asked for notifications now, and note that it is."""
    asked: list[tuple[int]] = []
    for provider in PROVIDERS:
        if place := place_of(settings, provider):
            wanted = (
                select(Account.id)
                .join(PushSubscription, PushSubscription.account_id == Account.id, isouter=True)
                .where(
                    Account.provider == provider,
                    Account.state == "active",
                    or_(Account.paused_until.is_(None), Account.paused_until <= now),
                    or_(
                        PushSubscription.account_id.is_(None),
                        PushSubscription.due_at <= now,
                        PushSubscription.place.not_in(("", hashed(place))),
                    ),
                )
                .order_by(Account.id)
            )
            asked += [(account,) for account in connection.scalars(wanted)]
    again = seconds(now + ASKED)
    put(
        connection,
        PushSubscription,
        ("account_id", "place", "secret", "due_at"),
        [(account, "", "", again) for (account,) in asked],
        "ON CONFLICT (account_id) DO UPDATE SET due_at = excluded.due_at",
    )
    return asked


def renew_subscription(runtime: Runtime, account_id: int) -> None:
    """Subscribe to an account's notifications; if that fails, the reason is stored, and polling goes on."""
    with reading(runtime.engine) as connection:
        subscribed = connection.execute(
            select(Account.provider, PushSubscription.name, PushSubscription.place)
            .join(PushSubscription, PushSubscription.account_id == Account.id)
            .where(Account.id == account_id)
        ).one_or_none()
    place = place_of(runtime.settings, subscribed.provider) if subscribed else ""
    if not subscribed or not place:
        return
    keep, secret = subscribed.place == hashed(place), secrets.token_urlsafe(32)
    try:
        connector = open_connector(runtime, account_id)
        if not isinstance(connector, Watchable):
            return
        watching = connector.watch(place, secret, subscribed.name, keep=keep)
    except (UnknownAccount, WrongKey):  # its next reading says so
        return
    except ConnectorError as error:
        wait = SOON if isinstance(error, Transient) else LATER
        log.warning("no notifications", account=account_id, error=type(error).__name__)
        refused = {"trouble": sentence(error), "due_at": runtime.clock() + wait} | ({} if keep else {"place": ""})
        with writing(runtime.engine) as connection:
            connection.execute(
                update(PushSubscription).where(PushSubscription.account_id == account_id).values(**refused)
            )
        return
    now = runtime.clock()
    values = {"name": watching.name, "until": watching.until, "due_at": renewal(now, watching.until), "trouble": None}
    replaced = not keep or watching.name != subscribed.name
    if replaced:
        values |= {"secret": hashed(secret), "place": hashed(place)}
    with writing(runtime.engine) as connection:
        connection.execute(update(PushSubscription).where(PushSubscription.account_id == account_id).values(**values))
    if replaced:  # what came before notifications began
        notify(runtime, account_id)


def renewal(now: datetime, until: datetime) -> datetime:
    """Say when a promise is renewed: daily, or at half its time where it is short."""
    return now + max(timedelta(minutes=1), min(RENEW, (until - now) / 2))


def notify_mailbox(runtime: Runtime, provider: Provider, address: str) -> Taken:
    """Take a notification about the mailbox with this address, whichever user has connected it."""
    with reading(runtime.engine) as connection:
        accounts = connection.scalars(
            select(Account.id).where(
                Account.provider == provider, Account.address == address, Account.state == "active"
            )
        ).all()
    for account in accounts:
        notify(runtime, account)
    return Taken.TAKEN if accounts else Taken.UNKNOWN


class Notification(NamedTuple):
    """One item of what Graph posts; `event` is "" for a change, else what happened to the subscription."""

    subscription: str
    secret: str
    event: str


def notify_graph(runtime: Runtime, items: Sequence[Notification]) -> Taken:
    """Take notifications of changes, or of lost subscriptions, which are renewed or made again.

    All are looked up at once, whatever a stranger sends; the best of them is the answer.
    """
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(PushSubscription.name, PushSubscription.account_id, PushSubscription.secret, Account.address)
            .join(Account, Account.id == PushSubscription.account_id)
            .where(
                PushSubscription.name.in_({item.subscription for item in items}), Account.provider == Provider.OUTLOOK
            )
        ).all()
    known = {row.name: row for row in rows}
    ours = [item for item in items if item.subscription in known]
    genuine = [item for item in ours if secrets.compare_digest(known[item.subscription].secret, hashed(item.secret))]
    for item in genuine:
        _follow(runtime, known[item.subscription].account_id, item.event)
    addresses = {known[item.subscription].address for item in genuine}
    taken = {notify_mailbox(runtime, Provider.OUTLOOK, address) for address in sorted(addresses)}
    if Taken.TAKEN in taken:
        return Taken.TAKEN
    return Taken.FORGED if len(genuine) < len(ours) else Taken.UNKNOWN


def _follow(runtime: Runtime, account_id: int, event: str) -> None:
    """Have a subscription renewed, or made again where Graph has removed it."""
    if event in {"reauthorizationRequired", "subscriptionRemoved"}:
        values = {"due_at": runtime.clock()} | ({"name": None} if event == "subscriptionRemoved" else {})
        with writing(runtime.engine) as connection:
            connection.execute(
                update(PushSubscription).where(PushSubscription.account_id == account_id).values(**values)
            )


def notify(runtime: Runtime, account_id: int) -> None:
    """Have the streams of an account read earlier: now, or SPACING after they were read last."""
    now = runtime.clock().replace(microsecond=0)
    state = StreamState
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(state.id, state.synced_at, state.due_at, state.failures).where(
                state.account_id == account_id,
                ~state.retired,
                or_(state.notified_at.is_(None), state.notified_at < now),
            )
        ).all()
    if not rows:  # a second notification within a second says nothing new
        return
    with writing(runtime.engine) as connection:
        connection.execute(update(state).where(state.id.in_([row.id for row in rows])).values(notified_at=now))
        for row in rows:
            earlier = earlier_due_at(row.synced_at, row.due_at, row.failures, now)
            if earlier is not None:
                connection.execute(
                    update(state).where(state.id == row.id, state.due_at > earlier).values(due_at=earlier)
                )


def earlier_due_at(
    synced_at: datetime | None, due_at: datetime | None, failures: int, now: datetime
) -> datetime | None:
    """Say when to read a stream after a notification; None if not sooner than planned, or if the stream fails."""
    if due_at is None or failures:
        return None
    earlier = now if synced_at is None else max(now, synced_at + SPACING)
    return earlier if earlier < due_at else None
