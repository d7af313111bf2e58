"""The stream adapter: it answers in order, through the real pipeline, from what it has been told and nothing else."""

import io
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.bench.coldbench import Owner, stream
from tests.bench.feed import Feed
from tests.bench.mailboxes import owners, rows, touches
from worker.judgement.cooling import shipped_model

PUBLIC = Path(__file__).parents[3] / "shared" / "coldbench" / "public"
ME, ANNA, BEN = "p1@made.example", "p2@made.example", "p3@made.example"
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def said(days: int, sender: str, *to: str) -> dict[str, Any]:
    at = FIRST + timedelta(days=days, hours=9)
    return {
        "type": "message", "message_id": f"<{days}-{sender}>", "date": f"{at:%Y-%m-%dT%H:%M:%SZ}", "from": sender,
        "to": list(to), "cc": [], "bcc": [], "in_reply_to": None,
    }  # fmt: skip


def asked(days: int) -> dict[str, Any]:
    at = FIRST + timedelta(days=days)
    return {"type": "query", "id": f"p1:{days}", "as_of": f"{at:%Y-%m-%dT%H:%M:%SZ}"}


def life() -> Iterator[tuple[int, dict[str, Any]]]:
    """A year with Anna every week until she falls silent, and with Ben every ten days to the end."""
    yield from ((day, said(day, *((ME, ANNA) if day % 2 else (ANNA, ME)))) for day in range(0, 260, 7))
    yield from ((day, said(day, *((ME, BEN) if day % 20 else (BEN, ME)))) for day in range(0, 360, 10))
    yield from ((day, asked(day)) for day in range(28, 364, 7))


def mailbox(until: int = 400) -> io.StringIO:
    """Lines of the protocol; what is asked in the morning comes before what is said that day."""
    lines = [
        line for day, line in sorted(life(), key=lambda one: (one[0], one[1]["type"] == "message")) if day <= until
    ]
    return io.StringIO("\n".join(map(json.dumps, [{"type": "hello", "protocol": 1, "ego": ME}, *lines])))


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    return list(stream(mailbox(), shipped_model()))


def test_every_question_is_answered_in_its_turn(answers: list[dict[str, Any]]) -> None:
    assert [one["id"] for one in answers] == [f"p1:{day}" for day in range(28, 364, 7)]
    assert {one["person"] for one in answers[-1]["depth"]} == {ANNA, BEN}


def test_who_fell_silent_is_listed_again_only_when_it_has_doubled_and_the_other_never(
    answers: list[dict[str, Any]],
) -> None:
    silent = [int(one["id"][3:]) - 259 for one in answers for person in one["digest"] if person == ANNA]
    assert [person for one in answers for person in one["digest"]] == [ANNA] * len(silent)
    assert silent[0] <= 28
    assert all(later >= 2 * before for before, later in pairwise(silent))
    risk = {one["person"]: one["risk"] for one in answers[-1]["cold"]}
    assert risk[ANNA] > 0.5 > risk[BEN]


def test_an_answer_knows_nothing_of_what_comes_later(answers: list[dict[str, Any]]) -> None:
    half = list(stream(mailbox(until=200), shipped_model()))
    assert half == answers[: len(half)]
    assert len(half) > 20


@pytest.mark.skipif(not PUBLIC.exists(), reason="coldbench's public sets lie beside the repository")
def test_the_pipeline_finds_the_touches_the_fit_was_made_from() -> None:
    folder = PUBLIC / "w3c"
    name = owners(folder)[8]
    expected = touches(folder)[name]
    owner = Owner(f"{name}@w3c.example", shipped_model())
    address = "{}@w3c.example".format
    heard = defaultdict(list)
    for row in rows(folder / "messages.tsv.gz"):
        to, cc, bcc = ([address(one) for one in row[key].split(",") if one] for key in ("to", "cc", "bcc"))
        if address(name) in {address(row["frm"]), *to, *cc, *bcc}:
            mine = row["frm"] == name
            at = datetime.fromtimestamp(int(row["t"]), UTC)
            heard[at].append({
                "type": "message", "message_id": f"<{row['mid']}@w3c.example>", "date": f"{at:%Y-%m-%dT%H:%M:%SZ}", "from": address(row["frm"]),
                "to": to, "cc": cc, "bcc": bcc if mine else [one for one in bcc if one == address(name)],
                "in_reply_to": None,
            })  # fmt: skip
    for messages in heard.values():
        for message in messages:
            owner.hear(message)
    last = max(heard) + timedelta(days=1)
    owner.recompute(last)
    found = {person.partition("@")[0]: list(history.days) for person, history in owner.known.items()}
    assert found == expected


