"""Threads: an answer in the same thread goes on with a conversation, through the real ingest."""

import json
from pathlib import Path

from msgspec import structs

from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, ME, live, mail, open_home

MINE = Mailbox(ME, "Me")


def usual(place: Path, *, threaded: bool) -> float:
    """Every thirty days an email, and an answer eight days later."""
    records: list[Record] = []
    for number, days in enumerate(range(20, 400, 30)):
        asked, answer = mail(2 * number, MINE, ANNA, days=days + 8), mail(2 * number + 1, ANNA, MINE, days=days)
        if threaded:
            asked, answer = (structs.replace(one, thread=f"t{number}") for one in (asked, answer))
        records += [asked, answer]
    runtime = open_home(place / "home")
    live(runtime, records)
    runtime.engine.dispose()
    [anna] = Keepwarm(place / "home")("export", "relationships", "--format", "jsonl").out.splitlines()
    found: float = json.loads(anna)["usual_gap_days"]
    return found


def test_an_answer_in_the_same_thread_is_no_new_conversation(tmp_path: Path) -> None:
    assert usual(tmp_path / "threaded", threaded=True) == 30
    assert usual(tmp_path / "apart", threaded=False) < 25
