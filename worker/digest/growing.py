"""The lines about more than one: two who might like to know each other, and some who could rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from worker.digest.choose.choice import Candidate, Listing
from worker.digest.choose.occasions.leave import lately
from worker.digest.choose.occasions.season import may_be_yearly, season_of
from worker.digest.choose.repeats import asked_to_rest
from worker.digest.digest import Last, Line, LineKind, Other
from worker.digest.history import leaves, past, quiet
from worker.identity.where_to_write import where_to_write
from worker.judgement.facts import contact_days, day_of
from worker.network.friends import Friend
from worker.network.offers import Pair, offer
from worker.network.tended import said_to_tend, tended_by
from worker.network.tending import to_rest

#: a proposal to let some rest comes once a quarter at most
QUARTER = timedelta(days=91)


def growing_lines(
    connection: Connection,
    user_id: int,
    candidates: Sequence[Candidate],
    lines: Sequence[Line],
    period: str,
    now: datetime,
) -> tuple[Line, ...]:
    """Choose at most one offer and one proposal, beside the lines there are; no one is named twice."""
    earlier = past(connection, user_id, period, now)
    away = lately(leaves(connection, user_id, now), now)
    unwanted = {line.person for line in lines} | quiet(connection, user_id, now).keys()
    unwanted |= {person for person, until in away.items() if until > now}
    people = {one.person: one for one in candidates if one.person not in unwanted}
    friends = [_friend(one) for one in people.values()]
    found: list[Line] = []
    pair = offer(connection, user_id, friends, _pairs(earlier), now)
    if pair is not None:
        one, other = (_other(connection, user_id, friend, now) for friend in (pair.one, pair.other))
        stage = pair.one.assessment.stage
        step = "Ask both first. If they'd like to, introduce them."
        found.append(
            Line(
                one.person, one.name, one.address, LineKind.OFFER, pair.because, Last(), step, stage,
                others=(other,), draft=pair.subject,
            )
        )  # fmt: skip
    if not any(line.kind is LineKind.REST and now - line.listed_at < QUARTER for line in earlier):
        named = {other.person for line in found for other in line.others} | {line.person for line in found}
        named |= {line.person for line in earlier if line.person in people and _stands(line, people[line.person])}
        named |= {one.person for one in people.values() if _yearly(one, now) or asked_to_rest(one, earlier)}
        found += _rests(connection, user_id, candidates, [one for one in friends if one.person not in named], now)
    return tuple(found)


def _rests(
    connection: Connection, user_id: int, everybody: Iterable[Candidate], friends: Iterable[Friend], now: datetime
) -> Iterable[Line]:
    usual = tended_by({one.person: (one.history, one.assessment) for one in everybody}, now)
    resting = to_rest(friends, said_to_tend(connection, user_id) or usual)
    if resting:
        first, *others = (_other(connection, user_id, friend, now) for friend in resting)
        why = (
            "More relationships are getting quieter than you usually keep up with. "
            "It's fine to let some rest; they're back as soon as they write."
        )
        step = "Let them rest with `keepwarm rest NAME`, or write to whoever you miss."
        stage = resting[0].assessment.stage
        yield Line(
            first.person, first.name, first.address, LineKind.REST, why, Last(), step, stage, others=tuple(others)
        )


def _yearly(one: Candidate, now: datetime) -> bool:
    """Whether the two are in touch once a year, or may be: that is how it is, and nothing to let go."""
    contacts = contact_days(one.history.days)
    return season_of(contacts, day_of(now)) is not None or may_be_yearly(contacts, day_of(now))


def _stands(line: Listing, one: Candidate) -> bool:
    """Whether a proposal to rest, or a thank-you, was said, and nothing has happened since: none rests unthanked."""
    contacts = contact_days(one.history.days)
    said = line.kind in {LineKind.REST, LineKind.THANKS}
    return said and bool(contacts) and day_of(line.listed_at) > contacts[-1]


def _pairs(earlier: Iterable[Listing]) -> Mapping[Pair, datetime]:
    """Find the pairs that were offered: two lines of one digest."""
    together: dict[datetime, set[str]] = defaultdict(set)
    for line in earlier:
        if line.kind is LineKind.OFFER:
            together[line.listed_at].add(line.person)
    return {frozenset(pair): at for at, pair in together.items()}


def _friend(one: Candidate) -> Friend:
    by = one.history.introduced_by
    return Friend(one.person, one.name, one.person, one.addresses, one.assessment, by)


def _other(connection: Connection, user_id: int, friend: Friend, now: datetime) -> Other:
    return Other(friend.person, friend.name or friend.person, where_to_write(connection, user_id, friend.person, now))
