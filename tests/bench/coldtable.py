"""Runs coldbench's public sets and prints the table: python -m tests.bench.coldtable PUBLIC [--only SET] [--fitted] [--keep].

Each set is judged by coefficients fitted on the other three. Confidence intervals are bootstrapped over owners.
"""

import argparse
import gzip
import json
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import fit
from tests.bench.coldbench import stream
from tests.bench.feed import Feed
from tests.bench.mailboxes import touches
from tests.bench.verdicts import (
    Answers,
    Scores,
    depth_scores,
    gold,
    listing_counts,
    lookup,
    silence_scores,
    tie_decay,
    utility,
)
from worker.judgement.cooling import model_at, shipped_model
from worker.judgement.facts import contact_days

DRAWS = 2000
PROCESSES = 2
FIXED = (21, 30, 45, 60)
#: days: a fixed rule stops listing after so many
GIVEN_UP = 180
#: the set that is being answered, and with which coefficients: set before the processes are forked
_feed: Feed | None = None
_model = shipped_model()
METRICS = ("AP 3 weeks", "AP <= 45 d", "AP all", "P@5", "rho180", "AUC90")


def drive(public: Path, name: str, out: Path, limit: int, every: int = 1) -> Path:
    """Have the product answer a whole set, owner by owner, in PROCESSES: each line is read when it has answered so far.

    What the set's files say is read once and shared by forking, and no process is started for an owner: both cost more
    than most owners' answers.
    """
    global _feed, _model
    _feed, _model = Feed(public / name), model_at(out / f"cold-without-{name}.json")
    answers = out / f"{name}.jsonl"
    with get_context("fork").Pool(PROCESSES) as pool, answers.open("w", encoding="utf-8") as file:
        for lines in pool.imap(_answers, _feed.owners[:limit:every]):
            file.writelines(lines)
    return answers


def _answers(owner: str) -> list[str]:
    """The answers of one owner, in a process forked from the one that read the set."""
    assert _feed is not None
    return [f"{json.dumps(answer)}\n" for answer in stream(_feed.lines(owner), _model)]


def read(path: Path) -> tuple[Answers, Answers, dict[tuple[str, int], set[str]]]:
    """Answers of a run: depth, risk, and who was listed, by (owner, day)."""
    depth: Answers = {}
    risk: Answers = {}
    listed: dict[tuple[str, int], set[str]] = {}
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            answer = json.loads(line)
            owner, _, day = answer["id"].partition(":")
            key = owner, int(day)
            depth[key] = {_bare(one["person"]): one["score"] for one in answer["depth"]}
            risk[key] = {_bare(one["person"]): one["risk"] for one in answer["cold"]}
            listed[key] = set(map(_bare, answer["digest"]))
    return depth, risk, listed


def _bare(address: str) -> str:
    return address.partition("@")[0]


class Judged:
    """One set, judged: scores by owner of keepwarm and of the baselines."""

    def __init__(self, folder: Path, answers: Path) -> None:
        depth, risk, listed = read(answers)
        answered = {owner for owner, _ in risk}
        silence, later = (
            frame[frame.ego.isin(answered)].reset_index(drop=True)
            for frame in (gold(folder, "silence"), gold(folder, "depth"))
        )
        self.ours: Scores = silence_scores(silence, lookup(silence, risk)) | depth_scores(later, lookup(later, depth))
        self.fixed: Scores = silence_scores(silence, silence.s.to_numpy().astype(float))
        rows = zip(silence.ego, silence.t, silence["alt"], strict=True)
        self.digest = listing_counts(silence, np.array([p in listed.get((e, t), ()) for e, t, p in rows]))
        self.rules = {
            days: listing_counts(silence, ((silence.s >= days) & (silence.s <= GIVEN_UP)).to_numpy()) for days in FIXED
        }
        people = touches(folder)
        contacts = {(owner, person): contact_days(days) for owner in answered for person, days in people[owner].items()}
        ties = np.array(
            [tie_decay(contacts.get((e, p), ()), t) for e, t, p in zip(later.ego, later.t, later["alt"], strict=True)]
        )
        self.decay: Scores = depth_scores(later, ties[:, 0])
        self.rooted: Scores = depth_scores(later, ties[:, 1])


def interval(sets: list[dict[str, float]], rng: Any) -> tuple[float, float, float]:
    """The mean of the sets' means, with a 95 % interval from drawing owners anew within each set."""
    values = [np.array(list(one.values())) for one in sets]
    draws = np.mean([v[rng.integers(0, len(v), (DRAWS, len(v)))].mean(1) for v in values], axis=0)
    low, high = float(np.percentile(draws, 2.5)), float(np.percentile(draws, 97.5))
    return float(np.mean([v.mean() for v in values])), low, high


