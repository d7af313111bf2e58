"""How things stand with people as of any moment: the judgement together with their names and addresses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from worker.identity.find_person import everybody
from worker.judgement.assess import Assessment
from worker.judgement.facts import History
from worker.judgement.refresh import judged
from worker.judgement.rules import RuleBook


@dataclass(frozen=True, slots=True)
class Relationship:
    """One person, what happened, and what we think of it."""

    person: str
    name: str
    addresses: tuple[str, ...]
    history: History
    judgement: Assessment


def relationships(
    connection: Connection, user_id: int, rulebook: RuleBook, now: datetime, people: Collection[str] | None = None
) -> list[Relationship]:
    """Judge everybody, or `people`, anew as of `now`; in order of the people's keys."""
    found = judged(connection, user_id, rulebook, now)
    known = everybody(connection, user_id)
    return [
        Relationship(person, known[person].name, known[person].addresses, history, judgement)
        for person, (history, judgement) in sorted(found.items())
        if people is None or person in people
    ]
