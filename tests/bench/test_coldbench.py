"""The stream adapter: it answers in order, through the real pipeline, from what it has been told and nothing else."""

import io
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.bench.coldbench import Owner, stream
from tests.bench.mailboxes import owners, rows, touches
from worker.cooling import shipped_model

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


def told(until: int = 400) -> io.StringIO:
    """Lines of the protocol; what is asked in the morning comes before what is said that day."""
    lines = [
        line for day, line in sorted(life(), key=lambda one: (one[0], one[1]["type"] == "message")) if day <= until
    ]
    return io.StringIO("\n".join(map(json.dumps, [{"type": "hello", "protocol": 1, "ego": ME}, *lines])))


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    return list(stream(told(), shipped_model()))


def test_every_question_is_answered_in_its_turn(answers: list[dict[str, Any]]) -> None:
    assert [one["id"] for one in answers] == [f"p1:{day}" for day in range(28, 364, 7)]
    assert {one["person"] for one in answers[-1]["depth"]} == {ANNA, BEN}


def test_who_fell_silent_is_listed_once_and_the_other_never(answers: list[dict[str, Any]]) -> None:
    assert [person for one in answers for person in one["digest"]] == [ANNA]
    risk = {one["person"]: one["risk"] for one in answers[-1]["cold"]}
    assert risk[ANNA] > 0.5 > risk[BEN]


def test_an_answer_knows_nothing_of_what_comes_later(answers: list[dict[str, Any]]) -> None:
    half = list(stream(told(until=200), shipped_model()))
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
                "message_id": f"<{row['mid']}@w3c.example>", "date": f"{at:%Y-%m-%dT%H:%M:%SZ}", "from": address(row["frm"]),
                "to": to, "cc": cc, "bcc": bcc if mine else [one for one in bcc if one == address(name)],
                "in_reply_to": None,
            })  # fmt: skip
    for messages in heard.values():
        for message in messages:
            owner.hear(message)
    last = max(heard) + timedelta(days=1)
    owner.settle(last)
    found = {person.partition("@")[0]: list(history.days) for person, history in owner.known.items()}
    assert found == expected