def gain(ours: list[dict[str, float]], theirs: list[dict[str, float]], rng: Any) -> tuple[float, float, float]:
    """The paired gain: owner by owner, ours less theirs."""
    return interval([{owner: a[owner] - b[owner] for owner in a} for a, b in zip(ours, theirs, strict=True)], rng)


def worth(ours: list[Any], theirs: list[Any] | None, rng: Any) -> tuple[float, float, float]:
    """Utility, or its paired gain, with owners drawn anew within each set."""
    draws = []
    for _ in range(DRAWS):
        total = 0.0
        for i, counts in enumerate(ours):
            drawn = rng.integers(0, len(counts), len(counts))
            total += utility(counts.to_numpy()[drawn]) - (utility(theirs[i].to_numpy()[drawn]) if theirs else 0.0)
        draws.append(total / len(ours))
    low, high = float(np.percentile(draws, 2.5)), float(np.percentile(draws, 97.5))
    mean = np.mean([utility(c) - (utility(theirs[i]) if theirs else 0.0) for i, c in enumerate(ours)])
    return float(mean), low, high


def table(sets: dict[str, Judged]) -> list[str]:
    """The lines of the table."""
    rng = np.random.default_rng(0)
    judged = list(sets.values())
    lines = [f"{'':<28}" + "".join(f"{name:>10}" for name in sets) + f"{'mean':>10}   95 % interval"]

    def line(title: str, each: list[float], whole: tuple[float, float, float]) -> None:
        cells = "".join(f"{value:>10.3f}" for value in each)
        lines.append(f"{title:<28}{cells}{whole[0]:>10.3f}   {whole[1]:.3f} to {whole[2]:.3f}")

    def row(title: str, scores: list[dict[str, float]]) -> None:
        line(title, [float(np.mean(list(one.values()))) for one in scores], interval(scores, rng))

    for metric in METRICS:
        row(metric, [one.ours[metric] for one in judged])
        if metric in judged[0].fixed:
            row("  days since contact", [one.fixed[metric] for one in judged])
            paired = gain([one.ours[metric] for one in judged], [one.fixed[metric] for one in judged], rng)
            lines.append(
                f"{'  paired gain':<28}{'':>{10 * len(sets)}}{paired[0]:>+10.3f}   {paired[1]:+.3f} to {paired[2]:+.3f}"
            )
        else:
            row("  tie-decay 90 d", [one.decay[metric] for one in judged])
            row("  tie-decay, rooted", [one.rooted[metric] for one in judged])
    digests = [one.digest for one in judged]
    line("digest utility", [utility(one) for one in digests], worth(digests, None, rng))
    best = max(FIXED, key=lambda days: float(np.mean([utility(one.rules[days]) for one in judged])))
    for days in FIXED:
        rules = [one.rules[days] for one in judged]
        line(f"  listed at {days} days", [utility(one) for one in rules], worth(rules, None, rng))
    paired = worth(digests, [one.rules[best] for one in judged], rng)
    lines.append(
        f"{f'  paired gain on {best} days':<28}{'':>{10 * len(sets)}}{paired[0]:>+10.3f}   {paired[1]:+.3f} to {paired[2]:+.3f}"
    )
    return lines


def main() -> None:
    """Fit, run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("public", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/coldbench"))
    parser.add_argument("--owners", type=int, default=10**6, help="of each set, most data first")
    parser.add_argument("--every", type=int, default=1, help="one owner in so many: a sample of large and small ones")
    parser.add_argument("--only", action="append", metavar="SET", help="this set, and not the others")
    parser.add_argument("--fitted", action="store_true", help="with the coefficients that the last run fitted")
    parser.add_argument("--keep", action="store_true", help="score the answers of the last run")
    arguments = parser.parse_args()
    names = arguments.only or sorted(path.name for path in arguments.public.iterdir() if path.is_dir())
    if not (arguments.keep or arguments.fitted):
        fit.run(arguments.public, arguments.out)
    for name in () if arguments.keep else names:
        drive(arguments.public, name, arguments.out, arguments.owners, arguments.every)
    sets = {name: Judged(arguments.public / name, arguments.out / f"{name}.jsonl") for name in names}
    print("\n".join(table(sets)))


if __name__ == "__main__":
    main()
