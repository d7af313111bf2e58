"""Nobody sees another user's: every reading of the network, on both databases, beside a user with the same people."""

import pytest
from sqlalchemy.engine import Engine

from models.people import Decision
from models.records import Record
from tests.worker.homes import ANNA, BEN, mail
from tests.worker.ingest.home import Home
from tests.worker.network.test_introductions import MINE, NEW, brought, friendship
from worker.decisions.introductions import confirm, never_introduce, refute
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.relationships import relationships
from worker.network.fitting import fitting, words_like
from worker.network.friends import Friend
from worker.network.introductions.known import introductions
from worker.network.introductions.own import brought_together
from worker.network.offers import offer, refused
from worker.network.roots import Tree, roots
from worker.network.season.review import review
from worker.storage.transactions import reading, writing

MADE: list[Record] = [mail(700, MINE, ANNA, BEN, days=30), mail(701, BEN, ANNA, MINE, days=29)]
QUIET = [*friendship(until=3), *friendship(200, BEN, until=3)]


@pytest.fixture
def homes(engine: Engine) -> tuple[Home, Home]:
    """One who was introduced and has introduced, and one who knows the same people otherwise."""
    full, bare = Home(engine, me=MINE.address), Home(engine, me=MINE.address)
    full.deliver([*QUIET, *brought(), *MADE])
    bare.deliver([*QUIET, *(record for record in brought()[1:])])
    for home in (full, bare):
        home.recompute()
    return full, bare


def test_each_reading_gives_only_what_is_the_users_own(homes: tuple[Home, Home]) -> None:
    full, bare = homes
    with reading(full.engine) as connection:
        assert [one.introduced for one in introductions(connection, full.user, full.now)] == [NEW.address]
        assert introductions(connection, bare.user, bare.now) == []
        assert len(brought_together(connection, full.user, full.now)) == 1
        assert brought_together(connection, bare.user, bare.now) == []
        assert roots(connection, bare.user, bare.now) == Tree()
        assert roots(connection, full.user, full.now, NEW.address).doors[0].person == ANNA.address
        for home, doors in ((full, 1), (bare, 0)):
            led = review(connection, home.user, RulesSource(), home.now).doors
            assert len(led) == doors
            everybody = [
                Friend(one.person, one.name, one.person, one.addresses, one.judgement)
                for one in relationships(connection, home.user, RulesSource(), home.now)
            ]
            assert words_like(connection, home.user, ANNA.address, everybody, home.now) == []
            assert fitting(connection, home.user, everybody, ["astronaut"], home.now) == []
            assert offer(connection, home.user, everybody, {}, home.now) is None


def test_what_one_user_says_of_people_says_nothing_for_another(homes: tuple[Home, Home]) -> None:
    full, bare = homes
    with writing(full.engine) as connection:
        confirm(connection, bare.user, NEW.address, BEN.address, bare.now)
        never_introduce(connection, bare.user, ANNA.address, BEN.address, bare.now)
    with writing(full.engine) as connection:
        refute(connection, full.user, NEW.address, None, full.now)
    for home in homes:
        home.recompute()
    with reading(full.engine) as connection:
        assert [one.introducer for one in introductions(connection, bare.user, bare.now)] == [BEN.address]
        assert not any(one.counts for one in introductions(connection, full.user, full.now))
        assert refused(connection, bare.user) == {frozenset((ANNA.address, BEN.address))}
        assert refused(connection, full.user) == set()
    assert {kind for (kind,) in full.rows(Decision, "kind")} == {"me", "not introduced"}
