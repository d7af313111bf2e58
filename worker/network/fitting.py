"""Who could take on a job or fill a position: by what the user's own history shows, the quiet ones first."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from models.enums import Warmth
from models.history import Interaction, Participation
from models.people import Address
from worker.judgement.facts import DIRECT
from worker.network.friends import Friend
from worker.network.offers import topics_of
from worker.network.topics import PREFIX, SENSITIVE
from worker.storage.bulk import chunks
from worker.wording.text import clean

#: characters a word and its forms share at least: editor, editing, editorial
STEM = 4
TOKEN = re.compile(r"[^\W\d_]{3,24}")


@dataclass(frozen=True, slots=True)
class Fit:
    """Someone who fits, and what in the user's own history says so."""

    friend: Friend
    because: str
    quiet: bool  # it has been quiet between the two: a good reason to think of them


def fitting(
    connection: Connection, user_id: int, friends: Iterable[Friend], words: Sequence[str], now: datetime
) -> list[Fit]:
    """Find rooted people in whose subjects one of these words came up, or whose firm bears it.

    Those in a quiet stretch come first, then by name: no one is worth more than another.

    Args:
        connection: an open transaction.
        user_id: whose.
        friends: everyone.
        words: what is looked for: "editor", or the words someone else is known by.
        now: aware UTC.
    """
    stems = stems_of(words)
    rooted = {one.person: one for one in friends if one.rooted}
    if not stems or not rooted:
        return []
    subjects = _subjects(connection, user_id, rooted, stems, now)
    found = [
        Fit(one, because, one.assessment.warmth in {Warmth.COOLING, Warmth.COLD})
        for one in rooted.values()
        if (because := _because(one, subjects.get(one.person), stems))
    ]
    return sorted(found, key=lambda fit: (not fit.quiet, fit.friend.name.casefold(), fit.friend.person))


def stems_of(words: Iterable[str]) -> tuple[str, ...]:
    """Cut words to what their forms share; a sensitive word finds no one."""
    tokens = [token.casefold() for word in words for token in TOKEN.findall(word)]
    return tuple(dict.fromkeys(token[: max(STEM, len(token) - 2)] for token in tokens if token not in SENSITIVE))


def words_like(
    connection: Connection, user_id: int, person: str, friends: Iterable[Friend], now: datetime
) -> list[str]:
    """Return the words someone is known by: those that came up again and again with them, and with few others."""
    known = {one.person: one for one in friends if one.rooted or one.person == person}
    shared = topics_of(connection, user_id, known, now).common(len(known)) if person in known else {}
    return [word for word, people in shared.items() if person in people]


def _because(one: Friend, subject: str | None, stems: Sequence[str]) -> str:
    if subject is not None:
        return f"You were in touch about “{clean(subject, 60)}”."
    firm = next((firm for firm in sorted(one.firms) if any(_bears(firm, stem) for stem in stems)), None)
    return f"They write from {clean(firm, 60)}." if firm else ""


def _bears(text: str, stem: str) -> bool:
    return any(word.startswith(stem) for word in TOKEN.findall(text.casefold()))


def _touching(user_id: int, people: Sequence[str], now: datetime) -> Select[Any, Any]:
    """Ask for (person, subject) of everything between some people and the user, the newest first."""
    part, mail = Participation, Interaction
    return (
        select(Address.person, mail.subject)
        .join(part, (part.user_id == Address.user_id) & (part.address == Address.number))
        .join(mail, mail.number == part.interaction)
        .where(
            Address.user_id == user_id,
            Address.person.in_(people),
            part.touch.in_(DIRECT),
            part.counts_at <= now,
            mail.subject.is_not(None),
        )
        .order_by(part.at.desc(), mail.id)
    )


def _subjects(
    connection: Connection, user_id: int, people: Mapping[str, Friend], stems: Sequence[str], now: datetime
) -> dict[str, str]:
    """Return the newest fitting subject with each of these people; sensitive ones are passed over."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(people)):
        for person, subject in connection.execute(_touching(user_id, chunk, now)):
            if person not in found and not _sensitive(subject) and any(_bears(subject, stem) for stem in stems):
                found[person] = PREFIX.sub("", subject).strip()
    return found


def _sensitive(subject: str) -> bool:
    return any(token.casefold() in SENSITIVE for token in TOKEN.findall(subject))
