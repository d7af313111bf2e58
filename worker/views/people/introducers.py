"""Who could introduce the user to someone, or to someone at a place: those who know them by what was seen.

Warm and rooted relationships come first: no one is asked for a favor by someone they hardly know.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from models.enums import Stage, Warmth
from models.history import Interaction, Participation
from models.judgement import Introduction
from models.people import Address
from worker.addresses.freemail import is_freemail
from worker.identity.find_person import everybody, fitting
from worker.judgement.keep.stored import Relationship, current
from worker.views.session import View

#: A meeting or an email of more people says little about who knows each other.
FEW = 10
#: Introducers given; addresses that are looked for.
MOST, TARGETS = 10, 200
STAGES = (Stage.DEEP, Stage.ROOTED, Stage.GROWING)


@dataclass(frozen=True, slots=True)
class Introducer:
    """Someone who could introduce the user, and why they might know whoever is meant, in one sentence."""

    person: str
    name: str
    stage: Stage
    warmth: Warmth
    why: str


def who_can_introduce(view: View, to: str) -> list[Introducer]:
    """Find people who could introduce the user.

    Args:
        view: whose network.
        to: a person's name or address, or a place: "@acme.example", "acme.example".
    """
    targets, place = _meant(view, to)
    found: dict[str, str] = {}
    if place:
        for one in _at(view, place):
            found.setdefault(one, f"Their address is at {place}.")
    for one in _introduced(view, targets):
        found.setdefault(one, "They have introduced you to someone there before.")
    for one in _seen_with(view, targets):
        found.setdefault(one, "They were in an email or a meeting together.")
    theirs = set(targets) if not place else set()
    known = current(view.connection, view.user_id, sorted(found.keys() - theirs)) if found else []
    fit = [one for one in known if one.judgement.stage in STAGES and not theirs.intersection(one.addresses)]
    fit.sort(key=_order)
    return [
        Introducer(one.person, one.name, one.judgement.stage, one.judgement.warmth, found[one.person])
        for one in fit[:MOST]
    ]


def _order(one: Relationship) -> tuple[int, bool, str]:
    return STAGES.index(one.judgement.stage), one.judgement.warmth is not Warmth.WARM, one.person


def _meant(view: View, to: str) -> tuple[list[str], str]:
    """Return the addresses that are meant, and the domain if it is a place."""
    said = to.strip().lower().removeprefix("@")[:300]
    if "@" in said or "." not in said or " " in said:
        people = fitting(said, everybody(view.connection, view.user_id).values()) if said else []
        return sorted({address for one in people for address in one.addresses} | ({said} if "@" in said else set()))[
            :TARGETS
        ], ""
    if is_freemail(said):
        return [], ""
    there = select(Address.address).where(
        Address.user_id == view.user_id, Address.address.endswith(f"@{said}", autoescape=True)
    )
    return list(view.connection.scalars(there.order_by(Address.address).limit(TARGETS))), said


def _at(view: View, place: str) -> Collection[str]:
    return view.connection.scalars(
        select(Address.person).where(
            Address.user_id == view.user_id,
            Address.person.is_not(None),
            Address.address.endswith(f"@{place}", autoescape=True),
        )
    ).all()  # type: ignore[return-value]  # None was left out


def _introduced(view: View, targets: Collection[str]) -> Collection[str]:
    introduction = Introduction
    return view.connection.scalars(
        select(Address.person)
        .join(introduction, (introduction.user_id == Address.user_id) & (introduction.introducer == Address.address))
        .where(
            Address.user_id == view.user_id,
            Address.person.is_not(None),
            introduction.counts,
            introduction.introduced.in_(targets),
        )
    ).all()  # type: ignore[return-value]  # None was left out


def _seen_with(view: View, targets: Collection[str]) -> Collection[str]:
    """Name the people who were in something small together with one of these addresses, the newest first."""
    one: Any = aliased(Participation.__table__)
    meant: Any = aliased(Address.__table__)
    rows = view.connection.scalars(
        select(Address.person)
        .join(Participation, (Participation.user_id == Address.user_id) & (Participation.address == Address.number))
        .join(Interaction, Interaction.number == Participation.interaction)
        .join(one, one.c.interaction == Interaction.number)
        .where(
            Address.user_id == view.user_id,
            Address.person.is_not(None),
            one.c.user_id == view.user_id,
            one.c.address.in_(
                select(meant.c.number).where(meant.c.user_id == view.user_id, meant.c.address.in_(targets))
            ),
            Address.address.not_in(targets),
            Interaction.group_size <= FEW,
            Interaction.counts_at <= view.now,
        )
        .order_by(Interaction.occurred_at.desc())
        .limit(500)
    )
    return list(dict.fromkeys(str(person) for person in rows))
