"""The letter as a person gets it, through the real commands: first an introduction, then who is going cold, once."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.digest.postbox import Postbox, serving
from tests.worker.homes import ME, NOW, live, mail, meeting, open_home

MINE = Mailbox(ME, "Me Myself")
#: A weekly friendship that fell silent, far enough ago for any model to see it.
CARLA = Mailbox("carla@west.example", "Carla Voss")
TODAY, LATER = (f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (0, 7))


def silent_friend(*, silent: int = 100) -> list[Record]:
    """Two years of weekly mail both ways and a meeting a month, then nothing for `silent` days."""
    records: list[Record] = []
    for number, days in enumerate(range(silent, silent + 700, 7)):
        pair = (MINE, CARLA) if number % 2 else (CARLA, MINE)
        records.append(mail(number, pair[0], pair[1], days=days))
    records += [meeting(1000 + days, CARLA, days=days) for days in range(silent + 3, silent + 700, 30)]
    # somebody to show that the user himself is not away
    dora = Mailbox("dora@east.example", "Dora Lind")
    records += [mail(5000 + days, MINE, dora, days=days) for days in range(1, 700, 3)]
    records += [mail(9000 + days, dora, MINE, days=days + 0.5) for days in range(1, 700, 3)]
    return records


def home(place: Path, records: Sequence[Record]) -> Keepwarm:
    runtime = open_home(place / "home")
    live(runtime, records)
    runtime.engine.dispose()
    return Keepwarm(place / "home")


def names(keepwarm: Keepwarm, now: str | None) -> list[str]:
    return [line["name"] for line in keepwarm("digest", "--json", now=now).json["lines"]]


def introduced(keepwarm: Keepwarm) -> Keepwarm:
    """DaysAgo the first letter, made while nobody was silent: the memory of it is what a real week would have left."""
    from worker.digest.compose import compose
    from worker.digest.history import remember

    runtime = open_home(keepwarm.home, NOW - timedelta(days=110))
    remember(runtime, 1, compose(runtime, 1, runtime.clock()))
    runtime.engine.dispose()
    return keepwarm


def test_the_first_letter_introduces_itself_and_names_who_has_gone_quiet(tmp_path: Path) -> None:
    digest = home(tmp_path, silent_friend())("digest", "--json").json
    assert [line["name"] for line in digest["lines"]] == ["Carla Voss"]
    assert digest["first"]["people"] == 2
    why = {root["name"]: root["why"] for root in digest["first"]["roots"]}
    assert why["Carla Voss"] == "In touch for 2 years, usually about every week; you've met."


def test_the_silent_friend_is_named_with_the_reason_and_a_step(tmp_path: Path) -> None:
    keepwarm = introduced(home(tmp_path, silent_friend()))
    line = keepwarm("digest", "--json").json["lines"][0]
    assert line["name"] == "Carla Voss"
    assert line["silent_days"] == 100
    assert line["why"] == "You're usually in touch about every week. It's been 3 months."
    assert line["step"].endswith(".")
    assert len(line["evidence"]) == 3


def test_nobody_is_named_whom_one_meets_next_week(tmp_path: Path) -> None:
    records = [*silent_friend(), meeting(1, CARLA, days=-5, subject="Lunch at last")]
    assert "Carla Voss" not in names(introduced(home(tmp_path, records)), TODAY)


def test_nobody_is_named_who_wrote_yesterday(tmp_path: Path) -> None:
    records = [*silent_friend(), mail(77, CARLA, MINE, days=1)]
    assert "Carla Voss" not in names(introduced(home(tmp_path, records)), TODAY)


@pytest.mark.parametrize("word", ["snooze", "mute", "rest"])
def test_what_the_person_said_goes_before_what_we_think(tmp_path: Path, word: str) -> None:
    keepwarm = introduced(home(tmp_path, silent_friend()))
    assert "Carla Voss" in names(keepwarm, TODAY)
    assert keepwarm(word, "Carla Voss").code == 0
    assert "Carla Voss" not in names(keepwarm, TODAY)


@pytest.mark.parametrize("written", [True, False])
def test_an_automatic_reply_says_somebody_is_away_only_if_the_user_had_written(tmp_path: Path, written: bool) -> None:
    reply = mail(78, CARLA, MINE, days=2, subject="Out of office")
    away = structs.replace(reply, signals=("auto-submitted=auto-replied",))
    before = [mail(79, MINE, Mailbox("ben@south.example"), days=2.1, cc=[CARLA])] if written else []
    named = names(introduced(home(tmp_path, [*silent_friend(), *before, away])), TODAY)
    assert ("Carla Voss" not in named) == written, "anybody can forge one that answers nothing"


def test_a_letter_is_sent_once_and_names_nobody_twice_without_news(tmp_path: Path) -> None:
    # Given a mail server, and somebody who fell silent
    keepwarm = introduced(home(tmp_path, silent_friend()))
    postbox = Postbox()
    with serving(postbox) as port:
        # When the digest is sent twice in a week, and once in the next
        said = [
            keepwarm("digest", "--send", now=now, KEEPWARM_SMTP_URL=f"smtp://127.0.0.1:{port}")
            for now in (TODAY, TODAY, LATER)
        ]

    # Then one mail went out, to its reader, in text and HTML
    assert [answer.code for answer in said] == [0, 0, 0], said
    assert "already sent" in said[1].err + said[1].out
    first, *others = postbox.mails
    assert first["To"] == ME
    assert {part.get_content_type() for part in first.walk()} >= {"text/plain", "text/html"}
    assert "Carla Voss" in str(first.get_body(("plain",)))
    assert all("Carla Voss" not in str(later.get_body(("plain",))) for later in others)


def test_who_is_left_out_is_told_with_the_reason_in_one_command(tmp_path: Path) -> None:
    keepwarm = introduced(home(tmp_path, silent_friend()))
    assert "In the digest: yes." in keepwarm("explain", "Carla Voss").out
    keepwarm("mute", "Carla Voss")
    assert "Carla Voss: muted." in keepwarm("digest", "--why").out
    assert [one["why"] for one in keepwarm("digest", "--why", "--json").json] == ["muted"]
    assert "In the digest: no, because muted." in keepwarm("explain", "Carla Voss").out
    assert "In the digest: no, because nothing is unusual" in " ".join(keepwarm("explain", "Dora Lind").out.split())


def test_a_move_is_suggested_once(tmp_path: Path) -> None:
    old, new = Mailbox("carla@west.example", "Carla Voss"), Mailbox("carla@east.example", "Carla Voss")
    records: list[Record] = [*silent_friend(silent=60)]
    records += [mail(20000 + days, *((MINE, new) if days % 2 else (new, MINE)), days=days) for days in range(5, 50, 9)]
    keepwarm = introduced(home(tmp_path, records))
    digest = keepwarm("digest", "--json").json
    [note] = digest["notes"]
    assert f"keepwarm merge {old.address} {new.address}" in note
    assert "Carla Voss" not in [line["name"] for line in digest["lines"]]
    assert keepwarm("digest", "--send", KEEPWARM_SMTP_URL=f"file://{tmp_path / 'post'}").code == 0
    assert keepwarm("digest", "--json", now=LATER).json["notes"] == []


def test_a_help_desk_is_explained_and_may_be_kept(tmp_path: Path) -> None:
    desk = Mailbox("priya@clouddesk.example", "Priya (CloudDesk Support)")
    records: list[Record] = [*silent_friend()]
    records += [
        mail(30000 + days, *((MINE, desk) if days % 2 else (desk, MINE)), days=days) for days in range(60, 400, 9)
    ]
    keepwarm = introduced(home(tmp_path, records))
    assert "Priya" not in " ".join(names(keepwarm, TODAY))
    said = " ".join(keepwarm("explain", "Priya").out.split())
    assert "Not a relationship: Priya (CloudDesk Support) is a help desk." in said
    assert "In the digest: no, because Priya (CloudDesk Support) is a help desk." in said
    assert keepwarm("keep", "Priya").code == 0
    assert "Not a relationship" not in keepwarm("explain", "Priya").out
    assert "Priya (CloudDesk Support)" in names(keepwarm, TODAY)
