"""What the first digest says about itself, and the facts every digest stands on."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from models.accounts import Account
from models.enums import Channel, Stage
from models.history import Interaction
from worker.digest.digest import FirstFindings, Footer, Root
from worker.identity.find_person import names_of
from worker.judgement.assessment import Assessment
from worker.judgement.cooling.words import usual_in_words
from worker.judgement.facts import History, day_of
from worker.judgement.horizon import reaches
from worker.wording.spans import since

#: People the first digest names.
ROOTS = 5

Judged = Mapping[str, tuple[History, Assessment]]


def findings(connection: Connection, user_id: int, everybody: Judged, now: datetime) -> FirstFindings:
    """What the first reading found, and who matters."""
    rows = connection.execute(
        select(Interaction.channel, func.count(), func.min(Interaction.occurred_at))
        .where(Interaction.user_id == user_id, Interaction.counts_at <= now)
        .group_by(Interaction.channel)
    ).all()
    counts = {channel: count for channel, count, _ in rows}
    deepest = sorted(everybody.items(), key=lambda item: (-item[1][1].depth, item[0]))
    rooted = [(person, history, found) for person, (history, found) in deepest if found.stage is not Stage.CONTACT]
    names = names_of(connection, user_id, [person for person, _, _ in rooted[:ROOTS]])
    return FirstFindings(
        mails=counts.get(Channel.EMAIL, 0),
        meetings=counts.get(Channel.MEETING, 0),
        people=len(everybody),
        connections=len(rooted),
        since=min((begun for _, _, begun in rows), default=now),
        roots=tuple(
            Root(person, names[person], found.stage, history.first_at or now, _because(history, found, now))
            for person, history, found in rooted[:ROOTS]
        ),
    )


def _because(history: History, found: Assessment, now: datetime) -> str:
    """Say since when the two are in touch, how often, and whether they have met; no tallies."""
    known = day_of(now) - day_of(history.first_at or now)
    said = usual_in_words(found.rhythm) if found.rhythm is not None else ""
    usual = said.removeprefix("you're ").replace(" in touch", "")
    met = "; you've met" if history.last_met_at is not None else ""
    return f"In touch {since(known)}{', ' if usual else ''}{usual}{met}."


def footer(connection: Connection, user_id: int, everybody: Judged, now: datetime) -> Footer:
    """Count what the judgement stands on."""
    return Footer(
        accounts=tuple(
            connection.scalars(
                select(Account.address)
                .where(Account.user_id == user_id, Account.state != "disconnected")
                .distinct()
                .order_by(Account.address)
            )
        ),
        people=len(everybody),
        interactions=connection.scalar(
            select(func.count())
            .select_from(Interaction)
            .where(Interaction.user_id == user_id, Interaction.counts_at <= now)
        )
        or 0,
        complete_until=min((reach.newest for reach in reaches(connection, user_id, now)), default=None),
    )
