"""Threads: an answer in the same thread goes on with a conversation, through the real ingest."""

import json
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, ME, NOW, live, mail, open_home
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.relationships import with_histories
from worker.storage.transactions import reading

MINE = Mailbox(ME, "Me")


def exchange(*, threaded: bool) -> list[Record]:
    """Every thirty days an email, and an answer eight days later."""
    records: list[Record] = []
    for number, days in enumerate(range(20, 400, 30)):
        asked, answer = mail(2 * number, MINE, ANNA, days=days + 8), mail(2 * number + 1, ANNA, MINE, days=days)
        if threaded:
            asked, answer = (structs.replace(one, thread=f"t{number}") for one in (asked, answer))
        records += [asked, answer]
    return records


def usual(place: Path, *, threaded: bool) -> float:
    runtime = open_home(place / "home")
    live(runtime, exchange(threaded=threaded))
    runtime.engine.dispose()
    [anna] = Keepwarm(place / "home")("export", "relationships", "--format", "jsonl").out.splitlines()
    found: float = json.loads(anna)["usual_gap_days"]
    return found


def test_an_answer_in_the_same_thread_is_no_new_conversation(tmp_path: Path) -> None:
    assert usual(tmp_path / "threaded", threaded=True) == 30
    assert usual(tmp_path / "apart", threaded=False) < 25


def test_threads_are_read_where_they_are_asked_for_and_what_is_judged_stays(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    user_id, rules = live(runtime, exchange(threaded=True)), RulesSource(None)
    with reading(runtime.engine) as connection:
        bare, judged = with_histories(connection, user_id, rules, NOW)[ANNA.address]
        whole, again = with_histories(connection, user_id, rules, NOW, threads=True)[ANNA.address]
    assert not bare.threads
    assert len(whole.threads) == 13
    assert (replace(whole, threads=()), again) == (bare, judged)
    runtime.engine.dispose()
