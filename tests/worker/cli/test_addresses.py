"""Whose addresses are whose: seen, said, and taken back, through the commands."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from models.records import EmailRecord, Mailbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, ANNA_AT_HOME, BEN, ME, NOW, friendship, live, mail, open_home
from worker.digest.compose import compose
from worker.digest.history import remember

MINE, ALIAS = Mailbox(ME, "Me"), Mailbox("me@elsewhere.example", "Me")
MACHINE = Mailbox("no-reply@tiny.example", "Tiny Studio")
DESK = Mailbox("info@tiny.example", "Tina")


def home(tmp_path: Path, *records: EmailRecord) -> Keepwarm:
    runtime = open_home(tmp_path / "home")
    live(runtime, [*friendship(), *records])
    runtime.engine.dispose()
    return Keepwarm(tmp_path / "home")


def names(keepwarm: Keepwarm) -> set[str]:
    return {one["person"] for one in keepwarm("people", "--json").json}


def test_ones_own_addresses_are_listed_with_reasons_added_and_removed(tmp_path: Path) -> None:
    keepwarm = home(tmp_path, mail(70, BEN, ALIAS, days=40), mail(71, ALIAS, BEN, days=39))
    assert keepwarm("me", "list", "--json").json == [{"address": ME, "why": "you said so"}]
    assert ALIAS.address in names(keepwarm)
    assert keepwarm("me", "add", "ME@elsewhere.example").code == 0
    assert [one["address"] for one in keepwarm("me", "list", "--json").json] == [ALIAS.address, ME]
    assert ALIAS.address not in names(keepwarm)
    assert ALIAS.address in keepwarm("me", "list").out
    assert keepwarm("me", "remove", ALIAS.address).code == 0
    assert ALIAS.address in names(keepwarm)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "nobody"), "an email address"),
        (("remove", "who@else.example"), "Yours are"),
        (("remove", ME), "only address"),
    ],
)
def test_what_makes_no_sense_of_ones_own_addresses_is_refused(
    tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    answer = home(tmp_path)("me", *words)
    assert answer.code == 1
    assert said in answer.err


@pytest.mark.parametrize("box", [MACHINE, DESK])
def test_somebody_taken_for_a_machine_is_kept_and_let_go(tmp_path: Path, box: Mailbox) -> None:
    letters = [mail(80 + n, box, MINE, days=30 - n) for n in range(3)]
    keepwarm = home(tmp_path, *(replace(one, signals=("list-unsubscribe",)) for one in letters))
    before = keepwarm("export", "people", "--format", "jsonl").out
    assert box.address not in names(keepwarm)
    assert keepwarm("keep", box.address).code == 0
    assert box.address in names(keepwarm)
    assert keepwarm("keep", box.address, "--off").code == 0
    assert keepwarm("export", "people", "--format", "jsonl").out == before
    assert "wasn't" in keepwarm("keep", box.address, "--off").err


def test_somebody_is_kept_by_name(tmp_path: Path) -> None:
    keepwarm = home(tmp_path)
    assert ANNA.address in keepwarm("keep", "anna").err
    assert "No person matches" in keepwarm("keep", "zacharias").err


TWO_SIDES = (
    replace(mail(50, ANNA, MINE, days=12), reply_to=ANNA_AT_HOME),
    replace(mail(51, ANNA_AT_HOME, MINE, days=11), reply_to=ANNA),
    mail(52, MINE, ANNA, days=10),
    mail(53, MINE, ANNA_AT_HOME, days=10),
)


def test_what_was_merged_is_listed_and_undone(tmp_path: Path) -> None:
    keepwarm = home(tmp_path, *TWO_SIDES)
    person, other = sorted((ANNA.address, ANNA_AT_HOME.address))
    [merge] = keepwarm("merges", "--json").json
    assert (merge["person"], merge["address"]) == (person, other)
    assert other in keepwarm("merges").out
    assert keepwarm("split", person, other).code == 0
    assert keepwarm("merges", "--json").json == []
    assert "hasn't merged" in keepwarm("merges").err


def test_the_digest_tells_of_a_merge_once(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    user = live(runtime, [*friendship(), *TWO_SIDES])
    for _ in range(2):
        digest = compose(runtime, user, NOW)
        assert any("as one person" in note for note in digest.notes), "asked again in its week it says the same"
        remember(runtime, user, digest)
    assert not compose(runtime, user, NOW + timedelta(days=8)).notes
