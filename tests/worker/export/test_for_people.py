"""Exports are opened with what people open them with, and hold what the JSON Lines hold."""

import json
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import vobject
from icalendar import Calendar

from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import ROOT, Keepwarm
from tests.worker.homes import ANNA, ME, friendship, live, mail, meeting, open_home
from worker.export.rows import interactions, people, relationships, touches

NASTY = '=HYPERLINK("http://evil.example")'
ZONE = ZoneInfo("UTC")
#: Run by itself: the two would take 140 MB of the process that runs the tests, for good.
READERS = """
import json, duckdb, pandas
frame = pandas.read_parquet("touches.parquet")
print(json.dumps({
    "columns": list(frame.columns),
    "times": [at.isoformat() for at in frame.occurred_at],
    "minutes": [int(n) for n in duckdb.sql("SELECT count(*), sum(minutes) FROM 'touches.parquet'").fetchall()[0]],
    "people": int(duckdb.sql("SELECT sum(json_array_length(people)) FROM 'interactions.parquet'").fetchall()[0][0]),
}))
"""
SCHEMA = (ROOT / ".github" / "EXPORTS.md").read_text(encoding="utf-8")


@pytest.fixture
def lived(tmp_path: Path) -> Keepwarm:
    runtime = open_home(tmp_path / "home")
    evil = Mailbox("eve@evil.example", NASTY)
    more: list[Record] = [
        mail(9000, evil, Mailbox(ME), days=3, subject=NASTY),
        meeting(9001, ANNA, days=2, subject="Tea; or, 茶"),
    ]
    live(runtime, [*friendship(), *more])
    return Keepwarm(tmp_path / "home")


def exported(keepwarm: Keepwarm, what: str, form: str, tmp_path: Path, *more: str) -> Path:
    path = tmp_path / f"{what}.{form}"
    found = keepwarm("export", what, "--format", form, "-o", path, *more)
    assert found.code == 0, found.err
    return path


def exact(keepwarm: Keepwarm, what: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in keepwarm("export", what, "--format", "jsonl").out.splitlines()]


@pytest.mark.parametrize("module", [interactions, touches, people, relationships], ids=lambda one: one.__name__)
def test_the_schema_names_every_column_in_order(module: Any) -> None:
    name = module.__name__.rpartition(".")[2]
    section = SCHEMA.partition(f"## {name}:")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [column.name for column in module.COLUMNS]


def test_touches_are_the_people_of_interactions(lived: Keepwarm) -> None:
    known = {(one["id"], person["address"]) for one in exact(lived, "interactions") for person in one["people"]}
    found = exact(lived, "touches")
    assert {(one["interaction"], one["address"]) for one in found} == known
    assert found == sorted(found, key=lambda one: (one["occurred_at"], one["interaction"], one["address"]))
    assert {one["minutes"] for one in found if one["channel"] == "meeting"} == {60}
    assert {one["minutes"] for one in found if one["channel"] == "email"} == {None}
    only = [
        json.loads(line)
        for line in lived("export", "touches", "--format", "jsonl", "--person", "Anna").out.splitlines()
    ]
    assert only == [one for one in found if one["person"] == ANNA.address]


