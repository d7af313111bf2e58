"""Scores of answers on one coldbench set, owner by owner, so that two rankings can be compared in pairs."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

#: coldbench's protocol: who is early, which week is the third, lines of a digest and candidates for it to count
EARLY = 45
THIRD_WEEK = (21, 27)
LINES = 5
ENOUGH = 8
#: silences of each outcome an owner must have to be scored
EACH = 3
#: what a false line costs
FALSE = 0.5

Answers = dict[tuple[str, int], dict[str, float]]
Scores = dict[str, dict[str, float]]  # metric -> owner -> value


def gold(folder: Path, kind: str) -> Any:
    """One table of what happened afterwards."""
    return pd.read_csv(folder / f"gold_{kind}.tsv.gz", sep="\t")


def lookup(frame: Any, answers: Answers) -> Any:
    """The answer to each row; people left out rank below all others."""
    return np.array(
        [answers.get((e, t), {}).get(p, -np.inf) for e, t, p in zip(frame.ego, frame.t, frame["alt"], strict=True)]
    )


def silence_scores(frame: Any, risk: Any) -> Scores:
    """Average precision over all weeks, in the first weeks and in the third, and precision of the first five."""
    asked = frame.assign(risk=risk)
    asked = asked[asked.late == 0]
    # ties are broken at random, but always in the same way
    asked = asked.assign(tie=np.random.default_rng(0).random(len(asked)))
    early = asked[asked.s <= EARLY]
    third = asked[(asked.s >= THIRD_WEEK[0]) & (asked.s <= THIRD_WEEK[1])]
    return {
        "AP 3 weeks": _by_owner(third, _average_precision),
        "AP <= 45 d": _by_owner(early, _average_precision),
        "AP all": _by_owner(asked, _average_precision),
        "P@5": _first_five(asked),
    }


def _by_owner(frame: Any, score: Callable[[Any], float]) -> dict[str, float]:
    return {
        owner: score(rows)
        for owner, rows in frame.groupby("ego")
        if rows.y.sum() >= EACH and (1 - rows.y).sum() >= EACH
    }


def _average_precision(rows: Any) -> float:
    lasted = rows.y.to_numpy()[np.lexsort((rows.tie, -rows.risk))]
    return float((np.cumsum(lasted) / np.arange(1, len(lasted) + 1))[lasted == 1].mean())


def _first_five(frame: Any) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for (owner, _), rows in frame.groupby(["ego", "t"]):
        lasted, risk = rows.y.to_numpy(), rows.risk.to_numpy()
        if len(lasted) < ENOUGH or lasted.sum() in {0, len(lasted)}:
            continue
        border = np.sort(risk)[::-1][LINES - 1]
        above, tied = risk > border, risk == border
        found.setdefault(owner, []).append((lasted[above].sum() + (LINES - above.sum()) * lasted[tied].mean()) / LINES)
    return {owner: float(np.mean(values)) for owner, values in found.items()}


def listing_counts(frame: Any, listed: Any) -> Any:
    """For each owner (worth of first listings that proved right, listings that proved wrong, silences that lasted)."""
    silence = frame.ego + "|" + frame["alt"] + "|" + frame["last"].astype(str)
    first = frame[listed].assign(silence=silence[listed]).sort_values("t").groupby("silence").first()
    right = first[first.y == 1]
    worth = np.clip(1 - (right.s - 14) / (right.L + 16), 0, 1).groupby(right.ego).sum()
    wrong = (first.y == 0).groupby(first.ego).sum()
    lasting = frame[frame.y == 1].assign(silence=silence).groupby("silence").ego.first().value_counts()
    table = pd.DataFrame({"worth": worth, "wrong": wrong, "lasting": lasting})
    return table.reindex(sorted(frame.ego.unique())).fillna(0.0)


def utility(counts: Any) -> float:
    """What a digest was worth: early true lines, less what the false ones cost, for each silence that lasted."""
    worth, wrong, lasting = np.asarray(counts, dtype=float).sum(0)
    return float((worth - FALSE * wrong) / max(lasting, 1.0))


def depth_scores(frame: Any, score: Any) -> Scores:
    """Rank correlation with the contact days of the next 180 days, and AUC of any contact in the next 90."""
    found: dict[str, dict[str, list[float]]] = {"rho180": {}, "AUC90": {}}
    for (owner, _), rows in frame.assign(score=score).groupby(["ego", "t"]):
        rank = rows.score.rank().to_numpy()
        later = rows.fut180.rank().to_numpy()
        steady = rank.std() == 0 or later.std() == 0
        found["rho180"].setdefault(owner, []).append(0.0 if steady else float(np.corrcoef(rank, later)[0, 1]))
        again = rows.fut90.to_numpy() > 0
        ones, zeros = again.sum(), (~again).sum()
        if ones and zeros:
            area = (rank[again].sum() - ones * (ones + 1) / 2) / (ones * zeros)
            found["AUC90"].setdefault(owner, []).append(float(area))
    return {name: {owner: float(np.mean(v)) for owner, v in owners.items()} for name, owners in found.items()}


def tie_decay(contacts: Iterable[int], today: int, half_life: float = 90.0) -> tuple[float, float]:
    """Baselines of depth: tie-decay, and tie-decay times the root of the span of the last year."""
    known = list(contacts)
    known = known[: bisect_left(known, today)]
    decayed = sum(2.0 ** (-(today - day) / half_life) for day in known[-300:])
    year = known[bisect_left(known, today - 365) :]
    return decayed, decayed * (1.0 + (year[-1] - year[0] if year else 0)) ** 0.5
