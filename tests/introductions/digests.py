"""Thank-yous and offers over most of a year of digests, against a truth that was written first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from models.judgement import StoredDigest
from models.records import Mailbox
from tests.introductions.scored import Score, home_of
from tests.introductions.world import BEGINS, DAY, HOUR, ME, World
from worker.decisions.introductions import never_introduce
from worker.digest.compose import compose
from worker.digest.digest import LineKind
from worker.digest.history import note
from worker.storage.bulk import put
from worker.storage.transactions import writing

#: digests are read from this day of the story on, so many weeks
FROM, WEEKS = BEGINS + 441 * DAY, 40
#: matters that two people may share; none of them names anybody else
MATTERS = {
    "en": ["Photovoltaics", "Beekeeping", "Cartography", "Translation", "Ceramics", "Logistics", "Divorce"],
    "de": ["Wärmepumpen", "Imkerei", "Kartographie", "Übersetzung", "Keramik", "Logistik", "Scheidung"],
    "fr": ["Aquaculture", "Apiculture", "Cartographie", "Traduction", "Céramique", "Logistique", "Licenciement"],
}


@dataclass(slots=True)
class Due:
    """What a thoughtful friend would say in these weeks, and what they would not."""

    thanks: set[str] = field(default_factory=set)  # introducers, by address
    offers: set[frozenset[str]] = field(default_factory=set)  # whatever may be known: with subjects off, few show
    refused: list[tuple[str, str]] = field(default_factory=list)


def tell(world: World) -> Due:
    """Add to a world of old friends all that thanks and offers are about."""
    due = Due()
    days = iter(range(450, 690, 10))
    for _ in range(6):
        friend, _new = _introduced(world, BEGINS + next(days) * DAY, roots=True)
        due.thanks.add(friend.address)
    for settled in (_bcc, _copied, _written, _met):
        friend, new = _introduced(world, when := BEGINS + next(days) * DAY, roots=True)
        settled(world, friend, new, when)
    for _ in range(3):
        _introduced(world, BEGINS + next(days) * DAY, roots=False)
    for _ in range(2):
        _harvest(world, BEGINS + next(days) * DAY)
    _matters(world, due)
    due.offers.add(frozenset(one.address for one in _siblings(world)))
    world.meet(BEGINS + 420 * DAY, ME, *_siblings(world))  # these know each other: no offer
    return due


def _introduced(world: World, when: datetime, *, roots: bool) -> tuple[Mailbox, Mailbox]:
    """A friend who brings somebody, and with whom there is nothing else for a while; `roots`: it leads to something."""
    friend, new = world.who(), world.who()
    for back in range(400, 20, -25):
        world.talk(when - back * DAY, friend, 3)
    subject = world.subject("plain")
    thread = world.mail(when, friend, ME, new, subject=subject)
    world.mail(when + 5 * HOUR, new, ME, subject=f"Re: {subject}", thread=thread)
    world.talk(when + DAY, new, 4, thread=thread)
    if roots:
        world.meet(when + 20 * DAY, ME, new)
        world.talk(when + 40 * DAY, new, 3)
    return friend, new


def _bcc(world: World, friend: Mailbox, new: Mailbox, when: datetime) -> None:
    world.mail(when + 8 * HOUR, ME, new, bcc=[friend])


def _copied(world: World, friend: Mailbox, new: Mailbox, when: datetime) -> None:
    world.mail(when + 2 * DAY, ME, new, cc=[friend])


def _written(world: World, friend: Mailbox, _: Mailbox, when: datetime) -> None:
    world.mail(when + 3 * DAY, ME, friend)


def _met(world: World, friend: Mailbox, _: Mailbox, when: datetime) -> None:
    world.meet(when + 9 * DAY, ME, friend)


def _harvest(world: World, when: datetime) -> None:
    """A stranger copies a friend of the owner's to look introduced, and the owner answers and meets them."""
    friend, stranger = world.who(), world.who()
    for back in range(400, 20, -25):
        world.talk(when - back * DAY, friend, 3)
    world.mail(when, stranger, ME, cc=[friend], subject=world.subject("intro").replace("NAME", stranger.name))
    world.talk(when + DAY, stranger, 4)
    world.meet(when + 20 * DAY, ME, stranger)


