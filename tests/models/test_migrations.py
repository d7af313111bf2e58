"""Migrations lead from nothing to the tables that the code declares, and back, on both databases."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SAWarning

from models.history import Interaction, Participation, Sighting
from models.learned import FEWEST
from models.packed import BARE, RECORDS, has_own, unpacked
from models.people import Evidence, OwnAddress
from models.records import Deferred, Mailbox
from models.tables import Base
from models.words import decoded
from tests.models.schema import migrated, schema_of
from tests.worker.ingest.emails import ALIAS, BOB, CY, mail, meeting, sent, through, used
from tests.worker.ingest.home import Home
from worker.ingest.classify.identity import READER
from worker.storage.engine import open_database
from worker.storage.migrations import SCHEMA, SchemaMismatch, check_schema, downgrade, upgrade


# SQLite doesn't tell expressions in indexes apart: they are compared by PostgreSQL, and as text in the test that follows
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrations_make_exactly_the_declared_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_new_sqlite_database_is_what_all_migrations_make(tmp_path: Path) -> None:
    """Write the file anew with `python -m tests.models.schema`."""
    step_by_step = migrated(tmp_path)
    at_once = open_database(f"sqlite:///{tmp_path / 'at_once.db'}")
    upgrade(at_once)
    assert schema_of(at_once) == schema_of(step_by_step) == SCHEMA.read_text("utf-8")
    with step_by_step.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
        assert not [name for name in tables if connection.execute(sa.text(f"SELECT 1 FROM {name}")).first()]
    step_by_step.dispose()
    at_once.dispose()


def test_what_an_upgrade_made_anew_has_statistics(tmp_path: Path) -> None:
    """Without them SQLite reads every interaction where it has to find those of one person."""
    database = open_database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(database, "0022")
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS sqlite_stat1")
    upgrade(database)
    with database.connect() as connection:
        analysed = connection.exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars().all()
    assert "alembic_version" in analysed  # the one table with a row
    database.dispose()


def test_two_processes_may_make_the_same_database_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'both.db'}"
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(lambda _: upgrade(open_database(url)), range(2))) == [None, None]
    check_schema(open_database(url))


def test_every_migration_can_be_undone_and_done_again(database_url: str) -> None:
    engine = open_database(database_url)
    upgrade(engine)
    made = sorted(sa.inspect(engine).get_table_names())
    downgrade(engine, "base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    assert sorted(sa.inspect(engine).get_table_names()) == made
    engine.dispose()


def test_stored_meetings_are_given_the_series_they_belong_to(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([meeting("1"), meeting("2", ical_uid="one uid"), meeting("3", ical_uid="one uid"), mail("4")])
    before = home.rows(Sighting, "key", "series")
    assert [series is not None for _, series in before] == [True, True, True, False]
    downgrade(engine, "0003")
    upgrade(engine)
    assert home.rows(Sighting, "key", "series") == before


def test_evidence_is_read_out_of_what_was_stored_before_there_was_any(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), *through(), sent("1"), mail("2"), mail("3", cc=(Mailbox(BOB, "Bob Two"),))])
    home.recompute()
    learned = home.rows(Evidence, "fact", "address", "kind", "at")
    before = home.tables()
    assert learned
    assert (ALIAS, "you send emails from it") in home.rows(OwnAddress, "address", "why")
    downgrade(engine, "0004")
    upgrade(engine)
    assert [row for row in home.rows(Evidence, "kind") if row != ("stated",)] == []
    home.recompute()
    assert set(home.rows(Evidence, "fact", "address", "kind", "at")) >= set(learned)
    assert home.tables() == before


def test_records_are_packed_and_unpacked_again(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), sent("1"), mail("2"), meeting("3")])
    home.recompute()
    before, stored = home.tables(), "SELECT record FROM sightings WHERE record IS NOT NULL"
    downgrade(engine, "0017")
    with engine.connect() as connection:
        plain = connection.exec_driver_sql(stored).scalars().all()
    assert plain
    assert all(bytes(record).startswith(b'{"type":') for record in plain)
    upgrade(engine)
    with engine.connect() as connection:
        packed = connection.exec_driver_sql(stored).scalars().all()
    assert {record[0] & ~BARE for record in packed} == {RECORDS}
    assert home.tables() == before


def test_identities_are_written_as_bytes_and_as_digits_again(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), *through(), sent("1"), mail("2"), meeting("3", ical_uid="one uid")])
    home.recompute()
    before, evidence = home.tables(), home.rows(Evidence)
    stored = ("SELECT identity FROM sightings", "SELECT series FROM sightings WHERE series IS NOT NULL")
    downgrade(engine, "0018")
    with engine.connect() as connection:
        digits = [one for each in stored for one in connection.exec_driver_sql(each).scalars()]
    upgrade(engine)
    with engine.connect() as connection:
        as_bytes = [bytes(one) for each in stored for one in connection.exec_driver_sql(each).scalars()]
    assert {len(one) for one in digits} == {32}
    assert sorted(one.hex() for one in as_bytes) == sorted(digits)
    assert home.tables() == before
    assert home.rows(Evidence) == evidence


def test_words_are_written_as_letters_and_as_words_again(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), mail("2"), mail("3", signals=("list-unsubscribe",)), Deferred("4", "x"), Deferred("5", "=")])
    home.recompute()
    before, stored = home.tables(), "SELECT DISTINCT outcome, reason FROM sightings"
    downgrade(engine, "0019")
    with engine.connect() as connection:
        words = {tuple(row) for row in connection.exec_driver_sql(stored)}
    upgrade(engine)
    with engine.connect() as connection:
        letters = {tuple(row) for row in connection.exec_driver_sql(stored)}
    assert words == {("held", None), ("skipped", "newsletter"), ("deferred", "x"), ("deferred", "=")}
    assert letters == {("h", None), ("s", "n"), ("d", "=x"), ("d", "==")}
    assert home.tables() == before


def test_interactions_keep_their_ids_whether_as_digits_or_as_bytes(engine: Engine) -> None:
    home = Home(engine)
    again = mail("2", message_id="used again", subject="one"), mail("3", message_id="used again", subject="other")
    alike = mail("5", sender=Mailbox(BOB, "Bob Two"), reply_to=Mailbox(CY, "Two, Bob"))
    home.deliver([*used(), *through(), *again, sent("1"), meeting("4"), alike])
    home.recompute()
    before, ids = home.tables(), [row[0] for row in home.rows(Interaction, "id")]
    assert before["match_evidence"]
    downgrade(engine, "0020")
    with engine.connect() as connection:
        assert sorted(connection.exec_driver_sql("SELECT id FROM interactions").scalars()) == sorted(ids)
        assert connection.exec_driver_sql("SELECT count(*) FROM participations").scalar() == len(
            before["participations"]
        )
    upgrade(engine)
    assert home.tables() == before
    with engine.begin() as connection:  # what refers to interactions still goes with them
        connection.exec_driver_sql("DELETE FROM interactions")
        assert connection.exec_driver_sql("SELECT count(*) FROM participations").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM match_evidence").scalar() == 0


def test_participations_name_their_interaction_by_its_number_or_by_its_id(engine: Engine) -> None:
    home = Home(engine)
    again = mail("2", message_id="used again", subject="one"), mail("3", message_id="used again", subject="other")
    home.deliver([*used(), *through(), *again, sent("1", cc=(Mailbox(CY),)), meeting("4")])
    home.recompute()
    before = home.tables()
    asked = "SELECT i.id, p.address FROM participations p JOIN interactions i ON "
    downgrade(engine, "0025")
    with engine.connect() as connection:
        by_number = connection.exec_driver_sql(asked + "i.number = p.interaction").all()
    downgrade(engine, "0024")
    with engine.connect() as connection:
        by_id = connection.exec_driver_sql(asked + "i.user_id = p.user_id AND i.id = p.interaction_id").all()
    assert sorted((bytes(key), one) for key, one in by_id) == sorted((bytes(key), one) for key, one in by_number)
    assert len(by_id) == len(before["participations"]) > len(before["interactions"])
    upgrade(engine)
    assert home.tables() == before
    home.deliver([mail("new")])  # and what comes next finds a number
    assert len(home.rows(Interaction, "id")) == len(before["interactions"]) + 1
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM interactions")
        assert connection.exec_driver_sql("SELECT count(*) FROM participations").scalar() == 0


def test_participations_name_their_address_by_its_number_or_by_its_text(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), *through(), sent("1", cc=(Mailbox(CY),)), meeting("4")])
    home.recompute()
    before = home.tables()
    with engine.connect() as connection:
        by_number = connection.exec_driver_sql(
            "SELECT p.interaction, a.address FROM participations p "
            "JOIN addresses a ON a.user_id = p.user_id AND a.number = p.address"
        ).all()
    downgrade(engine, "0025")
    with engine.begin() as connection:
        by_text = connection.exec_driver_sql("SELECT interaction, address FROM participations").all()
        connection.execute(sa.text("DELETE FROM addresses WHERE address = :it"), {"it": CY})  # it is known again
    assert sorted(by_text) == sorted(by_number)
    upgrade(engine)
    home.recompute()
    assert home.tables()["participations"] == before["participations"]
    home.deliver([mail("new", sender=Mailbox("new@new.example"))])  # and who comes next finds a number
    assert len(home.rows(Participation)) == len(before["participations"]) + 1
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM addresses")
        assert connection.exec_driver_sql("SELECT count(*) FROM participations").scalar() == 0


def test_what_finds_identities_has_them_in_part_or_whole(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), sent("1"), meeting("2")])
    before = home.tables()
    downgrade(engine, "0026")
    assert [one["column_names"] for one in _indexes(engine)] == [["user_id", "identity"]]
    upgrade(engine)
    assert [one["column_names"] for one in _indexes(engine)] in ([["user_id", None]], [])  # SQLite's is not shown
    assert home.tables() == before
    home.deliver([mail("new")])
    assert len(home.rows(Sighting, "key")) == len(before["sightings"]) + 1


def test_what_every_row_has_a_word_of_is_a_letter_or_that_word_again(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), *through(), sent("1", cc=(Mailbox(CY),)), meeting("4"), Deferred("5", "sent")])
    home.recompute()
    before, evidence = home.tables(), home.rows(Evidence)
    asked = (
        "SELECT DISTINCT channel, direction, my_role FROM interactions",
        "SELECT DISTINCT role FROM participations",
        "SELECT DISTINCT why FROM addresses WHERE why IS NOT NULL",
        "SELECT DISTINCT kind FROM evidence",
        "SELECT DISTINCT reason FROM sightings WHERE reason IS NOT NULL",
    )
    with engine.connect() as connection:
        letters = [row for one in asked for row in connection.exec_driver_sql(one)]
    downgrade(engine, "0027")
    with engine.connect() as connection:
        words = [row for one in asked for row in connection.exec_driver_sql(one)]
    assert {tuple(map(decoded, row)) for row in letters} == {tuple(map(decoded, row)) for row in words}
    assert {("email", "out", "from"), ("cc",), ("their own address",), ("written",), ("sent",)} <= set(
        map(tuple, words)
    )
    assert {len(one) for row in letters for one in row} == {1}
    upgrade(engine)
    assert home.tables() == before
    assert home.rows(Evidence) == evidence


def _indexes(engine: Engine) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        found = sa.inspect(engine).get_indexes("sightings")
    return [one for one in found if one["name"] == "ix_sightings_identity"]


def test_the_key_of_an_email_stands_in_its_row_or_in_its_record_as_well(engine: Engine) -> None:
    home, odd = Home(engine), 'a "quoted" \\ key of Zoë'
    home.deliver([*used(), mail("2"), mail(odd), meeting("3")])
    home.recompute()
    before = home.tables()
    keys = {key: READER.decode(record).key for key, record in home.rows(Sighting, "key", "record")}
    assert {key for key, decoded in keys.items() if decoded} == {"3"}
    downgrade(engine, "0021")
    assert all(READER.decode(record).key == key for key, record in home.rows(Sighting, "key", "record"))
    assert odd in {key for (key,) in home.rows(Sighting, "key")}
    upgrade(engine)
    assert home.tables() == before


def test_what_is_packed_without_a_frame_is_given_one_for_versions_before(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), sent("1"), mail("2"), meeting("3")])
    home.recompute()
    before = home.tables()
    stored = (
        "SELECT key, record FROM sightings ORDER BY key",
        "SELECT person, document FROM assessments ORDER BY person",
    )
    with engine.connect() as connection:
        bare = [bytes(row[1]) for each in stored for row in connection.exec_driver_sql(each)]
    downgrade(engine, "0022")
    with engine.connect() as connection:
        whole = [bytes(row[1]) for each in stored for row in connection.exec_driver_sql(each)]
    assert all(one[0] & BARE and not other[0] & BARE for one, other in zip(bare, whole, strict=True))
    assert [unpacked(one) for one in bare] == [unpacked(one) for one in whole]
    upgrade(engine)
    assert home.tables() == before


def test_records_are_packed_with_what_is_learned_from_them_and_as_before_again(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([*used(), mail("x"), *(mail(f"y{n}", subject=f"About the orchard {n}") for n in range(FEWEST))])
    home.deliver([mail(f"z{n}", subject=f"About the orchard {n}") for n in range(10)])
    home.recompute()
    before, stored = home.tables(), "SELECT record FROM sightings"
    records = sorted(record for (record,) in home.rows(Sighting, "record"))
    downgrade(engine, "0023")
    with engine.connect() as connection:
        old = [bytes(record) for record in connection.exec_driver_sql(stored).scalars()]
    assert all(record[0] & ~BARE == RECORDS for record in old)
    assert sorted(map(unpacked, old)) == records
    upgrade(engine)
    with engine.connect() as connection:
        new = [bytes(record) for record in connection.exec_driver_sql(stored).scalars()]
    assert all(map(has_own, new))
    assert sum(map(len, new)) < sum(map(len, old)) * 0.8
    assert home.tables() == before


def test_a_schema_of_another_version_is_refused(engine: Engine) -> None:
    check_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="newer"):
        check_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    with pytest.raises(SchemaMismatch, match="older"):
        check_schema(engine)


def test_tables_are_as_narrow_as_declared(sqlite: Engine) -> None:
    # Given tables that are read by their key only, SQLite keeps them in the order of that key
    with sqlite.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        made = {row.name: row.sql for row in rows}
    for table in Base.metadata.sorted_tables:
        assert ("WITHOUT ROWID" in made[table.name]) == (table.dialect_options["sqlite"]["with_rowid"] is False)
