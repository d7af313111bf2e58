"""Key rotation: what an older key has sealed is sealed with the newest, piece by piece, while everything goes on."""

from sqlalchemy import Engine, select, update

from models.access import Outlet
from models.accounts import Account, Secret
from models.organizations import Organization
from worker.app.logs import Logger
from worker.app.secrets.vault import SecretOwner, Vault, WrongKey
from worker.storage.transactions import reading, writing

#: Accounts whose sign-ins are sealed again in one piece.
PIECE = 100

log = Logger(__name__)


def reseal(engine: Engine, vault: Vault, *, after: int = 0, most: int = PIECE) -> int | None:
    """Seal one piece of the sign-ins with the newest key; returns the account to go on after, None at the end.

    What an earlier version has sealed without binding it to its account is bound now. A sign-in that was renewed in
    the meantime stays as it is: only the very bytes that were opened are replaced.
    """
    if not after:
        _reseal_organizations(engine, vault)
    old = (Secret.account_id > after, Secret.key.in_(vault.outdated))
    with reading(engine) as connection:
        accounts = connection.scalars(
            select(Secret.account_id).distinct().where(*old).order_by(Secret.account_id).limit(most)
        ).all()
        found = connection.execute(
            select(Secret.account_id, Secret.sealed, Secret.purpose, Account.user_id, Account.provider, Account.address)
            .join(Account, Account.id == Secret.account_id)
            .where(Secret.account_id.in_(accounts), *old)
        ).all()
    sealed: list[tuple[int, bytes, bytes]] = []
    for row in found:
        owner = SecretOwner(row.user_id, row.provider, row.address, row.purpose)
        try:
            sealed.append((row.account_id, row.sealed, vault.reseal(row.sealed, owner)))
        except WrongKey:  # the account says so itself, when it is read next
            log.warning("a sign-in does not open", account=row.account_id)
    if sealed:
        with writing(engine) as connection:
            for account_id, before, now in sealed:
                connection.execute(
                    update(Secret)
                    .where(Secret.account_id == account_id, Secret.sealed == before)
                    .values(sealed=now, key=vault.newest)
                )
        log.info("sealed with the newest key", sign_ins=len(sealed))
    return int(accounts[-1]) if len(accounts) == most else None


def reseal_outlets(engine: Engine, vault: Vault) -> None:
    """Seal the addresses of outlets, of which there are few, with the newest key."""
    with reading(engine) as connection:
        found = connection.execute(select(Outlet.__table__).where(Outlet.key.in_(vault.outdated))).all()
    for row in found:
        own = (Outlet.user_id == row.user_id, Outlet.id == row.id, Outlet.sealed == row.sealed)
        try:
            sealed = vault.reseal(row.sealed, SecretOwner(row.user_id, "outlet", row.id, row.kind))
        except WrongKey:  # the list of outlets says so
            log.warning("the address of an outlet does not open", outlet=row.id)
            continue
        with writing(engine) as connection:
            connection.execute(update(Outlet).where(*own).values(sealed=sealed, key=vault.newest))


def _reseal_organizations(engine: Engine, vault: Vault) -> None:
    """Seal what opens whole organizations; there are few."""
    with writing(engine) as connection:
        for row in connection.execute(select(Organization).where(Organization.key.in_(vault.outdated))).all():
            owner = SecretOwner(0, row.provider, row.name, "organization")
            try:
                sealed = vault.reseal(row.sealed, owner)
            except WrongKey:
                log.warning("an organization's secret does not open", organization=row.id)
                continue
            connection.execute(
                update(Organization).where(Organization.id == row.id).values(sealed=sealed, key=vault.newest)
            )


def reseal_all(engine: Engine, vault: Vault) -> None:
    """Seal every sign-in, and every address of an outlet, with the newest key that is not yet."""
    reseal_outlets(engine, vault)
    after: int | None = 0
    while after is not None:
        after = reseal(engine, vault, after=after)