def _matters(world: World, due: Due) -> None:
    """Pairs of close friends who share a matter: three that may be offered, and what speaks against the others."""
    *words, private = MATTERS[world.language]
    pairs = [(world.who(), world.who()) for _ in range(5)]
    colleague = world.who("one-firm.example")
    pairs.append((colleague, world.who("one-firm.example")))
    for pair, matter in zip([*pairs, (world.who(), world.who())], [*words, private], strict=True):
        for friend in pair:
            _close(world, friend, matter)
    due.offers = {frozenset((one.address, other.address)) for one, other in pairs[:3]}
    met = pairs[3]
    world.meet(BEGINS + 300 * DAY, world.who(), ME, *met, *(world.who() for _ in range(12)))
    due.refused = [(pairs[4][0].address, pairs[4][1].address)]


def _siblings(world: World) -> list[Mailbox]:
    """Two close friends who came through the same third one, apart, and long ago."""
    friend = world.who()
    _close(world, friend)
    found = []
    for day in (60, 120):
        new = world.who()
        subject = world.subject("plain")
        thread = world.mail(BEGINS + day * DAY, friend, ME, new, subject=subject)
        world.mail(BEGINS + day * DAY + 5 * HOUR, new, ME, subject=f"Re: {subject}", thread=thread)
        world.talk(BEGINS + (day + 1) * DAY, new, 4, thread=thread)
        _close(world, new, since=day + 4)
        found.append(new)
    return found


def _close(world: World, friend: Mailbox, matter: str | None = None, since: int = 5) -> None:
    """A close friendship, in which one matter may come up again and again."""
    for number, day in enumerate(range(since, 780, 6)):
        when = BEGINS + day * DAY + world.random.uniform(0, 8) * HOUR
        subject = matter if matter and number % 5 == 0 else world.subject("plain")
        thread = world.mail(when, ME, friend, subject=subject)
        world.mail(when + 4 * HOUR, friend, ME, subject=f"Re: {subject}", thread=thread)
        if number % 6 == 0:
            world.meet(when + 2 * DAY, ME, friend)


class Year(NamedTuple):
    """How right the thank-yous and the offers of a year were, and who was to rest though they had not been thanked."""

    thanks: Score
    offers: Score
    unthanked: frozenset[str]


def year(build: Callable[[], World], *, keep_subjects: bool) -> Year:
    """Read a digest a week."""
    world = build()
    due = tell(world)
    home = home_of(world, keep_subjects=keep_subjects)
    with writing(home.engine) as connection:
        for one, other in due.refused:
            never_introduce(connection, home.user, one, other, FROM)
    thanks: list[str] = []
    offers: list[frozenset[str]] = []
    rested: set[str] = set()
    for week in range(WEEKS):
        digest = compose(home.runtime, home.user, FROM + timedelta(weeks=week))
        thanks += [line.person for line in digest.lines if line.kind is LineKind.THANKS]
        offers += [
            frozenset((line.person, *(one.person for one in line.others)))
            for line in digest.lines
            if line.kind is LineKind.OFFER
        ]
        resting = [line for line in digest.lines if line.kind is LineKind.REST]
        rested |= {who for line in resting for who in (line.person, *(one.person for one in line.others))}
        with writing(home.engine) as connection:
            made = (home.user, digest.period, int(digest.as_of.timestamp()))
            put(connection, StoredDigest, ("user_id", "period", "made_at"), [made])
            note(connection, home.user, digest)
    return Year(
        Score(len(due.thanks), len(thanks), len(due.thanks & set(thanks))),
        Score(len(due.offers), len(offers), len(due.offers & set(offers))),
        frozenset(rested & set(thanks)),
    )
