"""Connecting an organization by one step of its administrator, and disconnecting it."""

from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from models.enums import Provider
from models.errors import CodedError
from models.organizations import Member, Organization
from worker.accounts.organization_secrets import owner_of
from worker.accounts.providers import PROVIDERS
from worker.app.runtime import Runtime
from worker.digest.deliver.errors import NotSent
from worker.digest.deliver.smtp import post_of
from worker.organizations.allowed import Allowed, NotAllowed, people_of
from worker.organizations.membership import erase, stop
from worker.organizations.record import opened
from worker.storage.transactions import reading, writing


class NoOrganization(CodedError):  # noqa: N818 - says what is wrong
    """There is no such organization, or its people can't be notified."""


def connect_organization(
    runtime: Runtime, provider: Provider, *, name: str, decided_by: str, secret: str, allowed: Allowed
) -> int:
    """Store an organization, or connect it again, if its mailboxes can be read and its people can be notified.

    Args:
        runtime: the installation.
        provider: one whose descriptor has an `organization`.
        name: its domain, or the tenant's id.
        decided_by: the address of whoever decided it.
        secret: what opens its mailboxes.
        allowed: whose mailboxes may be read.

    Raises:
        NoOrganization: there is no way to notify its people.
        NotAllowed: the allow-list names no one.
        ConnectorError: with what an administrator has to do; nothing was stored.
    """
    service = PROVIDERS[provider].organization
    if service is None:
        raise NoOrganization("organization.unknown", name=name)
    if not _can_notify(runtime):
        raise NoOrganization("organization.cannot_tell")
    allowed, people = people_of(allowed, service.directory(runtime.settings, secret))
    if not people:
        raise NotAllowed("organization.nobody_allowed")
    service.check(runtime.settings, secret, sorted(people))
    values: dict[str, Any] = {
        "decided_by": decided_by.lower(), "allowed": allowed.encoded(), "connected_at": runtime.clock(),
        "sealed": runtime.vault.seal(secret, owner_of(provider, name)), "key": runtime.vault.newest,
        "checked_at": None, "trouble": None,
    }  # fmt: skip
    with writing(runtime.engine) as connection:
        return _store(connection, provider, name, values)


def _store(connection: Connection, provider: Provider, name: str, values: dict[str, Any]) -> int:
    own = (Organization.provider == provider, Organization.name == name)
    found = connection.scalar(select(Organization.id).where(*own))
    if found is not None:
        connection.execute(update(Organization).where(Organization.id == found).values(**values))
        return found
    return connection.execute(
        insert(Organization).values(provider=provider, name=name, **values).returning(Organization.id)
    ).scalar_one()


def _can_notify(runtime: Runtime) -> bool:
    """Whether there is a mail server for the notices: a folder reaches no one."""
    try:
        return post_of(runtime.settings.smtp_url.get_secret_value()).kind != "file"
    except NotSent:
        return False


def find_organization(runtime: Runtime, name: str) -> int:
    """Find an organization by its name.

    Raises:
        NoOrganization: there is none.
    """
    with reading(runtime.engine) as connection:
        found = connection.scalars(select(Organization.id).where(Organization.name == name.lower())).all()
    if len(found) != 1:
        raise NoOrganization("organization.unknown", name=name)
    return found[0]


def disconnect_organization(runtime: Runtime, organization_id: int, *, everything: bool) -> int:
    """Stop reading all of an organization's people; `everything` erases what was read. Gives how many they were.

    A person's no stays: it is not the organization's.
    """
    at_hand = opened(runtime, organization_id)
    with reading(runtime.engine) as connection:
        people = connection.scalars(
            select(Member.address).where(Member.organization_id == organization_id, Member.user_id.is_not(None))
        ).all()
    for address in people:
        if everything:
            erase(runtime, at_hand, address, opted_out=False)
        else:
            stop(runtime, at_hand, address, runtime.clock())
    with writing(runtime.engine) as connection:
        connection.execute(delete(Organization).where(Organization.id == organization_id))
    return len(people)
