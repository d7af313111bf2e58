"""The consent to send the digest through an account: one for each user at most, sealed, and apart from reading's."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from connectors.base import Sender
from models.accounts import Account, Secret, SendingConsent
from models.enums import Provider
from worker.accounts.providers import PROVIDERS
from worker.accounts.store import UnknownAccount, keep_secret, put_secret, secret_of
from worker.app.runtime import Runtime
from worker.storage.transactions import reading, writing

#: What a secret is for that sends.
SEND = "send"


@dataclass(frozen=True, slots=True)
class Consent:
    """Through which account a user's digest is sent, and why that does not work, if it does not."""

    account_id: int
    provider: Provider
    address: str
    trouble: str | None


def consent_of(connection: Connection, user_id: int) -> Consent | None:
    """Return a user's consent to send, None where no one has asked for that."""
    row = connection.execute(
        select(Account.id, Account.provider, Account.address, SendingConsent.trouble)
        .join(SendingConsent, SendingConsent.account_id == Account.id)
        .where(SendingConsent.user_id == user_id, Account.user_id == user_id)
    ).one_or_none()
    return Consent(row.id, Provider(row.provider), row.address, row.trouble) if row else None


def keep_consent(runtime: Runtime, user_id: int, account_id: int, secret: str) -> None:
    """Send through this account from now on, in place of what was before."""
    with writing(runtime.engine) as connection:
        _drop(connection, user_id)
        put_secret(connection, runtime, account_id, secret, SEND)
        connection.execute(
            insert(SendingConsent).values(user_id=user_id, account_id=account_id, granted_at=runtime.clock())
        )


def drop_consent(runtime: Runtime, user_id: int) -> Consent | None:
    """Withdraw the consent to send, and give the account that had it."""
    with writing(runtime.engine) as connection:
        return _drop(connection, user_id)


def _drop(connection: Connection, user_id: int) -> Consent | None:
    found = consent_of(connection, user_id)
    if found is not None:
        connection.execute(delete(Secret).where(Secret.account_id == found.account_id, Secret.purpose == SEND))
    connection.execute(delete(SendingConsent).where(SendingConsent.user_id == user_id))
    return found


def note_trouble(runtime: Runtime, user_id: int, trouble: str | None) -> None:
    """Note why a consent no longer serves, or that it does again."""
    with writing(runtime.engine) as connection:
        connection.execute(update(SendingConsent).where(SendingConsent.user_id == user_id).values(trouble=trouble))


def open_sender(runtime: Runtime, user_id: int) -> Sender:
    """Open what sends through the account that the user allowed.

    Raises:
        UnknownAccount: nothing was allowed.
        WrongKey: the consent does not open with the present key.
        ConnectorError: it is unreadable.
    """
    with reading(runtime.engine) as connection:
        consent = consent_of(connection, user_id)
    if consent is None:
        raise UnknownAccount("account.none_sends")
    account = consent.account_id
    secret = secret_of(runtime, account, SEND)
    sending = PROVIDERS[consent.provider].sending
    if sending is None:
        raise UnknownAccount("account.cannot_send", provider=PROVIDERS[consent.provider].label)
    return sending.open(runtime, account, secret, lambda new: keep_secret(runtime, account, new, SEND))
