"""Looking after an organization: joiners are notified, then read; leavers are erased; objections are respected."""

from sqlalchemy import select, update

from connectors.errors import ConnectorError
from models.organizations import Member, OptOut, Organization
from worker.accounts.providers import PROVIDERS
from worker.app.runtime import Runtime
from worker.organizations.allowed import NotAllowed, people_of
from worker.organizations.changes import Standing, changes
from worker.organizations.membership import erase, invite, stop
from worker.organizations.record import Opened, opened
from worker.storage.transactions import reading, writing
from worker.wording.errors.sentence import sentence


def look_after(runtime: Runtime, organization_id: int) -> str | None:
    """Compare an organization's people with its allow-list and their own wishes, and do what follows.

    Returns:
        What its administrator has to do, None if nothing.

    Raises:
        UnknownAccount: it was disconnected.
        WrongKey: no key at hand fits.
    """
    at_hand = opened(runtime, organization_id)
    service = PROVIDERS[at_hand.provider].organization
    trouble, advice = None, None
    if service is not None:
        try:
            people = _carry_out(runtime, at_hand)
            advice = service.advice(runtime.settings, at_hand.secret) if people else None
        except (ConnectorError, NotAllowed, OSError) as error:
            trouble = sentence(error)
            _opted_out(runtime, at_hand)  # a no needs no directory
    now = runtime.clock()
    with writing(runtime.engine) as connection:
        connection.execute(
            update(Organization)
            .where(Organization.id == organization_id)
            .values(checked_at=now, trouble=trouble, advice=advice)
        )
    return trouble


def _carry_out(runtime: Runtime, at_hand: Opened) -> int:
    service = PROVIDERS[at_hand.provider].organization
    assert service is not None  # noqa: S101 - its caller has looked
    allowed, people = people_of(at_hand.allowed, service.directory(runtime.settings, at_hand.secret))
    if not people:  # far more likely a slip than an organization without people: no one leaves by that
        raise NotAllowed("organization.nobody_allowed")
    with writing(runtime.engine) as connection:
        connection.execute(update(Organization).where(Organization.id == at_hand.id).values(allowed=allowed.encoded()))
    now = runtime.clock()
    wanted = changes(people.keys(), _standing(runtime, at_hand), _opt_outs(runtime), now)
    for address in wanted.opted_out:
        erase(runtime, at_hand, address, opted_out=True)
    for address in wanted.stop:
        stop(runtime, at_hand, address, now)
    for address in wanted.erase:
        erase(runtime, at_hand, address, opted_out=False)
    for address in wanted.invite:
        invite(runtime, at_hand, address, people[address])
    return len(people)


def _opted_out(runtime: Runtime, at_hand: Opened) -> None:
    known = _standing(runtime, at_hand)
    for address in changes(known.keys(), known, _opt_outs(runtime), runtime.clock()).opted_out:
        erase(runtime, at_hand, address, opted_out=True)


def _standing(runtime: Runtime, at_hand: Opened) -> dict[str, Standing]:
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(Member.address, Member.state, Member.user_id, Member.left_at).where(
                Member.organization_id == at_hand.id
            )
        ).all()
    return {row.address: Standing(row.state, row.user_id, row.left_at) for row in rows}


def _opt_outs(runtime: Runtime) -> set[str]:
    with reading(runtime.engine) as connection:
        return set(connection.scalars(select(OptOut.address)))
