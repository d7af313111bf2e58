"""The stream through the real pipeline says what the pure functions say of the same touches: depth, risk and digest."""

import subprocess
import sys
from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest

from models.enums import Warmth
from tests.bench.coldbench import stream
from tests.bench.mailboxes import owners, touches
from worker.digest.choose.choice import COLD_KINDS, Candidate, Listing
from worker.digest.choose.policy import choose
from worker.judgement.assess import assess
from worker.judgement.cooling import shipped_model
from worker.judgement.facts import INWARD, OUTWARD, Day, History, at_day, day_of, habits_of
from worker.judgement.rules import load

PUBLIC = Path(__file__).parents[3] / "shared" / "coldbench" / "public"


def history_of(days: list[Day], today: int) -> History | None:
    """What was known on a morning; the hour of a touch matters to nothing that is asked here."""
    known = days[: bisect_left(days, (today,))]
    if not known:
        return None
    last_in, last_out = (
        max((at_day(day) for day, touch, _ in known if touch in kinds), default=None) for kinds in (INWARD, OUTWARD)
    )
    return History(known, at_day(known[0].day), at_day(known[-1].day), last_in, last_out)


@pytest.mark.skipif(not PUBLIC.exists(), reason="coldbench's public sets lie beside the repository")
@pytest.mark.parametrize("name", ["man", "openbmc", "w3c"])
def test_real_is_pure(name: str) -> None:
    folder = PUBLIC / name
    everybody = owners(folder)
    owner = everybody[len(everybody) * 2 // 3]
    export = [sys.executable, str(PUBLIC.parent / "export.py"), str(folder), owner, "--format", "stream"]
    mailbox = subprocess.run(export, check=True, capture_output=True, text=True).stdout
    rulebook, model = load(), shipped_model()
    people = touches(folder, [owner])[owner]
    listed: list[Listing] = []
    asked = 0
    for answer in stream(iter(mailbox.splitlines()), model):
        asked += 1
        now = at_day(int(answer["id"].partition(":")[2]))
        known = {one: found for one, days in people.items() if (found := history_of(days, day_of(now)))}
        habits = habits_of(known.values(), now)
        judged = {one: assess(history, habits, rulebook, now, model=model) for one, history in known.items()}
        assert bare(answer["depth"], "score") == {one: found.depth for one, found in judged.items()}
        assert bare(answer["cold"], "risk") == {
            one: found.cold_probability
            for one, found in judged.items()
            if found.cold_probability is not None and found.warmth is not Warmth.UNKNOWN
        }
        candidates = [Candidate(one, known[one], found) for one, found in judged.items()]
        chosen = choose(candidates, listed, habits, now).chosen
        listed += [
            Listing(one.person, one.kind, now, known[one.person].last_at, one.cold_probability) for one in chosen
        ]
        assert [one.partition("@")[0] for one in answer["digest"]] == [
            one.person for one in chosen if one.kind in COLD_KINDS
        ]
    assert asked == mailbox.count('"query"') > 10


def bare(rows: list[dict[str, Any]], key: str) -> dict[str, float]:
    """The rows by person, without the domain."""
    return {row["person"].partition("@")[0]: row[key] for row in rows}
