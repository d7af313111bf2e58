"""What a demanding user tries: wrong paths, poor terminals, contradictions; each gets a sentence that helps."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from models.records import Mailbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import BEN, ME, NOW, live, mail, open_home

MINE = Mailbox(ME, "Me")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("digest", "--json", "--html", "x.html"), 2, "Choose one"),
        (("export", "interactions", "--since", "2026-11-01", "--until", "2026-10-01"), 2, "isn't after"),
        (("digest", "--send"), 1, "Sending isn't set up"),
        (("people", "--now", "2500-01-01T00:00:00Z"), 2, "1971 to 2100"),
        (("connect", "archive", "/nowhere", "--me", "me@example.org"), 1, "There is no such file or folder: /nowhere."),
        (("connect", "archive", "/etc", "--me", "nobody"), 2, "'nobody' isn't an email address"),
        (("connect", "archive", "/dev/zero"), 1, "neither a file nor a folder"),
        (("connect", "archive", __file__), 1, "No emails or meetings could be read there"),
        (("export", "people", "-o", "/nowhere/x.csv"), 1, "/nowhere/x.csv"),
        (("export", "people", "-o", "/"), 1, "Is a directory: /."),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(
    keepwarm: Keepwarm, words: tuple[str, ...], code: int, says: str
) -> None:
    found = keepwarm(*words)
    assert found.code == code
    assert says in " ".join(found.err.replace("│", " ").split())
    assert found.out == ""


@pytest.mark.parametrize(
    "words",
    [("people",), ("digest",), ("show", "edith@example.com"), ("people", "--json"), ("explain", "edith@example.com")],
)
def test_names_of_all_scripts_are_written_where_the_locale_knows_none(tmp_path: Path, words: tuple[str, ...]) -> None:
    runtime = open_home(tmp_path / "home")
    edith = Mailbox("edith@example.com", "Édith 林")
    live(runtime, [mail(n, *((edith, MINE) if n % 2 else (MINE, edith)), days=7 * n) for n in range(1, 30)])
    keepwarm = Keepwarm(tmp_path / "home")
    poor = keepwarm.process(*words, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (poor.code, poor.err) == (0, "")
    assert "Édith 林" in poor.out
    assert poor.out == keepwarm.process(*words, PYTHONIOENCODING="utf-8").out


def test_two_of_one_name_can_be_told_apart(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    first, second = (Mailbox(f"maria@{place}.example", "Maria Santos") for place in ("one", "two"))
    digests = [
        mail(n, *((one, MINE) if n % 2 else (MINE, one)), days=n)
        for place, one in enumerate((first, second))
        for n in range(100 * place + 1, 100 * place + 9)
    ]
    live(runtime, digests)
    said = Keepwarm(tmp_path / "home")("people").out
    assert "Maria Santos <maria@one.example>" in said
    assert "Maria Santos <maria@two.example>" in said


def test_a_thank_you_names_people_by_name(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    new = Mailbox("wanjiru@guild.example", "Wanjiru Maina")
    live(
        runtime,
        [
            *(mail(n, *((BEN, MINE) if n % 2 else (MINE, BEN)), days=20 + 9 * n) for n in range(1, 20)),
            mail(50, BEN, MINE, new, days=30, subject="Introduction: Wanjiru / Me"),
            mail(51, new, MINE, days=29),
            mail(52, MINE, new, days=28),
            mail(53, new, MINE, days=1),
            mail(54, MINE, new, days=0.5),
            mail(55, BEN, MINE, days=0.4),
        ],
    )
    keepwarm = Keepwarm(tmp_path / "home")
    assert keepwarm("digest", "--send", KEEPWARM_SMTP_URL=f"file://{tmp_path / 'out'}").code == 0
    said = keepwarm("digest", now=f"{NOW + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}").out
    assert "Ben Ochoa introduced you to Wanjiru Maina in October, and" in " ".join(said.split())


def test_an_export_into_a_pipe_or_over_a_link_leaves_them_there(keepwarm: Keepwarm, tmp_path: Path) -> None:
    target, link = tmp_path / "history.csv", tmp_path / "link.csv"
    target.touch()
    link.symlink_to(target)
    assert keepwarm("export", "people", "-o", link).code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("person,")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with keepwarm.started("export", "people", "-o", pipe) as process:
        assert pipe.read_text().startswith("person,")
        assert process.wait(60) == 0
    assert pipe.is_fifo()


def test_a_user_without_people_is_not_told_that_nobody_goes_cold(keepwarm: Keepwarm) -> None:
    assert keepwarm("users", "add", "new@example.org").code == 0
    assert "No one is known yet" in keepwarm("digest", "--user", "new@example.org").err
