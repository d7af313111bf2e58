"""Recognising introductions: a mail that names itself one, and brings somebody nobody had heard of before."""

import re
from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import Channel, Direction, Role, Touch
from models.history import Interaction, Participation
from models.judgement import Introduction
from worker.storage.bulk import chunks, put

#: How an introduction is worded in a subject: English, German, French, Spanish, and the arrows people draw.
WORDING = re.compile(
    r"\bintro(?:s|ducing|duction|duce|ducción)?\b|<-?>|\bmeet\b|\bconnecting\b|vorstell|présent(?:ation|er)|presentaci",
    re.IGNORECASE,
)
#: What the database can look for before the wording is read exactly.
HINTED = or_(
    *(
        func.lower(Interaction.subject).contains(notify, autoescape=True)
        for notify in ("intro", "<>", "<->", "meet", "connecting", "vorstell", "présent", "presentaci")
    )
)
#: An introduction is between few: introducer, introduced, the user, and somebody in copy.
MOST = 6


def recognise(connection: Connection, user_id: int, addresses: Sequence[str]) -> set[str]:
    """Note by whom these addresses were introduced to the user, if they were; what no longer holds goes.

    Returns the addresses that have become, or no longer are, an introducer of one of them.
    """
    part, mail = Participation, Interaction
    changed: set[str] = set()
    for chunk in chunks(addresses):
        before = {
            tuple(row)
            for row in connection.execute(
                delete(Introduction)
                .where(Introduction.user_id == user_id, Introduction.introduced.in_(chunk))
                .returning(Introduction.introducer, Introduction.introduced)
            )
        }
        found = connection.execute(
            select(part.address, part.interaction_id, part.at, mail.subject)
            .join(mail, (mail.user_id == part.user_id) & (mail.id == part.interaction_id))
            .where(
                part.user_id == user_id,
                part.address.in_(chunk),
                part.touch == Touch.SEEN,
                mail.channel == Channel.EMAIL,
                mail.direction == Direction.IN,
                mail.group_size.between(3, MOST),
                HINTED,
            )
        ).all()
        rows = [
            (user_id, row.interaction_id, introducer, row.address, seconds(row.at))
            for row in found
            if WORDING.search(row.subject)
            and _first_heard_of(connection, user_id, row.address) == row.at
            and (introducer := _sender(connection, user_id, row.interaction_id))
        ]
        put(connection, Introduction, ("user_id", "interaction_id", "introducer", "introduced", "at"), rows)
        changed |= {introducer for introducer, _ in before ^ {(row[2], row[3]) for row in rows}}
    return changed


def _first_heard_of(connection: Connection, user_id: int, address: str) -> object:
    return connection.scalar(
        select(func.min(Participation.at)).where(Participation.user_id == user_id, Participation.address == address)
    )


def _sender(connection: Connection, user_id: int, interaction_id: str) -> str | None:
    return connection.scalar(
        select(Participation.address).where(
            Participation.user_id == user_id,
            Participation.interaction_id == interaction_id,
            Participation.role == Role.FROM,
        )
    )
