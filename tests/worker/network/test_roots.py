"""Doors that opened: a tree over years, without counts, and its picture."""

from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

from models.records import Mailbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, BEN, NOW, live, mail, open_home
from tests.worker.network.test_introductions import MINE, NEW, brought, friendship
from worker.network.roots import Door, Led, Tree, grown, path_to
from worker.network.roots_picture import picture

GUIDES = " └├─│"
NAMES = {name: name.title() for name in ("anna", "ben", "cleo", "dora", "<script>")}


def led(*pairs: tuple[str, str]) -> list[Led]:
    return [Led(one, other, NOW - timedelta(days=900 - 30 * i)) for i, (one, other) in enumerate(pairs)]


def shape(door: Door) -> tuple[str, list[object]]:
    return door.person, [shape(below) for below in door.led_to]


def test_who_led_to_whom_is_a_tree_in_order_of_time() -> None:
    doors = grown(led(("anna", "ben"), ("ben", "cleo"), ("anna", "dora")), NAMES)
    assert [shape(door) for door in doors] == [("anna", [("ben", [("cleo", [])]), ("dora", [])])]
    assert [shape(door) for door in [path_to(doors[0], "cleo")] if door] == [("anna", [("ben", [("cleo", [])])])]


def test_a_ring_is_cut_and_nobody_is_lost_in_it() -> None:
    doors = grown(led(("anna", "ben"), ("ben", "cleo"), ("cleo", "anna")), NAMES)
    assert [shape(door) for door in doors] == [("anna", [("ben", [("cleo", [])])])]


def test_the_picture_is_well_formed_and_speaks_whatever_the_names_hold() -> None:
    doors = grown(led(("anna", "<script>")), NAMES)
    drawn = picture(Tree(doors))
    page = fromstring(drawn)
    assert "<script>" not in drawn.lower().replace("&lt;script&gt;", "")
    assert [child.tag.rpartition("}")[2] for child in page][:2] == ["title", "desc"]
    assert "prefers-color-scheme: dark" in drawn


def test_roots_on_the_command_line(tmp_path: Path) -> None:
    other = Mailbox("luc@atelier.example", "Luc Moreau")
    theirs = [
        mail(600, NEW, MINE, other, days=60),
        mail(601, MINE, other, days=59),
        mail(602, other, MINE, days=58),
        mail(603, MINE, other, days=50),
        mail(604, other, MINE, days=45),
    ]
    mine = [mail(700, MINE, ANNA, BEN, days=30), mail(701, BEN, ANNA, MINE, days=29)]
    runtime = open_home(tmp_path / "home")
    live(runtime, [*friendship(), *friendship(200, BEN), *brought(), *theirs, *mine])
    runtime.engine.dispose()
    keepwarm = Keepwarm(tmp_path / "home")
    assert [line.lstrip(GUIDES) for line in keepwarm("roots").out.splitlines()] == [
        "Anna Berg",
        "Wanjiru Maina  August 2026",
        "Luc Moreau  September 2026",
        "You brought together",
        "Anna Berg and Ben Ochoa  October 2026",
    ]
    assert "Luc Moreau" in keepwarm("roots", "Luc").out
    assert keepwarm("roots", "--json").json["doors"][0]["led_to"][0]["person"] == NEW.address
    assert keepwarm("roots", "--svg", tmp_path / "roots.svg").code == 0
    fromstring((tmp_path / "roots.svg").read_text())
    assert keepwarm("roots", "--json", "--svg", tmp_path / "roots.svg").code == 2
    assert "led to" not in keepwarm("roots").out  # nobody is counted
