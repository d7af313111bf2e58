"""Known until: past the end of a file a silence proves nothing, nothing booked was met, and the digest says so once."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.enums import Warmth
from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.digest.test_compose import CARLA, MINE, home, silent_friend
from tests.worker.homes import NOW, live, mail, meeting, open_home
from tests.worker.pairs import BOOK, HABITS, history, regular
from tests.worker.pairs import NOW as TODAY
from worker.judgement.assess import assess

DORA = Mailbox("dora@east.example", "Dora Lind")


def later(days: int) -> str:
    return f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("silent", "known_ago", "warmth"),
    [
        (8, 8, Warmth.WARM),  # within the pair's own gate nobody is missed
        (30, 0, Warmth.COOLING),
        (30, 10, Warmth.COOLING),  # seen to exceed the gate, and what is unknown is shorter than it
        (45, 30, Warmth.UNKNOWN),  # too much is unknown
        (20, 12, Warmth.UNKNOWN),  # only eight days of it were seen
        (200, 190, Warmth.UNKNOWN),
    ],
)
def test_a_silence_is_judged_only_as_far_as_it_was_seen(silent: int, known_ago: int, warmth: Warmth) -> None:
    until = TODAY - timedelta(days=known_ago)
    found = assess(history(regular(10, 900, silent)), HABITS, BOOK, TODAY, known_until=until)
    assert found.warmth is warmth
    if warmth is Warmth.UNKNOWN:
        assert found.cold_probability is None
        assert "isn't known" in found.reasons[0]


def test_an_old_export_makes_nobody_cold_and_says_once_that_it_ends(tmp_path: Path) -> None:
    keepwarm = home(tmp_path, silent_friend(silent=5))
    post = {"KEEPWARM_SMTP_URL": f"file://{tmp_path / 'post'}"}
    said = []
    for days in (200, 207):
        digest = keepwarm("digest", "--json", now=later(days)).json
        said.append((digest["lines"], digest["notes"]))
        keepwarm("digest", "--send", now=later(days), **post)
    note = "Your export ends on 19 November 2026; export again or connect the account."
    assert said == [([], [note]), ([], [])]
    people = keepwarm("people", "--json", now=later(200)).json
    assert {one["warmth"] for one in people} == {"unknown"}


def test_a_meeting_booked_in_a_file_was_not_seen_to_take_place(tmp_path: Path) -> None:
    records: list[Record] = [*silent_friend(silent=100), meeting(1, CARLA, days=-20)]
    keepwarm = home(tmp_path, records)
    [carla] = [one for one in keepwarm("people", "--json", now=later(25)).json if one["name"] == "Carla Voss"]
    assert carla["silent_days"] == 125
    runtime = open_home(tmp_path / "again", NOW + timedelta(days=25))  # a later export shows what came after
    live(runtime, [*records, mail(7, MINE, DORA, days=-24)])
    runtime.engine.dispose()
    people = Keepwarm(tmp_path / "again")("people", "--json", now=later(25)).json
    assert [one["silent_days"] for one in people if one["name"] == "Carla Voss"] == [5]


def test_an_import_without_sent_mail_judges_no_silence_and_says_so(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox.mbox"
    lines = []
    for days in range(60, 700, 9):
        at = NOW - timedelta(days=days)
        lines.append(
            f"From ben@south.example {at:%a %b %d %H:%M:%S %Y}\nFrom: Ben Ochoa <ben@south.example>\n"
            f"To: me@mine.example\nSubject: a word\nMessage-ID: <{days}@south.example>\n"
            f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000\n\n.\n\n"
        )
    inbox.write_text("".join(lines))
    keepwarm = Keepwarm(tmp_path / "home")
    answer = keepwarm("connect", "archive", inbox, "--me", "me@mine.example")
    assert "no sent mail in this import" in " ".join(answer.err.split())
    assert {one["warmth"] for one in keepwarm("people", "--json").json} == {"unknown"}
    [note] = keepwarm("digest", "--json").json["notes"]
    assert note.startswith("The import of me@mine.example holds no sent mail")
