"""One page, one transaction: what becomes of sightings when listings end, files are rewritten, and leases are lost."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from connectors.base import Cursor, Page, Window
from models.accounts import StreamState
from models.enums import Place, Response
from models.history import Interaction, Sighting, Unreadable
from models.people import Address, OwnAddress, Person
from models.records import Attendee, BadRecord, Deferred, Mailbox, Record, Tombstone
from tests.worker.ingest.emails import ALIAS, ANN, BOB, CY, mail, meeting, sent, used
from tests.worker.ingest.home import ME, NOW, Home
from worker.decisions.decide import block, unblock
from worker.ingest.learn import add_own_addresses
from worker.queue.leases import LeaseLost
from worker.storage.transactions import writing

LATER = NOW + timedelta(days=7)


def keys(home: Home, *, gone: bool = False) -> list[str]:
    """The keys of the sightings that are there, or that are gone."""
    return [key for key, gone_at in home.rows(Sighting, "key", "gone_at") if (gone_at is not None) is gone]


def outcomes(home: Home) -> list[tuple[str, str, str | None]]:
    return [(key, outcome, reason) for key, outcome, reason in home.rows(Sighting, "key", "outcome", "reason")]


def test_what_a_listing_does_not_show_again_is_gone_but_was_contact() -> None:
    home = Home()
    home.deliver([mail("1"), mail("2"), meeting("3", starts_at=LATER), meeting("4")], begins=True)
    home.deliver([mail("1")], begins=True, more=True)
    assert keys(home, gone=True) == [], "not before the listing has ended"
    home.deliver([mail("5")])
    assert keys(home, gone=True) == ["2", "3", "4"]
    assert len(home.rows(Interaction)) == 4, "only the meeting that had not taken place yet is no contact"
    assert ("3", "skipped", "cancelled") in outcomes(home)
    home.deliver([meeting("3", starts_at=LATER)])
    assert len(home.rows(Interaction)) == 5


def test_a_page_without_a_listing_takes_nothing_away() -> None:
    home = Home()
    home.deliver([mail("1")], begins=True)
    home.deliver([mail("2")])
    home.deliver([])
    assert keys(home) == ["1", "2"]


def test_a_page_that_covers_a_window_takes_away_what_it_does_not_show() -> None:
    home = Home()
    week = Window(NOW, NOW + timedelta(days=10))
    alone = meeting("alone", starts_at=LATER, attendees=())
    home.deliver([meeting("in", starts_at=LATER), meeting("out", starts_at=NOW + timedelta(days=11)), alone])
    home.deliver([meeting("new", starts_at=LATER)], covers=week)
    assert keys(home, gone=True) == ["alone", "in"], "what was skipped goes as well: its judgement may change"
    assert keys(home) == ["new", "out"]


def test_a_moved_meeting_is_judged_by_where_this_calendar_shows_it() -> None:
    # given the same meeting in another calendar that still has the old time
    home = Home()
    home.deliver([meeting("a", ical_uid="u", starts_at=LATER)], name="other")
    home.deliver([meeting("a", ical_uid="u", starts_at=LATER + timedelta(days=30))])
    home.deliver([], covers=Window(NOW, LATER + timedelta(days=1)))
    assert keys(home, gone=True) == []


def test_mails_of_a_rewritten_file_stay_contact() -> None:
    # given an mbox whose first mail was deleted: the second now begins where the first did
    home = Home()
    first, second = mail("0", message_id="a@x"), mail("100", message_id="b@x")
    home.deliver([first, second], begins=True)
    before = home.rows(Interaction)
    home.deliver([replace(second, key="0")], begins=True)
    assert home.rows(Interaction) == before
    assert keys(home) == ["0"]
    assert len(keys(home, gone=True)) == 2, "the deleted mail, and the second one where it was"
    home.deliver([first, second], begins=True)
    assert home.rows(Interaction) == before
    assert (keys(home), keys(home, gone=True)) == (["0", "100"], []), "nothing is kept twice"


def test_a_mail_shown_and_deleted_within_a_page_is_contact() -> None:
    home = Home()
    home.deliver([mail("1"), Tombstone("1", NOW), Tombstone("unknown")])
    assert len(home.rows(Interaction)) == 1
    assert keys(home, gone=True) == ["1"]


def test_deferred_sightings_become_records_and_never_the_other_way() -> None:
    home = Home()
    home.deliver([Deferred("1", "promotions"), Deferred("2", "promotions"), Deferred("3", "social"), mail("4")])
    assert ("1", "deferred", "promotions") in outcomes(home)
    home.deliver([mail("1"), Deferred("4", "promotions"), Tombstone("3")])
    assert outcomes(home) == [("1", "held", None), ("2", "deferred", "promotions"), ("4", "held", None)]


def test_what_could_not_be_read_is_listed_until_it_can() -> None:
    home = Home()
    home.deliver(
        [BadRecord("box at byte 7", "no header", "7"), BadRecord("box at byte 9", "no header", "9")], begins=True
    )
    assert len(home.rows(Unreadable)) == 2
    home.deliver([mail("7")])
    assert home.rows(Unreadable, "key") == [("9",)]
    home.deliver([mail("7")], begins=True)
    assert not home.rows(Unreadable)


@pytest.mark.parametrize(
    ("records", "change"),
    [
        ([mail("1", sender=Mailbox(ALIAS), to=(Mailbox(ANN),))], lambda c, u: add_own_addresses(c, u, [ALIAS], why="you said so")),
        (
            [mail("1", to=(Mailbox("Alias+x@own.example"),), list_post="talk@lists.example")],
            lambda c, u: add_own_addresses(c, u, [ALIAS], why="you said so"),
        ),
        (
            [meeting("1", own_calendar=False, organizer=Mailbox(ANN), attendees=(Attendee(ALIAS, "", Response.DECLINED),))],
            lambda c, u: add_own_addresses(c, u, [ALIAS], why="you said so"),
        ),
        ([sent("1", cc=(Mailbox(BOB),)), mail("2")], lambda c, u: block(c, u, ANN, NOW)),
        ([sent("1", cc=(Mailbox(BOB),)), meeting("2")], lambda c, u: block(c, u, "@one.example", NOW)),
    ],
)  # fmt: skip
def test_a_changed_filter_judges_what_is_stored_without_fetching(
    records: list[Record], change: Callable[..., object]
) -> None:
    late, early = Home(), Home()
    late.deliver(records)
    late.recompute()
    before = late.rows(Sighting, "outcome", "reason"), late.rows(Interaction), late.rows(Address, "address")
    for home in (late, early):
        with writing(home.engine) as connection:
            change(connection, home.user)
    late.recompute()
    after = late.rows(Sighting, "outcome", "reason"), late.rows(Interaction), late.rows(Address, "address")
    assert after != before
    early.deliver(records)
    early.recompute()
    assert late.tables() == early.tables()


def test_what_was_blocked_comes_back_whole() -> None:
    records: list[Record] = [sent("1", cc=(Mailbox(BOB),)), mail("2"), meeting("3"), mail("4", sender=Mailbox(CY))]
    home = Home()
    home.deliver(records)
    home.recompute()
    before = home.tables()
    for subject in (ANN, "@one.example"):
        with writing(home.engine) as connection:
            block(connection, home.user, subject, NOW)
        home.recompute()
        assert [key for (key,) in home.rows(Person, "key")] == [BOB, CY]
        with writing(home.engine) as connection:
            unblock(connection, home.user, subject)
        home.recompute()
        assert home.tables() == before


def test_learning_an_address_leaves_what_does_not_name_it_alone() -> None:
    home = Home()
    home.deliver([mail("1", signals=("list-unsubscribe",)), mail("2", to=(Mailbox(ALIAS),)), mail("3")])
    home.recompute()
    home.deliver([sent("4", to=BOB, sender=Mailbox(ALIAS))])
    assert home.rows(OwnAddress) == [(ME, "you said so")], "one is no evidence"
    home.deliver(used(ALIAS))
    assert (ALIAS, "you send emails from it") in home.rows(OwnAddress)
    stale = {key for key, stale in home.rows(Sighting, "key", "stale") if stale}
    assert "2" in stale
    assert not {"1", "3"} & stale


def test_a_worker_that_was_overtaken_commits_nothing(engine: Engine) -> None:
    home = Home(engine)
    stream = home.stream()
    slow, quick = home.lease(stream), home.lease(stream)
    home.commit(quick, Page([mail("1")], Cursor("1"), more=False))
    before = home.tables()
    with pytest.raises(LeaseLost):
        home.commit(slow, Page([mail("2")], Cursor("2"), more=False))
    assert home.tables() == before
    with engine.connect() as connection:
        assert connection.scalar(select(StreamState.cursor).where(StreamState.id == stream)) == "1"


def test_two_accounts_told_the_same_at_once_agree(engine: Engine) -> None:
    # given two workers that read the same mails from two accounts, one of which teaches an own address
    home = Home(engine)
    mails: list[Record] = [
        mail(str(n), to=(Mailbox(ME), Mailbox(ALIAS), Mailbox(f"p{n % 3}@x.example"))) for n in range(40)
    ]
    pages: list[list[Record]] = [mails[start : start + 4] for start in range(0, 40, 4)]
    accounts: dict[str, list[list[Record]]] = {
        ME: pages,
        "work@own.example": [*pages[5:], [*used(ALIAS)], *pages[:5]],
    }
    leases = {account: home.lease(home.stream(account)) for account in accounts}
    ready, errors = threading.Barrier(len(accounts)), list[BaseException]()

    def read(account: str) -> None:
        ready.wait()
        try:
            for page in accounts[account]:
                home.commit(leases[account], Page(page, Cursor("x"), more=False), account)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=read, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    home.recompute()
    calm = Home(engine)
    for account, reading in accounts.items():
        calm.deliver([record for page in reading for record in page], account=account)
    calm.recompute()
    assert home.tables() == calm.tables()
    assert not any(address == ALIAS for (address,) in home.rows(Address, "address"))


def test_a_trashed_or_sent_place_is_learned_from_only_once() -> None:
    home = Home()
    with writing(home.engine) as connection:
        add_own_addresses(connection, home.user, [ALIAS], why="you said so")
    home.deliver([mail("1", sender=Mailbox(ALIAS), to=(Mailbox(ANN),), place=Place.SENT)])
    home.deliver([mail("1", sender=Mailbox(ALIAS), to=(Mailbox(ANN),), place=Place.TRASH)])
    home.recompute()
    assert home.rows(Interaction, "direction") == [("out",)], "a delete does not undo contact"


def test_a_stream_row_says_how_far_it_is() -> None:
    home = Home()
    home.deliver([mail("1")], begins=True, listed=7)
    with writing(home.engine) as connection:
        row = connection.execute(select(StreamState).where(StreamState.id == home.stream())).one()
        connection.execute(update(StreamState).where(StreamState.id == row.id).values(failures=3))
    assert (row.round, row.sweeping, row.unfinished, row.listed, row.cursor) == (1, False, False, 7, "x")
    home.deliver([], more=True)
    with home.engine.connect() as connection:
        row = connection.execute(select(StreamState).where(StreamState.id == home.stream())).one()
    assert (row.round, row.sweeping, row.unfinished, row.failures) == (1, False, True, 0)
