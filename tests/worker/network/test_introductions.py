"""Introductions on small stories: by structure, against strangers, whatever the order, and as the user says."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import event
from sqlalchemy.engine import Engine

from models.enums import Response
from models.judgement import Introduction
from models.records import Attendee, EmailRecord, Mailbox, Record
from tests.introductions.scored import found_in
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, BEN, ME, live, mail, meeting, open_home
from tests.worker.ingest import emails
from tests.worker.ingest.home import ME as OWN
from tests.worker.ingest.home import Home, home_with
from worker.network.introductions.keep import recognise
from worker.storage.transactions import writing

MINE = Mailbox(ME, "Me")
NEW = Mailbox("wanjiru@guild.example", "Wanjiru Maina")
FOUND = {(ANNA.address, NEW.address)}


def friendship(first: int = 0, friend: Mailbox = ANNA, *, since: int = 400, until: int = 100) -> list[Record]:
    return [
        mail(first + n, *((friend, MINE) if n % 2 else (MINE, friend)), days=days)
        for n, days in enumerate(range(since, until, -12))
    ]


def brought(number: int = 500, by: Mailbox = ANNA, subject: str = "Words") -> list[Record]:
    """Somebody names both in one email, and the two go on alone."""
    return [
        mail(number, by, MINE, NEW, days=90, subject=subject),
        mail(number + 1, MINE, NEW, days=89),
        mail(number + 2, NEW, MINE, days=87),
        mail(number + 3, MINE, NEW, days=80),
        mail(number + 4, NEW, MINE, days=72),
    ]


def home(records: Sequence[Record]) -> Home:
    return home_with(records, me=ME)


def test_a_friend_who_names_two_and_drops_out_has_introduced_them() -> None:
    assert found_in(home(friendship() + brought())) == FOUND


def test_nobody_is_introduced_by_whom_the_user_never_wrote_to() -> None:
    asking: list[Record] = [mail(n, ANNA, MINE, days=400 - n) for n in range(20)]
    assert found_in(home(asking + brought(subject="Introduction: Wanjiru / Me"))) == set()


def test_a_stranger_who_copies_a_friend_was_not_introduced_by_them() -> None:
    named = [
        mail(500, NEW, MINE, days=90, cc=[ANNA], subject="Anna introduced us"),
        mail(501, NEW, MINE, days=89, cc=[ANNA]),
        *brought()[1:],
    ]
    assert found_in(home(friendship() + named)) == set()


def test_nothing_counts_without_a_word_of_the_users_own() -> None:
    silent: list[Record] = [
        one for one in brought(subject="Intro: you <> Wanjiru") if isinstance(one, EmailRecord) and one.sender != MINE
    ]
    assert found_in(home(friendship() + silent)) == set()


def test_an_email_that_fails_its_own_check_introduces_nobody() -> None:
    first, *rest = brought()
    assert isinstance(first, EmailRecord)
    assert found_in(home([*friendship(), structs.replace(first, dmarc="fail"), *rest])) == set()


def test_who_is_known_already_is_not_introduced() -> None:
    assert found_in(home([*friendship(), mail(499, NEW, MINE, days=300), *brought()])) == set()


def test_can_we_meet_is_none() -> None:
    three: list[Record] = [
        mail(500, ANNA, MINE, NEW, days=90, subject="Can we meet Thursday?"),
        mail(501, MINE, ANNA, NEW, days=89),
        mail(502, ANNA, MINE, NEW, days=88),
        mail(503, NEW, MINE, ANNA, days=87),
        meeting(504, ANNA, NEW, days=80),
    ]
    assert found_in(home(friendship() + three)) == set()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_it_is_the_same_whatever_is_read_first(order: Sequence[int]) -> None:
    parts = [friendship(), brought()[:1], brought()[1:]]
    one = Home(me=ME)
    for i in order:
        one.deliver(parts[i])
        one.recompute()
    assert found_in(one) == FOUND
    assert one.rows(Introduction) == home([record for part in parts for record in part]).rows(Introduction)


def test_what_the_user_says_survives_every_recomputation(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    live(runtime, [*friendship(), *friendship(200, BEN), *brought()])
    runtime.engine.dispose()
    keepwarm = Keepwarm(tmp_path / "home")

    def listed() -> list[tuple[str, str, bool]]:
        rows = keepwarm("introductions", "list", "--json").json
        return [(row["introducer"], row["introduced"], row["confirmed"]) for row in rows if row["counts"]]

    assert listed() == [(ANNA.address, NEW.address, False)]
    assert keepwarm("introductions", "refute", "Wanjiru").code == 0
    assert listed() == []
    assert (
        keepwarm("introductions", "confirm", "Wanjiru", "--by", "Ben").err
        == "Ben Ochoa introduced you to Wanjiru Maina.\n"
    )
    assert listed() == [(BEN.address, NEW.address, True)]
    assert keepwarm("introductions", "confirm", "Wanjiru", "--by", "Anna").code == 0
    assert listed() == [(ANNA.address, NEW.address, True)]
    assert keepwarm("introductions", "refute", "Ben").code == 1  # nobody seems to have introduced him
    assert "you two went on by yourselves; you said so" in keepwarm("introductions", "list").out


def test_one_email_asks_little_and_rereads_nothing(engine: Engine) -> None:
    one = Home(engine, me=ME)
    one.deliver([*friendship(), *friendship(200, BEN), *brought()])
    one.recompute()
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    with writing(engine) as connection:
        asked.clear()
        assert recognise(connection, one.user, [BEN.address]) == set()
        assert len(asked) <= 4


def test_an_address_that_proves_to_be_the_users_own_was_introduced_by_nobody() -> None:
    # found by Hypothesis: who was said to be introduced at a meeting turned out to be the user
    coming = tuple(Attendee(one, "", Response.ACCEPTED) for one in (OWN, emails.ANN, emails.ALIAS))
    asked = emails.meeting(organizer=Mailbox(emails.BOB), attendees=coming)
    home = home_with([asked])
    assert emails.ALIAS in {new for (new,) in home.rows(Introduction, "introduced")}
    home.deliver(emails.used())
    home.recompute()
    assert home.rows(Introduction) == home_with([asked, *emails.used()]).rows(Introduction)
