"""A change of jobs: who knew only the address that the user left is not missed, whoever knew another one is."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from models.enums import Place
from models.records import EmailRecord, Mailbox
from tests.worker.homes import BEN, NOW, live, mail, open_home
from worker.digest.compose import this_week
from worker.ingest.learn import add_own_addresses
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.relationships import with_histories
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute

OLD, NEW = Mailbox("lea@oldworks.example", "Lea"), Mailbox("lea@freshstart.example", "Lea")
COLLEAGUE, FRIEND = Mailbox("carla@oldworks.example", "Carla Voss"), Mailbox("eva@west.example", "Eva Lind")
#: days ago: the old address is used until then
CHANGE = 75


def talk(number: int, mine: Mailbox, other: Mailbox, days: Sequence[float]) -> list[EmailRecord]:
    """Mail to and from somebody, alternately."""
    return [
        mail(number + i, mine, other, days=ago) if i % 2 else mail(number + i, other, mine, days=ago)
        for i, ago in enumerate(days)
    ]


def silent_for(silent: int) -> range:
    return range(silent, silent + 500, 8)


def why_not(place: Path, records: Sequence[EmailRecord]) -> dict[str, str]:
    """Why each person that there was a reason to name isn't; "" for those who are."""
    runtime = open_home(place)
    own = [OLD, NEW]
    user = live(
        runtime, [replace(one, place=Place.SENT) if one.sender in own else one for one in records], me=NEW.address
    )
    with writing(runtime.engine) as connection:
        add_own_addresses(connection, user, [one.address for one in own], why="you said so")
    recompute(runtime, user)
    with reading(runtime.engine) as connection:
        everybody = with_histories(connection, user, RulesSource(runtime.settings.rules), NOW)
        _, choice = this_week(connection, user, everybody, NOW)
    runtime.engine.dispose()
    return {one.person: one.why for one in choice.suppressed} | {one.person: "" for one in choice.chosen}


BUSY = talk(9000, NEW, BEN, range(1, CHANGE, 3))


def test_who_knew_only_the_old_address_is_not_missed(tmp_path: Path) -> None:
    records = [
        *talk(0, OLD, COLLEAGUE, silent_for(CHANGE)),
        *talk(4000, OLD, FRIEND, range(CHANGE + 8, 600, 8)),
        *talk(5000, NEW, FRIEND, range(60, CHANGE, 8)),
        *BUSY,
    ]
    found = why_not(tmp_path / "home", records)
    assert found[COLLEAGUE.address] == "they knew only lea@oldworks.example, which you no longer write from"
    assert found[FRIEND.address] == ""


def test_an_old_address_that_still_gets_mail_is_none_that_was_left(tmp_path: Path) -> None:
    records = [*talk(0, OLD, COLLEAGUE, silent_for(CHANGE)), *BUSY, mail(8000, FRIEND, OLD, days=10)]
    assert why_not(tmp_path / "home", records)[COLLEAGUE.address] == ""


@pytest.mark.parametrize("used", [1, 3])
def test_an_address_hardly_ever_used_is_none_that_was_left(tmp_path: Path, used: int) -> None:
    records = [
        *talk(0, NEW, COLLEAGUE, silent_for(CHANGE)),
        *BUSY,
        *talk(4000, OLD, FRIEND, range(200, 200 + 8 * used, 8)),
    ]
    assert why_not(tmp_path / "home", records)[COLLEAGUE.address] == ""


def test_an_address_in_use_week_by_week_is_left_sooner_than_one_for_a_few_friends(tmp_path: Path) -> None:
    """Some weeks after the change: a friend who alone used an address says nothing of it by falling silent."""
    friends = [*talk(0, OLD, COLLEAGUE, silent_for(24)), *talk(9000, NEW, BEN, range(1, 24, 3))]
    assert why_not(tmp_path / "rare", friends)[COLLEAGUE.address] == ""
    found = why_not(tmp_path / "weekly", [*friends, *talk(6000, OLD, BEN, range(24, 524, 3))])
    assert found[COLLEAGUE.address] == "they knew only lea@oldworks.example, which you no longer write from"
