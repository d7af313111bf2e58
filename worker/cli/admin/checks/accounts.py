"""Checks of the accounts and organizations: who has to do something, and how emails come and digests go."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import Account, PushSubscription, SendingConsent, StreamState
from models.organizations import Member, Organization
from worker.accounts.providers import PROVIDERS
from worker.app.settings import Settings
from worker.cli.admin.checks.check import Check, Level
from worker.wording.lists import listed

EXPIRED = "the sign-in has expired. Connect the account again: `keepwarm connect {provider}`."


def accounts(connection: Connection, now: datetime) -> Iterable[Check]:
    """Name the accounts and streams that need somebody, and those whose sign-in is on trial."""
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


def notifications(connection: Connection, settings: Settings, now: datetime) -> Iterable[Check]:
    """See whether accounts are notified of new emails, where that is set up."""
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


def sending_through(connection: Connection) -> Iterable[Check]:
    """Name what keeps digests from going out through an account."""
    for trouble in connection.scalars(select(SendingConsent.trouble).where(SendingConsent.trouble.is_not(None))):
        yield Check("digest", Level.WRONG, trouble or "")


def organizations(connection: Connection) -> Iterable[Check]:
    """Name what hinders an organization, and its people who are left out."""
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


def advice(settings: Settings) -> Iterable[Check]:
    """Give the advice that providers have for these settings."""
    for provider in PROVIDERS.values():
        if provider.advice is not None and (sentence := provider.advice(settings)):
            yield Check(provider.label, Level.ADVICE, sentence)


def sending(settings: Settings) -> Iterable[Check]:
    """Say whether digests are emailed."""
    if not settings.smtp_url.get_secret_value():
        sentence = "Digests aren't emailed. Read them with `keepwarm digest`, or set KEEPWARM_SMTP_URL."
        yield Check("digest", Level.FINE, sentence)