def test_a_workbook_has_a_sheet_for_each_table_with_real_dates_and_no_formula(lived: Keepwarm, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(exported(lived, "all", "xlsx", tmp_path))
    assert book.sheetnames == ["interactions", "touches", "people", "relationships"]
    sheet = book["touches"]
    assert sheet.freeze_panes == "A2"
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[0] == "occurred_at (UTC)"
    found = exact(lived, "touches")
    assert len(rows) == len(found)
    assert [row[0].replace(tzinfo=UTC) for row in rows] == [datetime.fromisoformat(one["occurred_at"]) for one in found]
    assert NASTY in {row[2] for row in rows}
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d"}  # never "f"


def test_parquet_is_read_by_pandas_and_duckdb(lived: Keepwarm, tmp_path: Path) -> None:
    exported(lived, "touches", "parquet", tmp_path)
    exported(lived, "interactions", "parquet", tmp_path)
    found = exact(lived, "touches")
    done = subprocess.run([sys.executable, "-c", READERS], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    assert read["columns"] == [column.name for column in touches.COLUMNS]
    assert list(map(datetime.fromisoformat, read["times"])) == [
        datetime.fromisoformat(one["occurred_at"]) for one in found
    ]
    assert read["minutes"] == [len(found), sum(one["minutes"] or 0 for one in found)]
    assert read["people"] == len(found)


def test_the_examples_run(lived: Keepwarm, tmp_path: Path) -> None:
    exported(lived, "touches", "parquet", tmp_path)
    examples = re.findall(r"```python\n(.*?)```", SCHEMA, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        done = subprocess.run(
            [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_a_sqlite_copy_says_the_same(lived: Keepwarm, tmp_path: Path) -> None:
    database = sqlite3.connect(exported(lived, "all", "sqlite", tmp_path))
    database.row_factory = sqlite3.Row
    for what in ("touches", "interactions", "people", "relationships"):
        json_columns = {"people", "addresses", "kinds", "why", "reasons"}
        rows = [
            {key: json.loads(row[key]) if key in json_columns else row[key] for key in row.keys()}  # noqa: SIM118 - a Row is no dict
            for row in database.execute(f"SELECT * FROM {what}")
        ]
        optional = dict.fromkeys(("not_counted",) if what == "touches" else ())  # JSON Lines leave it out
        assert rows == [one | {**optional, **one} for one in exact(lived, what)]
    database.close()


def test_meetings_are_a_calendar(lived: Keepwarm, tmp_path: Path) -> None:
    calendar = Calendar.from_ical(exported(lived, "interactions", "ics", tmp_path).read_bytes())
    meetings = [one for one in exact(lived, "interactions") if one["channel"] == "meeting"]
    events = list(calendar.walk("VEVENT"))
    assert [str(event["UID"]) for event in events] == [one["id"] for one in meetings]
    assert [event.decoded("DTSTART") for event in events] == [
        datetime.fromisoformat(one["occurred_at"]) for one in meetings
    ]
    assert "Tea; or, 茶" in {str(event["SUMMARY"]) for event in events}
    assert all("ATTENDEE" in event for event in events)


def test_people_are_cards(lived: Keepwarm, tmp_path: Path) -> None:
    text = exported(lived, "relationships", "vcf", tmp_path).read_text(encoding="utf-8")
    cards = list(vobject.readComponents(text))
    known = exact(lived, "relationships")
    assert [card.fn.value for card in cards] == [one["name"] or one["person"] for one in known]
    anna = next(card for card in cards if ANNA.address in {email.value for email in card.email_list})
    stage = next(one["stage"] for one in known if one["person"] == ANNA.address)
    assert anna.note.value.startswith(f"keepwarm: {stage}, last contact 2026-11-")


def test_a_csv_for_excel_has_a_mark_and_local_times(lived: Keepwarm, tmp_path: Path) -> None:
    assert lived("digest", "--zone", "Asia/Tokyo").code == 0
    raw = exported(lived, "touches", "csv", tmp_path, "--excel").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfoccurred_at,")
    first = raw.decode("utf-8-sig").splitlines()[1].partition(",")[0]
    utc = datetime.fromisoformat(exact(lived, "touches")[0]["occurred_at"])
    assert first == f"{utc.astimezone(ZoneInfo('Asia/Tokyo')):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("people", "--format", "ics"), "ics can't hold people, only interactions"),
        (("all", "--format", "csv"), "csv can't hold all"),
        (("touches", "--format", "xlsx", "--excel"), "xlsx is for Excel anyway"),
        (("nothing",), "not one of"),
        (("touches", "--format", "doc"), "not one of"),
    ],
)
def test_what_a_format_cannot_hold_is_said(lived: Keepwarm, words: tuple[str, ...], says: str) -> None:
    found = lived("export", *words)
    assert found.code == 2
    assert says in " ".join(found.err.replace("│", " ").split())
