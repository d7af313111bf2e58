"""Forgetting a person leaves fingerprints only, and purging subjects leaves none; neither comes back with a replay."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy.engine import Engine

from models.enums import Channel, Direction, Role
from models.history import Interaction, Participation, Sighting
from models.judgement import Introduction, StoredAssessment
from models.people import Address, Decision, MatchEvidence, Person
from models.records import Attendee, ExportedPerson, ExportedRecord, Mailbox, Record
from tests.worker.ingest.emails import ANN, BOB, CY, mail, meeting, sent
from tests.worker.ingest.home import ME, NOW, Home
from worker.decisions.decide import merge, quiet_person
from worker.decisions.erase.person import forget
from worker.storage.engine import scrub
from worker.storage.transactions import writing

TAGGED = "Ann+news@one.example"
RECORDS: list[Record] = [
    mail("1"),
    mail("2", sender=Mailbox(BOB, "Bob Two"), cc=(Mailbox(TAGGED, "Ann One"), Mailbox(CY))),
    mail("3", sender=Mailbox(BOB, "Bob Two"), reply_to=Mailbox(ANN, "Ann One")),
    mail("4", signals=("list-unsubscribe",)),
    mail("5", sender=Mailbox(BOB, "Bob Two")),
    sent("6", cc=(Mailbox(BOB),)),
    sent("7"),
    meeting("8"),
    meeting("9", attendees=(Attendee(ME), Attendee(TAGGED), Attendee(BOB)), starts_at=NOW - timedelta(days=3)),
    ExportedRecord(
        "0" * 32, ME, Channel.EMAIL, Direction.OUT, NOW - timedelta(days=9), message_id="x", group_size=3,
        my_role=Role.FROM, people=(ExportedPerson(ANN, "Ann One", TAGGED, Role.TO), ExportedPerson(BOB, "", BOB, Role.CC)),
    ),
]  # fmt: skip


def everything(home: Home) -> str:
    tables = (
        Interaction,
        Participation,
        Sighting,
        Address,
        Person,
        StoredAssessment,
        MatchEvidence,
        Introduction,
        Decision,
    )
    return repr([home.rows(table) for table in tables]).lower()


def forgotten(home: Home, person: str) -> int:
    with writing(home.engine) as connection:
        count = forget(connection, home.user, person, home.now)
    home.recompute()
    return count


def test_nothing_of_a_forgotten_person_stays(engine: Engine) -> None:
    home = Home(engine)
    home.deliver(RECORDS)
    home.recompute()
    with writing(engine) as connection:
        quiet_person(connection, home.user, "mute", ANN, NOW)
    assert "ann" in everything(home)
    assert forgotten(home, ANN) == 3
    left = everything(home)
    assert "ann@" not in left
    assert "ann+" not in left
    assert "ann one" not in left
    assert [key for (key,) in home.rows(Person, "key")] == [BOB, CY]
    assert len(home.rows(Sighting)) == len(RECORDS), "every record seen stays counted"


def test_a_forgotten_person_does_not_come_back(engine: Engine) -> None:
    home = Home(engine)
    home.deliver(RECORDS)
    home.recompute()
    forgotten(home, ANN)
    before = home.tables()
    home.deliver(RECORDS, begins=True)
    home.recompute()
    assert home.tables() == before


def test_the_file_itself_holds_nothing_of_them(sqlite: Engine, tmp_path: Path) -> None:
    home = Home(sqlite)
    home.deliver([replace(mail("1"), key=f"k{n}", message_id=f"{n}@x") for n in range(300)])
    home.recompute()
    forgotten(home, ANN)
    scrub(sqlite)
    for path in tmp_path.glob("keepwarm.db*"):
        assert b"ann@one" not in path.read_bytes().lower(), path.name


def test_forgetting_before_or_after_is_the_same() -> None:
    late = Home()
    late.deliver(RECORDS)
    late.recompute()
    forgotten(late, ANN)
    early = Home()
    forgotten(early, ANN)
    early.deliver(RECORDS)
    early.recompute()
    assert early.tables() == late.tables()


def test_all_addresses_of_a_person_are_forgotten() -> None:
    home = Home()
    home.deliver(RECORDS)
    home.recompute()
    with writing(home.engine) as connection:
        merge(connection, home.user, ANN, BOB, NOW)
    home.recompute()
    forgotten(home, TAGGED.lower())  # the export says that this is Ann too: the smallest address names the person
    assert not home.rows(Person)  # whom only Bob wrote to went with his mail
    assert "bob@" not in everything(home)


def test_switched_off_subjects_are_purged_and_stay_away(engine: Engine) -> None:
    home = Home(engine)
    intro = mail("i", sender=Mailbox(BOB), cc=(Mailbox("new@four.example"),), subject="Intro: Bob <> you")
    home.deliver([*RECORDS, intro])
    home.recompute()
    assert '"subject":' in everything(home)
    home.runtime = Home(engine, keep_subjects=False).runtime
    home.recompute()
    assert all("worded" not in signs for (signs,) in home.rows(Introduction, "signs"))
    before = everything(home)
    for word in ('"subject":', "hello", "lunch", "intro"):
        assert word not in before
    home.deliver([*RECORDS, intro], begins=True)
    home.recompute()
    assert everything(home) == before


def test_mails_without_an_id_keep_their_identity_without_their_subject() -> None:
    bare = [mail("a", message_id=None, subject="One"), mail("b", message_id=None, subject="Two")]
    home = Home()
    home.deliver(bare)
    quiet = Home(keep_subjects=False)
    quiet.deliver(bare)
    assert [key for (key,) in quiet.rows(Interaction, "id")] == [key for (key,) in home.rows(Interaction, "id")]
    quiet.deliver(bare)
    assert len(quiet.rows(Interaction)) == 2
