"""An address book names people who are known, and adds nobody."""

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from connectors.contacts.card import Card
from models.judgement import StoredAssessment
from models.people import Address, Decision, Person
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, ANNA_AT_HOME, friendship, live, mail, open_home
from tests.worker.ingest.emails import ANN, BOB, CY, sent
from tests.worker.ingest.emails import mail as received
from tests.worker.ingest.home import ME, Home
from worker.decisions.address_book import Taken, take_address_book
from worker.decisions.decide import split
from worker.storage.transactions import reading, writing


def home_of(engine: Engine) -> Home:
    home = Home(engine)
    home.deliver([received("1"), sent("2"), sent("3", to=BOB), sent("4", to=CY)])
    home.recompute()
    return home


def take(home: Home, *cards: Card) -> Taken:
    with writing(home.engine) as connection:
        taken = take_address_book(connection, home.user, cards, home.now)
    home.recompute()
    return taken


def people(home: Home) -> dict[str, str]:
    with reading(home.engine) as connection:
        rows = connection.execute(select(Person.key, Person.name).where(Person.user_id == home.user))
        return {row.key: row.name for row in rows}


def test_a_name_counts_more_than_those_in_emails_and_stays(engine: Engine) -> None:
    home = home_of(engine)
    assert take(home, Card("Ann of the Book", (ANN,))).named == 1
    home.deliver([received("9")], name="later")
    home.recompute()
    assert people(home)[ANN] == "Ann of the Book"


def test_nobody_is_added(engine: Engine) -> None:
    home = home_of(engine)
    before = people(home)
    taken = take(home, Card("A Stranger", ("stranger@x.example",)), Card("Another", ("y@x.example", "z@x.example")))
    assert (taken.known, taken.unknown, taken.named, taken.merged) == (0, 2, 0, ())
    assert people(home) == before
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).where(Address.address.like("%@x.example"))) == 0
        decided = select(func.count()).where(Decision.user_id == home.user, Decision.kind == "merge")
        assert connection.scalar(decided) == 0


def test_addresses_beside_each_other_are_one_person_and_can_be_split(engine: Engine) -> None:
    home = home_of(engine)
    taken = take(home, Card("Bob and Cy", (BOB, CY)))
    assert taken.merged == (tuple(sorted((BOB, CY))),)
    (key,) = people(home).keys() & {BOB, CY}
    with writing(engine) as connection:
        split(connection, home.user, key, CY if key == BOB else BOB, home.now)
    home.recompute()
    assert {BOB, CY} <= people(home).keys()


def test_an_address_that_is_seen_later_is_theirs(engine: Engine) -> None:
    home = home_of(engine)
    take(home, Card("Ann", (ANN, "ann@new.example")))
    home.deliver([sent("9", to="ann@new.example")], name="later")
    home.recompute()
    with reading(engine) as connection:
        rows = connection.execute(
            select(Address.address, Address.person).where(
                Address.user_id == home.user, Address.address.in_((ANN, "ann@new.example"))
            )
        ).all()
    assert len(rows) == 2
    assert len({row.person for row in rows}) == 1


def test_own_shared_and_office_addresses_merge_nobody(engine: Engine) -> None:
    home = home_of(engine)
    shared = "family@home.example"
    taken = take(
        home,
        Card("Me", (ME, ANN)),
        Card("Bob", (BOB, shared)),
        Card("Cy", (CY, shared)),
        Card("It", (BOB, "info@x.example")),
    )
    assert taken.merged == ()
    assert {ANN, BOB, CY} <= people(home).keys()


def test_another_users_people_are_not_touched(engine: Engine) -> None:
    home, other = home_of(engine), home_of(engine)
    take(home, Card("Renamed", (ANN,)))
    assert people(other)[ANN] != "Renamed"


def test_by_the_command_line(tmp_path: Path) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    runtime = open_home(keepwarm.home)
    user = live(runtime, [*friendship(), mail(7000, ANNA_AT_HOME, ANNA_AT_HOME, days=3, cc=[])])
    with reading(runtime.engine) as connection:
        before = connection.scalar(select(func.count()).where(StoredAssessment.user_id == user))
    book = tmp_path / "Connections.csv"
    book.write_text(
        f"Notes:\n\n\nFirst Name,Last Name,Email Address\nAnna,Bergmann,{ANNA.address}\nNew,One,new@x.example\n"
    )
    said = keepwarm("contacts", book)
    assert said.code == 0
    assert "1 entry about people you know" in said.err
    assert keepwarm("show", "Anna Bergmann", "--json").json["person"] == ANNA.address
    with reading(runtime.engine) as connection:
        assert connection.scalar(select(func.count()).where(StoredAssessment.user_id == user)) == before
    wrong = keepwarm("contacts", tmp_path / "home" / "keepwarm.db")
    assert wrong.code == 1
    assert "holds no contacts" in wrong.err
    assert keepwarm("contacts", tmp_path / "nothing.vcf").code != 0
    runtime.engine.dispose()
