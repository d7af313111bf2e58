"""What opens an organization's mailboxes: sealed once for all of them; an account only names its organization."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.organizations import Organization
from worker.accounts.store import UnknownAccount, secret_of
from worker.app.runtime import Runtime
from worker.app.secrets.vault import SecretOwner
from worker.storage.transactions import reading

_BEGINS = "organization:"


def secret_for_member(organization_id: int) -> str:
    """Return what stands in an account of an organization for a sign-in of its own."""
    return f"{_BEGINS}{organization_id}"


def owner_of(provider: str, name: str) -> SecretOwner:
    """Return whose secret an organization's is: no one's in particular."""
    return SecretOwner(0, provider, name, "organization")


def open_secret(runtime: Runtime, account_id: int) -> tuple[str, bool]:
    """Open what reads an account, and say whether it is its organization's.

    Raises:
        UnknownAccount: it was disconnected, or its organization was.
        WrongKey: no key at hand fits.
    """
    own = secret_of(runtime, account_id)
    if not own.startswith(_BEGINS):
        return own, False
    with reading(runtime.engine) as connection:
        return organization_secret(connection, runtime, int(own.removeprefix(_BEGINS))), True


def organization_secret(connection: Connection, runtime: Runtime, organization_id: int) -> str:
    """Open what reads the mailboxes of an organization.

    Raises:
        UnknownAccount: it was disconnected.
        WrongKey: no key at hand fits.
    """
    row = connection.execute(
        select(Organization.provider, Organization.name, Organization.sealed).where(Organization.id == organization_id)
    ).one_or_none()
    if row is None:
        raise UnknownAccount("account.disconnected")
    return runtime.vault.open(row.sealed, owner_of(row.provider, row.name))
