"""An export says of an email that came back, or that its sender may not have written, that it is no contact with them."""

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from models.enums import Channel, Direction, Role
from models.records import Mailbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, BEN, ME, live, mail, open_home
from worker.export.rows.not_counted import why_not_counted

MINE = Mailbox(ME, "Me")
DAEMON = Mailbox("mailer-daemon@post.example", "Mail Delivery Subsystem")
BOTH = mail(3, MINE, ANNA, BEN, days=3)
REPORT = structs.replace(
    mail(4, DAEMON, MINE, days=3), in_reply_to=BOTH.message_id, signals=("return-path=<>", f"failed={BEN.address}")
)
FORGED = structs.replace(mail(5, ANNA, MINE, days=2), dmarc="fail")


@pytest.fixture
def lived(tmp_path: Path) -> Keepwarm:
    runtime = open_home(tmp_path / "home")
    live(runtime, [mail(1, ANNA, MINE, days=90), mail(2, MINE, ANNA, days=80), BOTH, REPORT, FORGED])
    runtime.engine.dispose()
    return Keepwarm(tmp_path / "home")


def lines(keepwarm: Keepwarm, what: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in keepwarm("export", what, "--format", "jsonl").out.splitlines()]


def marks(keepwarm: Keepwarm) -> list[dict[str, str]]:
    """Who is marked in each interaction, by address."""
    return [
        {one["address"]: one["not_counted"] for one in row["people"] if "not_counted" in one}
        for row in lines(keepwarm, "interactions")
    ]


def test_what_did_not_count_is_marked_and_nothing_else(lived: Keepwarm) -> None:
    assert marks(lived) == [{}, {}, {BEN.address: "returned"}, {ANNA.address: "sender"}]
    *counted, _ = lines(lived, "touches")
    assert [one["not_counted"] for one in lines(lived, "touches") if "not_counted" in one] == ["returned", "sender"]
    assert "not_counted" not in counted[0], "rows without a mark are the bytes they were"


def test_every_format_says_so(lived: Keepwarm, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(lived("export", "touches").out)))
    assert [row["not_counted"] for row in rows] == ["", "", "", "returned", "sender"]
    cells = list(csv.DictReader(io.StringIO(lived("export", "interactions").out)))
    assert [json.loads(row["people"]) for row in cells] == [row["people"] for row in lines(lived, "interactions")]
    path = tmp_path / "copy.db"
    assert lived("export", "all", "--format", "sqlite", "-o", path).code == 0
    copy = sqlite3.connect(path)
    found = copy.execute("SELECT not_counted FROM touches ORDER BY occurred_at, interaction, address").fetchall()
    assert [one for (one,) in found] == [None, None, None, "returned", "sender"]
    copy.close()


def test_read_back_it_does_not_count_either(lived: Keepwarm, tmp_path: Path) -> None:
    path, other = tmp_path / "all.jsonl", Keepwarm(tmp_path / "other")
    assert lived("export", "interactions", "--format", "jsonl", "-o", path).code == 0
    assert other("connect", "archive", path).code == 0
    assert other("export", "interactions", "--format", "jsonl").out == path.read_text(encoding="utf-8")
    dates = [(one["person"], one["last_at"], one["silent_days"]) for one in lived("people", "--json").json]
    assert dates == [(one["person"], one["last_at"], one["silent_days"]) for one in other("people", "--json").json]
    assert {whose: silent for whose, _, silent in dates}[ANNA.address] == 3


@pytest.mark.parametrize(
    ("touch", "channel", "direction", "role", "why"),
    [
        (None, Channel.EMAIL, Direction.OUT, Role.CC, "returned"),
        (None, Channel.EMAIL, Direction.IN, Role.FROM, "sender"),
        (None, Channel.EMAIL, Direction.IN, Role.CC, None),  # the address of a list
        (None, Channel.EMAIL, Direction.OUT, Role.SENDER, None),  # who passed it on
        (None, Channel.MEETING, Direction.MUTUAL, Role.ATTENDEE, None),  # they declined, which `response` says
        (5, Channel.EMAIL, Direction.IN, Role.FROM, None),
    ],
)
def test_only_what_is_known_is_said(
    touch: int | None, channel: str, direction: str, role: str, why: str | None
) -> None:
    assert why_not_counted(touch, channel, direction, role) == why
