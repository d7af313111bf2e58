"""The three exports over a history that went through the real ingest."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from models.records import Mailbox
from tests.worker.homes import ANNA, BEN, ME, NOW, friendship, live, mail, open_home
from worker.app.runtime import Runtime
from worker.export.formats.text import Format, write
from worker.export.rows import interactions, people, relationships
from worker.export.rows.scope import Scope
from worker.judgement.keep.basis import RulesSource
from worker.storage.transactions import reading

MINE = Mailbox(ME, "Me")


def rows(runtime: Runtime, scope: Scope) -> list[dict[str, Any]]:
    out = io.BytesIO()
    with reading(runtime.engine) as connection:
        write(interactions.interactions(connection, scope), interactions.COLUMNS, Format.JSONL, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_interactions_are_sorted_and_only_those_that_count_by_now(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    scope = Scope(live(runtime, friendship()), NOW)
    found = rows(runtime, scope)
    assert len(found) == 54 + 2 + 2
    assert [(row["occurred_at"], row["id"]) for row in found] == sorted(
        (row["occurred_at"], row["id"]) for row in found
    )
    later = rows(runtime, replace(scope, now=NOW + timedelta(days=6)))
    assert [row["subject"] for row in later if row not in found] == ["Lunch"]


def test_interactions_say_who_took_part_without_the_user(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    user = live(runtime, [mail(1, MINE, BEN, days=3, cc=[ANNA]), mail(2, ANNA, MINE, days=2, subject=None)])
    both, answer = rows(runtime, Scope(user, NOW))
    assert both["direction"] == "out"
    assert both["people"] == [
        {"person": ANNA.address, "name": "Anna Berg", "address": ANNA.address, "role": "cc", "response": None},
        {"person": BEN.address, "name": "Ben Ochoa", "address": BEN.address, "role": "to", "response": None},
    ]
    assert both["message_id"] == "1@mails.example"
    assert (answer["direction"], answer["subject"], answer["my_role"], answer["group_size"]) == ("in", None, "to", 2)
    assert list(answer) == [column.name for column in interactions.COLUMNS]


def test_a_span_of_time_and_a_person_narrow_the_interactions(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    scope = Scope(live(runtime, friendship()), NOW)
    everything = rows(runtime, scope)
    border = NOW - timedelta(days=200)
    before, after = rows(runtime, replace(scope, until=border)), rows(runtime, replace(scope, since=border))
    assert before + after == everything
    assert before
    assert after
    with_ben = rows(runtime, replace(scope, person=BEN.address))
    assert with_ben == [row for row in everything if BEN.address in {one["address"] for one in row["people"]}]
    assert len(with_ben) == 3


def test_nobody_sees_the_history_of_another_user(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    one = live(runtime, friendship())
    other = live(runtime, [mail(7, BEN, Mailbox("you@yours.example"), days=3)], me="you@yours.example")
    assert len(rows(runtime, Scope(other, NOW))) == 1
    with reading(runtime.engine) as connection:
        assert [row[0] for row in people.people(connection, Scope(other, NOW))] == [BEN.address]
        found = relationships.relationships(connection, Scope(other, NOW), RulesSource(runtime.settings.rules))
        assert [row[0] for row in found] == [BEN.address]
        assert {row[0] for row in people.people(connection, Scope(one, NOW))} == {ANNA.address, BEN.address}


def test_people_are_exported_with_their_addresses_and_why_those_are_theirs(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    plain, tagged = Mailbox("ben@gmail.com", "Ben Ochoa"), Mailbox("b.en+lists@gmail.com", "Ben Ochoa")
    user = live(runtime, [mail(1, MINE, plain, days=9), mail(2, tagged, MINE, days=3)])
    with reading(runtime.engine) as connection:
        (row,) = people.people(connection, Scope(user, NOW))
    assert row == (
        plain.address,
        "Ben Ochoa",
        [tagged.address, plain.address],
        ["person", "person"],
        "2026-11-11T09:00:00Z",
        "2026-11-17T09:00:00Z",
        [f"the same mailbox as {plain.address}", "their own address"],
    )


def test_relationships_are_judged_as_of_the_moment_asked_for(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    scope = Scope(live(runtime, friendship()), NOW)

    def anna(scope: Scope) -> dict[str, Any]:
        with reading(runtime.engine) as connection:
            found = relationships.relationships(
                connection, replace(scope, person=ANNA.address), RulesSource(runtime.settings.rules)
            )
            return dict(zip((column.name for column in relationships.COLUMNS), next(found), strict=True))

    now, then = anna(scope), anna(replace(scope, now=NOW - timedelta(days=400)))
    assert now["stage"] in {"rooted", "deep"}
    assert now["depth"] > then["depth"]
    assert now["next_meeting_at"] == "2026-11-25T09:00:00Z"
    assert now["warmth"] == "warm"
    assert now["as_of"] == "2026-11-20T09:00:00Z"
    assert {"rule", "points", "reason"} == set(now["reasons"][0])
    assert round(sum(reason["points"] for reason in now["reasons"]), 1) == round(now["depth"], 1)
    assert then["last_at"] < "2025-10-17"
