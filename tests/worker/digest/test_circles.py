"""The people around namesakes: who else is on the mails of few that they share with the user."""

from pathlib import Path

from models.records import Mailbox
from tests.worker.homes import ANNA, BEN, ME, NOW, live, mail, open_home
from worker.digest.choose.choice import Candidate
from worker.digest.circles import circles
from worker.judgement.assess import assess
from worker.judgement.facts import Habits, History
from worker.judgement.rules import load
from worker.storage.transactions import reading

MINE = Mailbox(ME, "Me")
OLD, NEW = Mailbox("jonas@old.example", "Jonas Ek"), Mailbox("jonas@new.example", "Jonas Ek")
CROWD = [Mailbox(f"guest{i}@far.example") for i in range(12)]


def bearer(box: Mailbox) -> Candidate:
    nothing = History(days=())
    return Candidate(box.address, nothing, assess(nothing, Habits(), load(), NOW), box.name, (box.address,))


def test_who_is_on_mails_of_few_is_around_somebody_and_namesakes_and_crowds_are_not(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    user = live(
        runtime,
        [
            mail(1, OLD, MINE, days=300, cc=[ANNA, BEN]),
            mail(2, MINE, OLD, days=299, cc=[ANNA]),
            mail(3, NEW, MINE, days=30, cc=[BEN, OLD]),
            mail(4, MINE, NEW, days=29, cc=CROWD),
            mail(5, ANNA, MINE, days=20),
        ],
    )
    with reading(runtime.engine) as connection:
        found = circles(connection, user, [[bearer(OLD), bearer(NEW)]], NOW)
        none = circles(connection, user, [], NOW)
        others = circles(connection, user + 1, [[bearer(OLD), bearer(NEW)]], NOW)
    runtime.engine.dispose()
    assert found == {OLD.address: {ANNA.address, BEN.address}, NEW.address: {BEN.address}}
    assert none == others == {}
