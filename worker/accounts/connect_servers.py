"""Connecting servers that a person names: mailboxes by IMAP, calendars by CalDAV or by their secret address."""

from sqlalchemy import select

from connectors.caldav import auth as caldav
from connectors.ical import auth as ical
from connectors.imap import auth as imap
from models.accounts import Account, User
from models.enums import Provider
from worker.accounts.connect import Connected, store_grant
from worker.accounts.store import UnknownAccount, secret_of
from worker.app.runtime import Runtime
from worker.app.users import used_by_one
from worker.storage.transactions import reading


def connect_imap(runtime: Runtime, access: imap.Access, user_id: int | None = None) -> Connected:
    """Sign in to a mailbox once and store the account.

    Raises:
        ConnectorError: with what to do about it; nothing was stored.
    """
    grant = imap.connect(imap.checked(access), private=used_by_one(runtime.engine))
    return store_grant(runtime, Provider.IMAP, grant, user_id)


def connect_caldav(runtime: Runtime, access: caldav.Access, user_id: int | None = None) -> Connected:
    """Sign in to a calendar server once and store the account.

    Raises:
        ConnectorError: with what to do about it; nothing was stored.
    """
    grant = caldav.connect(access, private=used_by_one(runtime.engine))
    return store_grant(runtime, Provider.CALDAV, grant, user_id)


def connect_ical(runtime: Runtime, url: str, address: str | None, user_id: int | None = None) -> Connected:
    """Fetch a calendar once and add it to those of this person; without `address` whose it is is looked for.

    Raises:
        ConnectorError: with what to do about it; nothing was stored.
    """
    address = address or ical.owner_of(url) or _address(runtime, user_id)
    before = "" if address is None or user_id is None else _kept(runtime, user_id, address.lower())
    private = used_by_one(runtime.engine)
    grant = ical.connect(url, address, before=before, private=private, now=runtime.clock())
    return store_grant(runtime, Provider.ICAL, grant, user_id)


def _address(runtime: Runtime, user_id: int | None) -> str | None:
    with reading(runtime.engine) as connection:
        return connection.scalar(select(User.address).where(User.id == user_id)) if user_id is not None else None


def _kept(runtime: Runtime, user_id: int, address: str) -> str:
    """Return the secret of the calendars that are connected for this address already, "" if none is."""
    own = (Account.user_id == user_id, Account.provider == Provider.ICAL, Account.address == address)
    with reading(runtime.engine) as connection:
        account = connection.scalar(select(Account.id).where(*own))
    try:
        return "" if account is None else secret_of(runtime, account)
    except UnknownAccount:  # disconnected since
        return ""
