"""What is learned about addresses: by what, how much of it, and that it goes with what showed it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import delete
from sqlalchemy.engine import Engine

from models.accounts import Account
from models.enums import Place
from models.history import Interaction, Sighting
from models.people import Evidence, OwnAddress, Person
from models.records import EmailRecord, Mailbox
from tests.worker.ingest.emails import ALIAS, ANN, BOB, mail, sent, through, used
from tests.worker.ingest.home import ME, NOW, Home, home_with
from worker.decisions.erase.person import forget
from worker.ingest.evidence.own import disown
from worker.ingest.learn import relearn
from worker.storage.transactions import writing

WEEK = timedelta(weeks=1)
EVIL = Mailbox("x@evil.example", "Spam")
LIST = "talk@lists.example"


def friendship() -> list[EmailRecord]:
    back = [mail(f"a{n}", sent_at=NOW - (20 + n) * WEEK) for n in range(4)]
    return [*back, *(sent(f"b{n}", sent_at=NOW - (20 + n) * WEEK) for n in range(4))]


def people(home: Home) -> list[str]:
    return [key for (key,) in home.rows(Person, "key")]


def own(home: Home) -> list[str]:
    return [address for (address,) in home.rows(OwnAddress, "address")]


def forged(count: int, victim: str = ANN) -> list[EmailRecord]:
    return [
        mail(
            f"forged{n}", sender=EVIL, to=(Mailbox(ME), Mailbox(victim)), list_post=victim,
            sent_at=NOW - (n % 10) * WEEK, signals=("list-id", "precedence=list"),
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 100])
def test_nobody_becomes_a_mailing_list_by_what_others_write(count: int) -> None:
    home = home_with([*friendship(), sent("c", to=BOB, sent_at=NOW - 30 * WEEK)])
    before = home.rows(Person, "key"), home.rows(Interaction)
    home.deliver([*forged(count), *forged(count, BOB)])
    home.recompute()
    assert set(people(home)) >= {ANN, BOB}, "neither a friend, nor who was written to once long ago"
    assert set(before[1]) <= set(home.rows(Interaction))


def test_a_list_is_known_by_what_comes_through_it_for_weeks() -> None:
    home = home_with([sent("1", to=LIST, sent_at=NOW - 3 * WEEK)])
    assert people(home) == [LIST], "nothing speaks against it yet"
    home.deliver(through(LIST))
    home.recompute()
    assert people(home) == []
    assert home.rows(Sighting, "reason").count(("no person",)) == 1


def test_a_list_whose_emails_are_erased_is_none() -> None:
    home = home_with([sent("1", to=LIST, sent_at=NOW - 3 * WEEK)])
    home.deliver(through(LIST), account="work@own.example")
    home.recompute()
    with writing(home.engine) as connection:
        stream = home.streams["work@own.example/inbox"]
        connection.execute(delete(Sighting).where(Sighting.stream_id == stream))
        connection.execute(delete(Account).where(Account.address == "work@own.example", Account.user_id == home.user))
        relearn(connection, home.user)
    home.recompute()
    assert LIST in people(home)


def test_the_list_itself_is_nobody_in_an_email_that_came_through_it() -> None:
    home = home_with([mail("1", to=(Mailbox(LIST),), cc=(Mailbox(ME),), list_post=LIST)])
    [touch] = [row[0] for row in home.rows(Evidence, "kind")]
    assert touch == "through"
    assert people(home) != [LIST]


NOT_MINE: dict[str, Sequence[EmailRecord]] = {
    "one foreign email among the sent": [sent("f", BOB, sender=Mailbox(ANN))],
    "redirected": [sent(f"f{n}", BOB, sender=Mailbox(ANN), resent_by=Mailbox(ME), sent_at=NOW - n * WEEK) for n in range(9)],
    "on behalf": [sent(f"f{n}", BOB, sender=Mailbox(ANN), submitter=Mailbox(ME), sent_at=NOW - n * WEEK) for n in range(9)],
    "filed by hand": [sent(f"f{n}", ME, sender=Mailbox(ANN), sent_at=NOW - n * WEEK) for n in range(9)],
    "filed by hand, delivered": [
        sent(f"f{n}", BOB, sender=Mailbox(ANN), delivered_to=ME, sent_at=NOW - n * WEEK) for n in range(9)
    ],
    "a migrated invitation": [
        sent(f"f{n}", BOB, sender=Mailbox(ANN), invitation=True, sent_at=NOW - n * WEEK) for n in range(9)
    ],
    "a shared mailbox": [sent(f"f{n}", BOB, sender=Mailbox("info@firm.example"), sent_at=NOW - n * WEEK) for n in range(9)],
    "much on one day": [sent(f"f{n}", BOB, sender=Mailbox(ANN)) for n in range(9)],
}  # fmt: skip


@pytest.mark.parametrize("records", NOT_MINE.values(), ids=NOT_MINE.keys())
def test_a_foreign_sender_among_the_sent_is_not_the_user(records: Sequence[EmailRecord]) -> None:
    home = home_with([mail("1"), *records])
    assert own(home) == [ME]
    assert ANN in people(home)
    [first] = [row for row in home.rows(Interaction, "message_id", "direction") if row[0] == "m1@one.example"]
    assert first[1] == "in"


def test_what_the_provider_marks_as_sent_is_outreach_whatever_name_it_bears() -> None:
    home = home_with([sent("1", BOB, sender=Mailbox(ALIAS))])
    assert own(home) == [ME]
    assert home.rows(Interaction, "direction") == [("out",)]
    assert people(home) == [BOB]


def test_an_address_used_for_weeks_is_the_users_until_they_object() -> None:
    home = home_with([*used(ALIAS), mail("1", to=(Mailbox(ALIAS),), cc=(Mailbox(BOB),))])
    assert own(home) == [ALIAS, ME]
    assert people(home) == [ANN, BOB]
    with writing(home.engine) as connection:
        disown(connection, home.user, [ALIAS], 0)
    home.recompute()
    assert own(home) == [ME]
    assert people(home) == [ALIAS, ANN, BOB]


@pytest.mark.parametrize("more", [{"place": Place.INBOX}, {"delivered_to": ME}])
def test_an_email_in_the_users_name_that_came_in_is_not_outreach(more: dict[str, object]) -> None:
    record = mail("1", sender=Mailbox(ME), to=(Mailbox(ANN),), **more)
    alone = home_with([record])
    assert alone.rows(Interaction, "direction") == [("out",)], "the files don't mark what was sent"
    for order in ([record, *friendship()], [*friendship(), record]):
        home = Home()
        for one in order:
            home.deliver([one])
        home.recompute()
        assert home.rows(Sighting, "reason").count(("not sent by you",)) == 1
        assert len(home.rows(Interaction)) == 8


def test_forgetting_somebody_forgets_what_they_showed() -> None:
    home = home_with([*friendship(), *forged(5, BOB), *through(LIST)])
    assert (EVIL.address,) in home.rows(Person, "key")
    with writing(home.engine) as connection:
        forget(connection, home.user, EVIL.address, NOW)
    home.recompute()
    assert BOB not in str(home.rows(Evidence))
    assert LIST in str(home.rows(Evidence))


@pytest.mark.parametrize(
    ("sent_once", "reached", "mine"),
    [(True, True, True), (True, False, False), (False, True, False)],
    ids=["sent and reached", "sent alone", "reached alone"],
)
def test_one_email_sent_from_an_address_needs_another_that_reached_it(
    engine: Engine, sent_once: bool, reached: bool, mine: bool
) -> None:
    # a Takeout in which the user wrote once from a second address, and was answered there
    second = Mailbox("mira@second.example", "Mira")
    home = Home(engine, me=ME)
    records = friendship()
    if sent_once:
        records.append(replace(sent("once"), sender=second))
    if reached:
        records.append(replace(mail("answer"), to=(second,), delivered_to=ME))
    home.deliver(records)
    assert (second.address in own(home)) is mine
