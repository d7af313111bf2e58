"""Who knows someone at a firm: among colleagues who have all agreed to say so, and only as a word for a stage."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from connectors.services.known import domain_of, of_domain
from models.accounts import User
from models.enums import Stage
from models.errors import CodedError
from models.judgement import StoredAssessment
from models.organizations import ACTIVE, Member, Organization, Sharing
from models.people import Address
from worker.wording.text import name_of

_STAGES = list(Stage)


class NoTeam(CodedError):  # noqa: N818 - says what is wrong
    """There is no one to share with, or no consent to."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A colleague who knows someone there, and how deep the deepest of these relationships is."""

    name: str
    address: str
    stage: Stage


def share(connection: Connection, user_id: int, now: datetime) -> str:
    """Agree to show colleagues who one knows at a firm; returns the team's name.

    Raises:
        NoTeam: the user's address belongs to no team.
    """
    team = _team_of(connection, user_id)
    connection.execute(delete(Sharing).where(Sharing.user_id == user_id))
    connection.execute(insert(Sharing).values(user_id=user_id, team=team, since=now))
    return team


def stop_sharing(connection: Connection, user_id: int) -> bool:
    """Take the consent back; False if there was none."""
    gone = connection.execute(delete(Sharing).where(Sharing.user_id == user_id).returning(Sharing.user_id)).all()
    return bool(gone)


def who_knows(connection: Connection, user_id: int, firm: str) -> list[Colleague]:
    """Name the colleagues who know someone at a firm, if the one who asks shares as they do.

    Args:
        connection: an open view.
        user_id: who asks.
        firm: its domain, or the word before the domain's ending.

    Raises:
        NoTeam: whoever asks does not share.
    """
    team = connection.scalar(select(Sharing.team).where(Sharing.user_id == user_id))
    if team is None or team != _team_of(connection, user_id):
        raise NoTeam("organization.not_sharing")
    wanted = firm.strip().lower().removeprefix("@")
    colleagues = connection.execute(
        select(User.id, User.name, User.address)
        .join(Sharing, Sharing.user_id == User.id)
        .where(Sharing.team == team, User.id != user_id)
    ).all()
    found = []
    for one in colleagues:
        stage = _deepest(connection, one.id, wanted) if _is_of(connection, one.id, team) else None
        if stage is not None:
            found.append(Colleague(name_of(one.name, one.address), one.address, stage))
    return sorted(found, key=lambda each: (-_STAGES.index(each.stage), each.name, each.address))


def _deepest(connection: Connection, user_id: int, firm: str) -> Stage | None:
    """Return the deepest stage of a person at a firm; a mere contact is no answer."""
    rows = connection.execute(
        select(Address.address, StoredAssessment.stage)
        .join(
            StoredAssessment,
            (StoredAssessment.user_id == Address.user_id) & (StoredAssessment.person == Address.person),
        )
        .where(
            Address.user_id == user_id,
            Address.kind == "person",
            StoredAssessment.stage != Stage.CONTACT,
            Address.address.contains(firm, autoescape=True),
        )
    ).all()
    stages = [Stage(row.stage) for row in rows if is_at(row.address, firm)]
    return max(stages, key=_STAGES.index, default=None)


def is_at(address: str, firm: str) -> bool:
    """Whether an address is at a firm: its domain, one below it, or the word that its domain begins with."""
    domain = domain_of(address)
    if "." in firm:
        return domain == firm or domain.endswith(f".{firm}")
    return bool(firm) and of_domain(domain) is None and firm in domain.split(".")[:-1]


def _team_of(connection: Connection, user_id: int) -> str:
    organization = connection.scalars(
        select(Organization.name)
        .join(Member, Member.organization_id == Organization.id)
        .where(Member.user_id == user_id, Member.state == ACTIVE)
        .order_by(Organization.id)
    ).first()
    if organization is not None:
        return organization
    domain = domain_of(connection.scalars(select(User.address).where(User.id == user_id)).one())
    if of_domain(domain) is not None:  # everyone has an address there
        raise NoTeam("organization.no_team", domain=domain)
    return domain


def _is_of(connection: Connection, user_id: int, team: str) -> bool:
    """Whether someone still belongs to the team they once agreed to share with."""
    try:
        return _team_of(connection, user_id) == team
    except NoTeam:
        return False
