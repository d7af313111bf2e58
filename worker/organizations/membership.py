"""One person of an organization: notified first, then read; stopped, and erased."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from connectors.errors import ConnectorError, Transient
from models.accounts import Account, Secret, User
from models.enums import Provider
from models.organizations import ACTIVE, LEFT, OPTED_OUT, SKIPPED, WAITING, Member
from worker.accounts.organization_secrets import secret_for_member
from worker.accounts.providers import PROVIDERS
from worker.accounts.store import disconnect, ensure_account, put_secret
from worker.app.runtime import Runtime
from worker.app.users import add_user
from worker.decisions.erase.person import drop_unknown_lines
from worker.digest.deliver.errors import NotSent
from worker.ingest.learn import add_own_addresses
from worker.organizations.notice import leave_subject, send_notice
from worker.organizations.record import Opened
from worker.storage.engine import scrub
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute
from worker.wording.errors.sentence import sentence, write


def invite(runtime: Runtime, opened: Opened, address: str, name: str) -> None:
    """Notify a person, then begin to read; a mailbox that can't be read, or a notice that can't be sent, stops that."""
    service = PROVIDERS[opened.provider].organization
    if service is None or _connected_by_themselves(runtime, opened, address):
        return
    try:
        service.probe(runtime.settings, opened.secret, address)
    except Transient as error:
        _note(runtime, opened, address, WAITING, trouble=sentence(error))
        return
    except ConnectorError as error:
        _note(runtime, opened, address, SKIPPED, trouble=sentence(error))
        return
    now = runtime.clock()
    with writing(runtime.engine) as connection:
        user_id = add_user(connection, address, now, name=name)
        leave = leave_subject(connection, user_id)
    try:
        send_notice(runtime.settings, address=address, name=name, decided_by=opened.decided_by, leave=leave, now=now)
    except NotSent as error:
        _note(runtime, opened, address, WAITING, user_id=user_id, trouble=sentence(error))
        return
    with writing(runtime.engine) as connection:
        _begin(connection, runtime, opened, user_id, address)
    _note(runtime, opened, address, ACTIVE, user_id=user_id, noticed_at=now)


def stop(runtime: Runtime, opened: Opened, address: str, now: datetime) -> None:
    """Stop reading a person the list no longer names; what was read stays for some days."""
    found = _account(runtime, opened, address)
    if found is not None:
        disconnect(runtime, *found, erase=False)
    _note(runtime, opened, address, LEFT, left_at=now)


def erase(runtime: Runtime, opened: Opened, address: str, *, opted_out: bool) -> None:
    """Erase what came from a person's mailbox; the person too, if nothing else of theirs is connected."""
    with reading(runtime.engine) as connection:
        user_id = connection.scalar(
            select(Member.user_id).where(Member.organization_id == opened.id, Member.address == address)
        )
    found = _account(runtime, opened, address)
    if found is not None:
        disconnect(runtime, *found, erase=True)
    if user_id is not None:
        with writing(runtime.engine) as connection:
            alone = connection.scalar(select(Account.id).where(Account.user_id == user_id).limit(1)) is None
            if alone:
                connection.execute(delete(User).where(User.id == user_id))
            else:
                drop_unknown_lines(connection, user_id)
        if not alone:
            recompute(runtime, user_id)
    _note(runtime, opened, address, OPTED_OUT if opted_out else LEFT, user_id=None)
    scrub(runtime.engine)


def _begin(connection: Connection, runtime: Runtime, opened: Opened, user_id: int, address: str) -> None:
    account = ensure_account(connection, user_id, Provider(opened.provider), address, runtime)
    connection.execute(update(Account).where(Account.id == account).values(scopes="organization"))
    add_own_addresses(connection, user_id, [address], why="its account is connected", account_id=account)
    put_secret(connection, runtime, account, secret_for_member(opened.id), "read")


def _connected_by_themselves(runtime: Runtime, opened: Opened, address: str) -> bool:
    """Leave alone what a person has connected by their own sign-in, and note why."""
    with reading(runtime.engine) as connection:
        own = connection.scalar(
            select(Account.id)
            .join(User, User.id == Account.user_id)
            .join(Secret, Secret.account_id == Account.id)
            .where(
                User.address == address, Account.provider == opened.provider, Account.address == address,
                Account.scopes != "organization", Secret.purpose == "read",
            )
        )  # fmt: skip
    if own is not None:
        _note(runtime, opened, address, SKIPPED, trouble=write("organization.by_themselves", {}))
    return own is not None


def _account(runtime: Runtime, opened: Opened, address: str) -> tuple[int, int] | None:
    """Find the user and the account that an organization reads at an address."""
    with reading(runtime.engine) as connection:
        row = connection.execute(
            select(Account.user_id, Account.id)
            .join(Member, Member.user_id == Account.user_id)
            .where(
                Member.organization_id == opened.id, Member.address == address, Account.address == address,
                Account.provider == opened.provider, Account.scopes == "organization",
            )
        ).one_or_none()  # fmt: skip
    return (row.user_id, row.id) if row else None


def _note(runtime: Runtime, opened: Opened, address: str, state: str, **values: object) -> None:
    own = (Member.organization_id == opened.id, Member.address == address)
    kept = {"state": state, "trouble": None, "left_at": None} | values
    with writing(runtime.engine) as connection:
        if connection.scalar(select(Member.address).where(*own)) is None:
            connection.execute(insert(Member).values(organization_id=opened.id, address=address, **kept))
        else:
            connection.execute(update(Member).where(*own).values(**kept))
