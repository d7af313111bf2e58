"""Who is one person: by what both sides show and the user has answered, never by what one of them writes."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from models.records import EmailRecord, Mailbox
from tests.worker.ingest.emails import ANN, BOB, BOB_HOME, mail, sent
from tests.worker.ingest.home import ME, NOW, Home, home_with
from worker.decisions.decide import split
from worker.identity.merges import automatic_merges
from worker.storage.transactions import writing

DAY = timedelta(days=1)
WORK, HOME = Mailbox(BOB, "Bob Two"), Mailbox(BOB_HOME, "Two, Bob")


def claim(key: str, sender: Mailbox, other: Mailbox, days: int, **more: object) -> EmailRecord:
    """An email in which a sender shows another address in their own name to be theirs."""
    return mail(key, sender=sender, cc=(other,), sent_at=NOW - days * DAY, **more)


def answer(key: str, to: str, days: int) -> EmailRecord:
    return sent(key, to, sent_at=NOW - days * DAY)


BOTH = [claim("1", WORK, HOME, 20), claim("2", HOME, WORK, 19)]
SHOWN: dict[str, tuple[bool, Sequence[EmailRecord]]] = {
    "both say so, and were answered": (True, [*BOTH, answer("3", BOB, 18), answer("4", BOB_HOME, 17)]),
    "by Reply-To": (
        True,
        [
            mail("1", sender=WORK, reply_to=HOME, sent_at=NOW - 20 * DAY),
            *BOTH[1:],
            answer("3", BOB, 18),
            answer("4", BOB_HOME, 17),
        ],
    ),
    "nobody was answered": (False, BOTH),
    "one was answered": (False, [*BOTH, answer("3", BOB, 18)]),
    "both were answered before": (False, [*BOTH, answer("3", BOB, 28), answer("4", BOB_HOME, 27)]),
    "one says so, often": (
        False,
        [*(claim(str(n), WORK, HOME, 20) for n in range(9)), answer("x", BOB, 8), answer("y", BOB_HOME, 7)],
    ),
    "in names that differ": (
        False,
        [
            claim("1", WORK, Mailbox(BOB_HOME, "Robert"), 20),
            claim("2", HOME, Mailbox(BOB, "B"), 19),
            answer("3", BOB, 18),
            answer("4", BOB_HOME, 17),
        ],
    ),
}


@pytest.mark.parametrize(("one", "records"), SHOWN.values(), ids=SHOWN.keys())
def test_two_addresses_are_one_person_where_both_show_it(one: bool, records: Sequence[EmailRecord]) -> None:
    home = home_with(list(records))
    with home.engine.connect() as connection:
        merges = automatic_merges(connection, home.user)
    assert [(merge.person, merge.address) for merge in merges] == ([(BOB_HOME, BOB)] if one else [])


def test_a_merge_is_undone_for_good() -> None:
    home = home_with([*BOTH, answer("3", BOB, 18), answer("4", BOB_HOME, 17), mail("5", sender=Mailbox(ANN))])
    with writing(home.engine) as connection:
        split(connection, home.user, BOB_HOME, BOB, NOW)
    home.deliver([claim("6", WORK, HOME, 3), claim("7", HOME, WORK, 3), answer("8", BOB, 2), answer("9", BOB_HOME, 2)])
    home.recompute()
    with home.engine.connect() as connection:
        assert not automatic_merges(connection, home.user)


def test_spellings_of_one_mailbox_are_no_merge() -> None:
    spelled = ("bob.two@gmail.com", "bobtwo@googlemail.com")
    home = home_with([mail(str(n), sender=Mailbox(address), to=(Mailbox(ME),)) for n, address in enumerate(spelled)])
    with home.engine.connect() as connection:
        assert not automatic_merges(connection, home.user)
    assert isinstance(home, Home)
