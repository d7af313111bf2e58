"""An organization as it is stored, opened for work."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.engine import Connection

from models.organizations import OPTED_OUT, Member, OptOut, Organization
from worker.accounts.organization_secrets import organization_secret
from worker.app.runtime import Runtime
from worker.organizations.allowed import Allowed, allowed_of
from worker.storage.transactions import reading

#: How often the people of an organization are compared with its allow-list.
EVERY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Opened:
    """An organization, its secret and its allow-list."""

    id: int
    provider: str
    name: str
    decided_by: str
    allowed: Allowed
    secret: str = field(repr=False)


def opened(runtime: Runtime, organization_id: int) -> Opened:
    """Open an organization.

    Raises:
        UnknownAccount: it was disconnected.
        WrongKey: no key at hand fits.
    """
    with reading(runtime.engine) as connection:
        secret = organization_secret(connection, runtime, organization_id)
        row = connection.execute(
            select(Organization.provider, Organization.name, Organization.decided_by, Organization.allowed).where(
                Organization.id == organization_id
            )
        ).one()
    return Opened(organization_id, row.provider, row.name, row.decided_by, allowed_of(row.allowed), secret)


def due_organizations(connection: Connection, now: datetime) -> list[int]:
    """Name the organizations to be looked after: twice a day, and at once where someone has opted out."""
    opted = exists().where(
        Member.organization_id == Organization.id, Member.state != OPTED_OUT, OptOut.address == Member.address
    )
    due = or_(Organization.checked_at.is_(None), Organization.checked_at < now - EVERY, opted)
    return list(connection.scalars(select(Organization.id).where(due).order_by(Organization.id)))
