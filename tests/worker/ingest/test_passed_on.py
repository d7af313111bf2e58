"""Who sends or redirects another's email is named with it, and that is all: no contact, no person's nearness, no self."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.engine import Engine

from models.enums import Place
from models.history import Interaction, Participation
from models.judgement import StoredAssessment
from models.people import OwnAddress
from models.records import EmailRecord, Mailbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.ingest.emails import ANN, BOB, CY, mail, sent
from tests.worker.ingest.home import ME, NOW, Home, home_with
from worker.storage.migrations import downgrade, upgrade

AIDE = Mailbox(CY, "Cy Aide")
PASSED: dict[str, tuple[dict[str, Mailbox], str]] = {
    "on behalf": ({"submitter": AIDE}, "sender"),
    "redirected": ({"resent_by": AIDE}, "resent"),
}


def parts(home: Home) -> list[tuple[object, ...]]:
    return home.rows(Participation, "address", "role", "touch")


@pytest.mark.parametrize("way", PASSED)
@pytest.mark.parametrize("base", [mail("1"), sent("1")], ids=["in", "out"])
def test_who_passed_it_on_is_named_and_nothing_else_changes(way: str, base: EmailRecord) -> None:
    passed, role = PASSED[way]
    plain, home = home_with([base]), home_with([replace(base, **passed)])
    assert set(parts(home)) - set(parts(plain)) == {(CY, role, None)}
    for table in (Interaction, StoredAssessment):
        assert home.rows(table) == plain.rows(table)


@pytest.mark.parametrize(
    "box",
    [
        Mailbox(ME),
        Mailbox("Ann+office@gmail.example"),
        Mailbox("bounce+77@mailer.example"),
        Mailbox("talk@lists.example"),
        Mailbox(BOB),
    ],
)
def test_nobody_is_named_twice_nor_oneself_nor_a_machine_nor_the_list(box: Mailbox) -> None:
    writer = Mailbox("ann@gmail.example") if "gmail" in box.address else Mailbox(ANN)
    plain = mail("1", sender=writer, cc=(Mailbox(BOB),), list_post="talk@lists.example")
    named = {(address, role) for address, role, _ in parts(home_with([replace(plain, resent_by=box)]))}
    expected = {(address, role) for address, role, _ in parts(home_with([plain]))}
    # a tag is cut only where the provider is known to have them
    assert named == expected | ({("ann+office@gmail.example", "resent")} if "+office" in box.address else set())


@pytest.mark.parametrize("turned", [False, True])
def test_a_copy_that_was_sent_on_is_the_same_email(turned: bool) -> None:
    both = [mail("1"), mail("2", message_id="m1@one.example", resent_by=AIDE, delivered_to=ME)]
    home = home_with(both[::-1] if turned else both)
    assert len(home.rows(Interaction)) == 1
    assert (CY, "resent", None) in parts(home)
    assert [size for (size,) in home.rows(Interaction, "group_size")] == [2]


@pytest.mark.parametrize("way", PASSED)
def test_passing_on_makes_nobody_the_user(way: str) -> None:
    passed = PASSED[way][0]
    kept = [sent(f"f{n}", BOB, sender=Mailbox(ANN), sent_at=NOW - timedelta(weeks=n), **passed) for n in range(9)]
    assert [address for (address,) in home_with(kept).rows(OwnAddress, "address")] == [ME]


def test_what_was_stored_before_has_them_after_the_upgrade(engine: Engine) -> None:
    home = Home(engine)
    home.deliver([mail("1", submitter=AIDE), mail("2", resent_by=AIDE, place=Place.INBOX), mail("3")])
    home.recompute()
    before = home.tables()
    downgrade(engine, "0014")
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM participations WHERE role IN ('sender', 'resent')")) == 0
    upgrade(engine)
    home.recompute()
    assert home.tables() == before


MBOX = """From x
From: Ann One <ann@one.example>
Sender: Cy Aide <cy@three.example>
To: me@mine.example
Subject: on behalf
Date: Fri, 6 Nov 2026 09:00:00 +0000
Message-ID: <1@one.example>


From x
From: Ann One <ann@one.example>
To: Ann One <ann@one.example>
Resent-From: Cy Aide <cy@three.example>
Resent-To: me@mine.example
Subject: sent on
Date: Sat, 7 Nov 2026 09:00:00 +0000
Message-ID: <2@one.example>


"""


def test_an_export_names_them_and_reads_back_the_same(tmp_path: Path) -> None:
    one = Keepwarm(tmp_path / "one")
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    (tmp_path / "all.mbox").write_text(MBOX)
    assert one("connect", "archive", tmp_path / "all.mbox", "--me", "me@mine.example").code == 0
    assert one("export", "interactions", "--format", "jsonl", "-o", first).code == 0
    assert '"address":"cy@three.example","role":"sender"' in first.read_text()
    assert '"address":"cy@three.example","role":"resent"' in first.read_text()
    touches = tmp_path / "touches.csv"
    assert one("export", "touches", "--format", "csv", "-o", touches).code == 0
    assert "sender" in touches.read_text()
    again = Keepwarm(tmp_path / "again")
    assert again("connect", "archive", first, "--me", "me@mine.example").code == 0
    assert again("export", "interactions", "--format", "jsonl", "-o", second).code == 0
    assert second.read_bytes() == first.read_bytes()
    assert [each["person"] for each in again("people", "--json").json] == [
        each["person"] for each in one("people", "--json").json
    ]