HELLO = {"type": "hello", "protocol": 1, "ego": ME}


def answered(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    return list(stream(io.StringIO("\n".join(map(json.dumps, [HELLO, *lines]))), shipped_model()))


def test_before_anything_was_said_there_is_nobody() -> None:
    assert answered(asked(7), asked(14)) == [
        {"id": f"p1:{day}", "depth": [], "cold": [], "digest": []} for day in (7, 14)
    ]


def test_somebody_written_to_once_is_known_and_not_judged() -> None:
    (answer,) = answered(said(0, ME, ANNA), asked(70))
    assert [one["person"] for one in answer["depth"]] == [ANNA]
    assert answer["cold"] == answer["digest"] == []


def test_a_mail_to_hundreds_of_people_is_answered_too() -> None:
    crowd = [f"p{i}@made.example" for i in range(10, 510)]
    answers = answered(said(0, BEN, *crowd), said(1, BEN, ME, *crowd), said(2, ME, ANNA), asked(7))
    assert max(answers[0]["depth"], key=lambda one: one["score"])["person"] == ANNA


@pytest.mark.parametrize(
    "odd",
    [
        {"in_reply_to": "<never-seen@elsewhere.example>"},
        {"to": [], "cc": [ME.upper()]},
        {"to": [ME, ME], "cc": [ME], "bcc": [ME]},
        {"message_id": None},
        {"from": None},
        {"to": None, "cc": None, "bcc": None},
        {"date": "1969-12-31T23:59:59Z"},
        {"date": "2024-01-02T09:00:00"},
        {"from": "not an address", "to": ["", "@", "x@"]},
        {"more": {"keys": ["are", "ignored"]}},
    ],
)
def test_odd_mails_do_no_harm(odd: dict[str, Any]) -> None:
    plain = [said(0, ME, ANNA), said(1, ANNA, ME)]
    (answer,) = answered(*plain, said(2, BEN, ME) | odd, said(3, BEN, ME) | odd, asked(7))
    assert ANNA in {one["person"] for one in answer["depth"]}
    assert "p1@made.example" not in {one["person"].lower() for one in answer["depth"]}


def test_an_address_is_one_however_it_is_written_and_answered_as_first_told() -> None:
    ways = ("P2@Made.Example", "p2@made.example", "p2@MADE.example")
    lines = [said(7 * i, *((ways[i % 3], ME) if i % 2 else (ME.upper(), ways[i % 3]))) for i in range(30)]
    (answer,) = answered(*lines, asked(300))
    assert [one["person"] for one in answer["depth"]] == [one["person"] for one in answer["cold"]] == [ways[0]]


def test_mails_of_one_moment_are_all_heard() -> None:
    lines = [said(0, ME, f"p{i}@made.example") | {"message_id": f"<{i}>"} for i in range(10, 30)]
    (answer,) = answered(*lines, asked(7))
    assert len({one["person"] for one in answer["depth"]}) == 20


def event(days: int, partstat: str) -> dict[str, Any]:
    at = FIRST + timedelta(days=days, hours=9)
    return {
        "type": "event", "uid": f"{days}@made.example", "start": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}", "organizer": ME,
        "attendees": [{"address": ME, "partstat": "ACCEPTED"}, {"address": ANNA, "partstat": partstat}],
    }  # fmt: skip


def test_a_meeting_counts_when_it_is_over_though_nothing_more_is_told() -> None:
    answers = answered(said(0, ME, ANNA), event(10, "accepted"), asked(7), asked(14))
    before, after = (one["depth"][0]["score"] for one in answers)
    declined = answered(said(0, ME, ANNA), event(10, "DECLINED"), asked(7), asked(14))
    assert after > before + 5 > declined[1]["depth"][0]["score"]


def test_who_is_met_next_week_is_not_listed() -> None:
    story = [line for _, line in sorted(life(), key=lambda one: (one[0], one[1]["type"] == "message"))]
    at = next(i for i, line in enumerate(story) if line == asked(259))
    answers = answered(*story[:at], event(283, "ACCEPTED"), *story[at:])
    assert [person for one in answers for person in one["digest"] if int(one["id"][3:]) < 300] == []


@pytest.mark.skipif(not PUBLIC.exists(), reason="coldbench's public sets lie beside the repository")
def test_the_feed_says_what_the_export_says() -> None:
    folder = PUBLIC / "man"
    owner = owners(folder)[-1]
    export = [sys.executable, str(PUBLIC.parent / "export.py"), str(folder), owner, "--format", "stream"]
    exported = subprocess.run(export, check=True, capture_output=True, text=True).stdout
    assert list(map(json.loads, Feed(folder).lines(owner))) == list(map(json.loads, exported.splitlines()))
