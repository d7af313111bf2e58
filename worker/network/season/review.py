"""Looking back on a quarter: a few names, and how the whole has grown. No grade, and no count of who gave what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.enums import Stage
from models.people import Decision
from worker.identity.find_person import names_of
from worker.identity.resolve import clusters_of
from worker.judgement.facts import day_of
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.relationships import with_histories
from worker.judgement.rules import RuleBook
from worker.network.introductions.known import counted
from worker.network.season.past import Past, earliest
from worker.network.season.quarters import Quarter, quarter_of
from worker.network.season.standing import Standing

#: quarters in the picture
QUARTERS = 12
ORDER = list(Stage)


class Named(NamedTuple):
    """Someone, by key and name."""

    person: str
    name: str


class Deepened(NamedTuple):
    """Someone who became closer, and how close."""

    person: str
    name: str
    stage: Stage


class Opened(NamedTuple):
    """A door that opened, and led to something."""

    introducer: Named
    introduced: Named


@dataclass(frozen=True, slots=True)
class Season:
    """One quarter, looked back on."""

    quarter: Quarter
    took_root: tuple[Named, ...] = ()
    deepened: tuple[Deepened, ...] = ()
    rested: tuple[Named, ...] = ()
    doors: tuple[Opened, ...] = ()
    met: int = 0  # people first in direct touch in the quarter
    stayed: tuple[Named, ...] = ()  # those among them where it became two-way
    years: tuple[Standing, ...] = ()

    @property
    def says_nothing(self) -> bool:
        """True for a quarter in which nothing is worth mentioning."""
        return not (self.took_root or self.deepened or self.rested or self.doors)


def review(
    connection: Connection, user_id: int, rules: RulesSource, now: datetime, quarter: Quarter | None = None
) -> Season:
    """Look back on the last whole quarter before `now`, or on the one given, knowing what is known at `now`."""
    quarter = quarter or quarter_of(now).before
    everybody = with_histories(connection, user_id, rules, now, threads=True)
    past = {
        person: found
        for person, (history, judgement) in everybody.items()
        if (found := Past.of(history, relates=judgement.no_relationship is None)) is not None
    }
    rested, muted = _decided(connection, user_id, quarter)
    led = [
        (one.introducer, one.introduced)
        for one in counted(connection, user_id, now)
        if one.introduced in past and _began(past[one.introduced], quarter)
        if not muted & {one.introducer, one.introduced}
    ]
    names = names_of(connection, user_id, {*past, *rested, *(friend for friend, _ in led)})
    return looked_back(past, names, rules(), quarter, rested=rested, led=led, unnamed=muted)


def looked_back(
    past: Mapping[str, Past],
    names: Mapping[str, str],
    rulebook: RuleBook,
    quarter: Quarter,
    *,
    rested: Sequence[str],
    led: Sequence[tuple[str, str]],
    unnamed: Collection[str] = frozenset(),
) -> Season:
    """Look back on a quarter from everyone's past (pure); names come in alphabetical order, `unnamed` in none."""
    first, last = day_of(quarter.begins), quarter.last_day
    new = {person for person, one in past.items() if first <= one.first <= last}
    began = {person for person, one in past.items() if _began(one, quarter)}
    deepened = []
    for person, one in past.items():
        if person in began or person in unnamed or not one.two_way(last):
            continue
        before, after = (one.stage(day, rulebook) for day in (first - 1, last))
        if after in {Stage.ROOTED, Stage.DEEP} and ORDER.index(after) > ORDER.index(before):
            deepened.append(Deepened(person, names[person], after))

    def named(people: Iterable[str]) -> tuple[Named, ...]:
        found = (Named(person, names[person]) for person in people if person not in unnamed)
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.person)))

    return Season(
        quarter,
        took_root=named(began),
        deepened=tuple(sorted(deepened, key=lambda one: (one.name.casefold(), one.person))),
        rested=named(rested),
        doors=tuple(Opened(Named(one, names[one]), Named(other, names[other])) for one, other in led),
        met=len(new),
        stayed=named(new & began),
        years=_years(past, rulebook, quarter),
    )


def _began(one: Past, quarter: Quarter) -> bool:
    since = one.two_way_since
    return since is not None and day_of(quarter.begins) <= since <= quarter.last_day


def _years(past: Mapping[str, Past], rulebook: RuleBook, quarter: Quarter) -> tuple[Standing, ...]:
    """Say how the whole stood at the end of each quarter, the oldest first; none from before the history began."""
    begins = earliest(past.values())
    found: list[Standing] = []
    for _ in range(QUARTERS):
        if begins is None or quarter.last_day < begins:
            break
        found.append(_standing(past, rulebook, quarter))
        quarter = quarter.before
    return tuple(reversed(found))


def _standing(past: Mapping[str, Past], rulebook: RuleBook, quarter: Quarter) -> Standing:
    day = quarter.last_day
    current = [one for one in past.values() if one.current(day)]
    stages = [one.stage(day, rulebook) for one in current if one.two_way(day)]
    return Standing(quarter.key, len(current) - len(stages), *(stages.count(stage) for stage in ORDER))


def _decided(connection: Connection, user_id: int, quarter: Quarter) -> tuple[list[str], frozenset[str]]:
    """Name the people the user let rest in a quarter, and those never to be mentioned."""
    rows = connection.execute(
        select(Decision.kind, Decision.subject, Decision.at).where(
            Decision.user_id == user_id, Decision.kind.in_(("rest", "mute"))
        )
    ).all()
    person = clusters_of(connection, user_id).person if rows else str
    rested = {person(row.subject) for row in rows if row.kind == "rest" and quarter.begins <= row.at < quarter.ends}
    return sorted(rested), frozenset(person(row.subject) for row in rows if row.kind == "mute")
