"""A friend whose domain always fails DMARC: what the user answers counts, for itself alone, whatever came first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace
from sqlalchemy.engine import Engine

from models.enums import Place, Touch
from models.history import Participation
from models.people import Address, MatchEvidence
from models.records import EmailRecord, Mailbox
from tests.worker.ingest.emails import ALIAS, ANN, BOB, CY, mail, sent, used
from tests.worker.ingest.home import NOW, Home, home_with
from worker.decisions.erase.person import forget
from worker.ingest.evidence.own import disown
from worker.ingest.meetings.retired import erase_streams
from worker.storage.transactions import writing

DAY = timedelta(days=1)


def doubted(key: str, days: float, **more: object) -> EmailRecord:
    at = NOW - days * DAY
    return mail(key, sent_at=at, received_at=at, dmarc="fail", **more)


def answer(key: str, of: EmailRecord, days: float, to: str = ANN, **more: object) -> EmailRecord:
    return sent(key, to, sent_at=NOW - days * DAY, in_reply_to=of.message_id, **more)


def inward(home: Home, address: str = ANN) -> list[tuple[datetime, Touch | None]]:
    """What was between an address and the user, by time: what the user wrote is left out."""
    rows = home.rows(Participation, "address", "at", "role", "touch")
    return [(at, touch) for whose, at, role, touch in rows if whose == address and role != "to"]


def counted(home: Home, address: str = ANN) -> int:
    return sum(touch is not None for _, touch in inward(home, address))


FIRST, SECOND = doubted("1", 30), doubted("2", 20)
ANSWER = answer("3", FIRST, 29)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("settling", [False, True])
def test_what_was_answered_counts_and_what_was_not_does_not(order: Sequence[int], settling: bool) -> None:
    records = [FIRST, SECOND, ANSWER]
    home, usual = Home(), home_with(records)
    home.stream()
    for number in order:
        home.deliver([records[number]])
        if settling:
            home.recompute()
    home.recompute()
    assert inward(home) == [(NOW - 30 * DAY, Touch.IN_ONE), (NOW - 20 * DAY, None)]
    assert home.tables() == usual.tables()


def test_a_friend_who_writes_so_for_long_is_known_both_ways() -> None:
    talk = [doubted(f"in{n}", 90 - 9 * n) for n in range(9)]
    home = home_with([*talk, *(answer(f"out{n}", one, 89 - 9 * n) for n, one in enumerate(talk))])
    assert counted(home) == 9
    assert home.rows(Address, "address", "outsider") == [(ANN, False)]
    assert home_with(talk).rows(Address, "address", "outsider") == [(ANN, True)]


FORGED = doubted("9", 10, sender=Mailbox(ANN, "Mallory"), cc=(Mailbox(CY, "Cy"),), reply_to=Mailbox(BOB, "Mallory"))
BEFORE = [mail("1", received_at=NOW - 30 * DAY, dmarc="pass"), sent("2"), sent("4", CY)]


def test_a_forged_email_answered_in_good_faith_counts_for_itself_alone() -> None:
    base = home_with(BEFORE)
    home = home_with([*BEFORE, FORGED, doubted("8", 9), answer("5", FORGED, 9)])
    assert counted(home) == counted(base) + 1
    assert [touch for at, touch in inward(home, CY) if at == NOW - 10 * DAY] == [None]
    assert home.rows(Address, "address", "name") == base.rows(Address, "address", "name")
    assert home.rows(MatchEvidence) == []


@pytest.mark.parametrize(
    "reply",
    {
        "went to whoever asked for the answer": answer("5", FORGED, 9, to=BOB),
        "came in": replace(answer("5", FORGED, 9), place=Place.INBOX),
        "lay about": replace(answer("5", FORGED, 9), place=Place.ORDINARY),
        "was written before": answer("5", FORGED, 11),
        "names another": replace(answer("5", FORGED, 9), in_reply_to="m1@one.example"),
    }.items(),
    ids=lambda one: one[0],
)
def test_nothing_else_speaks_for_it(reply: tuple[str, EmailRecord]) -> None:
    home = home_with([*BEFORE, FORGED, reply[1]])
    assert (NOW - 10 * DAY, None) in inward(home)


@pytest.mark.parametrize("passed", ["pass", "none", "fail", None])
def test_a_message_id_that_is_used_again_stands_for_the_first(passed: str | None) -> None:
    """Whoever was in copy knows the Message-ID of what the user answered, and sends others under it."""
    first = doubted("1", 30, cc=(Mailbox(BOB),))
    genuine = replace(first, dmarc=passed)
    later = [
        replace(doubted(key, days, subject=subject), message_id=first.message_id)
        for key, days, subject in (("7", 29.5, "Other"), ("8", 20, "Hello"), ("9", 5, "Hello"))
    ]
    home = home_with([genuine, *later, answer("3", first, 29, to=ANN), answer("4", first, 1)])
    assert counted(home) == 1
    assert [at for at, touch in inward(home) if touch is not None] == [NOW - 30 * DAY]


def test_it_counts_no_longer_once_the_answer_is_erased(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([FIRST])
    home.deliver([ANSWER], account="work@own.example")
    home.recompute()
    assert counted(home) == 1
    with writing(engine) as connection:
        erase_streams(connection, home.user, [home.stream("work@own.example")])
    home.recompute()
    assert counted(home) == 0


@pytest.mark.parametrize("way", ["on behalf", "in another name"])
def test_only_what_is_the_users_own_answer_speaks_for_it(engine: Engine, way: str) -> None:
    """Where somebody sends for the owner of an alias, it is the user's answer as long as the alias is."""
    home = Home(engine)
    passed = {"submitter": Mailbox(CY)} if way == "on behalf" else {}
    home.deliver([FIRST, *used(), replace(ANSWER, sender=Mailbox(ALIAS), **passed)])
    home.recompute()
    assert counted(home) == 1
    with writing(engine) as connection:
        disown(connection, home.user, [ALIAS], 0)
    home.recompute()
    assert counted(home) == (0 if way == "on behalf" else 1)


def test_it_counts_on_when_somebody_else_in_it_is_forgotten(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([FIRST, replace(ANSWER, cc=(Mailbox(BOB),)), mail("5", sender=Mailbox(BOB, "Bob Two"))])
    home.recompute()
    assert counted(home) == 1
    with writing(engine) as connection:
        forget(connection, home.user, BOB, NOW)
    home.recompute()
    assert counted(home) == 1
    home.deliver([replace(FIRST, key="again")], name="other")
    home.recompute()
    assert counted(home) == 1
    assert home.rows(Address, "address") == [(ANN,)]
