"""Records are packed with what was learned from their user's own; nothing of what is erased stays in that."""

from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Engine

from models.history import Sighting
from models.learned import FEWEST, OwnDictionary, own_of
from models.packed import OWN, UnknownPacking, has_own
from models.records import EmailRecord, Mailbox
from tests.worker.ingest.emails import mail
from tests.worker.ingest.home import ME, NOW, Home
from worker.accounts.store import disconnect, find_account
from worker.decisions.erase.person import forget
from worker.decisions.erase.subjects import purge_subjects
from worker.storage.copying import copy
from worker.storage.engine import open_database
from worker.storage.learning import RAW
from worker.storage.transactions import reading, writing

ZOE = Mailbox("zoe.quist@quist.example", "Zoë Quist")


def many(begin: int, count: int = FEWEST) -> list[EmailRecord]:
    """Emails of a few people, one of them Zoë, all with subjects of one kind."""
    return [
        mail(
            str(number),
            sender=ZOE if number % 5 == 0 else Mailbox(f"friend{number % 7}@far.example", f"Friend {number % 7}"),
            subject=f"About the orchard {number}",
        )
        for number in range(begin, begin + count)
    ]


def stored(home: Home) -> list[bytes]:
    with reading(home.engine) as connection:
        records = connection.scalars(select(RAW).where(Sighting.user_id == home.user)).all()
        return [bytes(record) for record in records if record is not None]


def contents(home: Home) -> list[bytes]:
    with reading(home.engine) as connection:
        asked = select(OwnDictionary.content).where(OwnDictionary.user_id == home.user)
        return list(connection.scalars(asked))


@pytest.fixture
def home(engine: Engine) -> Home:
    """Two pages: the first is learned from, the second packed with what was learned."""
    home = Home(engine)
    home.deliver(many(0))
    home.deliver(many(1000))
    return home


def test_what_comes_later_is_packed_smaller_and_read_the_same(home: Home) -> None:
    own = [one for one in stored(home) if has_own(one)]
    others = [one for one in stored(home) if not has_own(one)]
    assert len(own) == len(others) == FEWEST
    assert sum(map(len, own)) < sum(map(len, others)) * 0.7
    assert len(contents(home)) == 1
    read = dict(home.rows(Sighting, "key", "record"))
    assert sorted(read) == sorted(str(number) for begin in (0, 1000) for number in range(begin, begin + FEWEST))
    assert all(b"About the orchard " + key.encode() in record for key, record in read.items())
    before = home.tables()
    home.deliver(many(1000))  # shown again: the same
    assert home.tables() == before


def test_few_records_teach_nothing(engine: Engine) -> None:
    home = Home(engine)
    home.deliver(many(0, FEWEST - 1))
    assert contents(home) == []


def test_short_pages_teach_together(engine: Engine) -> None:
    home = Home(engine)
    for begin in range(0, FEWEST, 50):
        assert contents(home) == []
        home.deliver(many(begin, 50))
    assert len(contents(home)) == 1
    home.deliver(many(1000, 1))
    assert [has_own(one) for one in stored(home)].count(True) == 1


def test_another_process_reads_what_this_one_has_packed(home: Home) -> None:
    if home.engine.url.database == ":memory:":
        pytest.skip("no one else has it")
    other = open_database(home.engine.url.render_as_string(hide_password=False))
    with reading(other) as connection:
        records = connection.scalars(select(Sighting.record).where(Sighting.user_id == home.user)).all()
    other.dispose()
    assert len(records) == 2 * FEWEST
    assert all(record is not None and record.startswith(b'{"type":"email"') for record in records)


def test_nothing_of_a_forgotten_person_stays_in_what_was_learned(home: Home) -> None:
    home.recompute()
    assert b"quist" in b"".join(contents(home))
    with writing(home.engine) as connection:
        forget(connection, home.user, ZOE.address, NOW)
    home.recompute()
    assert len(contents(home)) == 1
    assert b"quist" not in b"".join(contents(home)).lower()
    assert all(has_own(one) for one in stored(home))
    assert not any(b"quist" in record.lower() for (record,) in home.rows(Sighting, "record") if record)


def test_nothing_of_purged_subjects_stays_in_what_was_learned(home: Home) -> None:
    assert b"orchard" in b"".join(contents(home))
    assert purge_subjects(home.engine, home.user)
    assert b"orchard" not in b"".join(contents(home))
    assert all(b"orchard" not in record for (record,) in home.rows(Sighting, "record"))


def test_nothing_of_an_erased_account_stays_in_what_was_learned(home: Home) -> None:
    home.deliver(many(5000, 3), account="other@own.example")
    with reading(home.engine) as connection:
        account = find_account(connection, home.user, ME)
    disconnect(home.runtime, home.user, account, erase=True)
    assert contents(home) == []
    assert len(stored(home)) == 3
    assert not any(has_own(one) for one in stored(home))


def test_a_number_is_never_given_twice(home: Home) -> None:
    with writing(home.engine) as connection:
        (before,) = connection.scalars(select(OwnDictionary.id).where(OwnDictionary.user_id == home.user)).all()
        connection.execute(delete(OwnDictionary).where(OwnDictionary.user_id == home.user))
        row = insert(OwnDictionary).values(user_id=home.user, content=b"x").returning(OwnDictionary.id)
        assert connection.execute(row).scalar_one() > before


def test_what_was_packed_with_a_dictionary_that_is_gone_is_refused(engine: Engine) -> None:
    with pytest.raises(UnknownPacking, match="dictionary 300"):
        own_of(engine.dialect).unpacked(bytes((OWN + 1, 300 - 256)) + b"x")


def test_a_copy_is_packed_as_the_original_was(home: Home, tmp_path: Path) -> None:
    if home.engine.url.database == ":memory:":
        pytest.skip("it has other users too")
    target = open_database(f"sqlite:///{tmp_path / 'copy.db'}")
    copy(home.engine, target)
    with reading(target) as there, reading(home.engine) as here:
        for asked in (select(RAW), select(Sighting.record)):
            assert sorted(map(bytes, there.scalars(asked))) == sorted(map(bytes, here.scalars(asked)))
    target.dispose()
