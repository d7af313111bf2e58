"""Fits the coefficients of the cold model: python -m tests.bench.fit PUBLIC [--out FOLDER] [--ship].

PUBLIC is coldbench's folder of public sets. Written are `model.json` (fitted on all sets), `cold-without-SET.json` for
each set (fitted on the others), and `reliability.svg`: how often silences lasted, against the probability that a model
which has not seen their set gave them.
"""

import argparse
import json
from bisect import bisect_left
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from tests.bench.mailboxes import rows, touches
from tests.bench.plots import reliability
from worker.judgement.cooling import Features, features_of, read_model
from worker.judgement.cooling.model import FURTHEST
from worker.judgement.facts import History, at_day, contact_days, conversations, habits_of

#: inverse strength of the ridge; one value for all, chosen by leaving sets out
RIDGE = 0.003
#: silences no longer than this are where a warning is worth most
EARLY = 45
EARLY_WEIGHT = 3.0
#: a sign that is nearly always 0 has so small a spread that the model would cut it off: its scale is given
RARE = {"talk_gap_beyond": 0.5}
SHIPPED = Path(__file__).parents[2] / "worker" / "judgement" / "cooling" / "model.json"


def silences(folder: Path) -> dict[str, Any]:
    """The silences of a set on the Mondays they are asked about: signs, whether they lasted, and weights."""
    mailboxes = touches(folder)
    features: list[Features] = []
    lasted: list[int] = []
    groups: list[tuple[str, str]] = []
    asked = sorted(
        (row["ego"], int(row["t"]), row["alt"], row["y"], row["last"], row["late"], row["s"])
        for row in rows(folder / "gold_silence.tsv.gz")
    )
    for owner, of_owner in groupby(asked, key=lambda row: row[0]):
        people = {person: History(days) for person, days in mailboxes[owner].items()}
        contacts = {person: contact_days(history.days) for person, history in people.items()}
        for today, of_day in groupby(of_owner, key=lambda row: row[1]):
            habits = habits_of(people.values(), at_day(today))
            for _, _, person, outcome, last, late, _ in of_day:
                known = contacts[person][: bisect_left(contacts[person], today)]
                if late == "1" or not known:
                    continue
                days = people[person].days
                days = days[: bisect_left(days, (today,))]
                features.append(features_of(days, known, conversations(days), habits, today))
                lasted.append(int(outcome))
                groups.append((owner, f"{owner} {person} {last}"))
    table = np.array(features)
    weights = _rarity([owner for owner, _ in groups]) * _rarity([silence for _, silence in groups])
    weights *= np.where(np.exp(table[:, 0]) <= EARLY + 0.5, EARLY_WEIGHT, 1.0)
    return {"signs": table, "lasted": np.array(lasted), "weights": weights / weights.sum()}


def _rarity(groups: list[str]) -> Any:
    """Weights that keep large groups from speaking for all: the fourth root of 1 / size."""
    _, index, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return counts[index] ** -0.25


def fit(sets: list[dict[str, Any]]) -> dict[str, Any]:
    """Coefficients from several sets, each of the same weight: the document that worker.cooling reads."""
    table = np.vstack([one["signs"] for one in sets])
    lasted = np.concatenate([one["lasted"] for one in sets])
    weights = np.concatenate([one["weights"] for one in sets])
    weights *= len(weights) / weights.sum()
    mean = table.mean(0)
    scale = np.array([RARE.get(name, spread) for name, spread in zip(Features._fields, table.std(0), strict=True)])
    scaled = ((table - mean) / scale).clip(-FURTHEST, FURTHEST)
    model = LogisticRegression(C=RIDGE, max_iter=1000).fit(scaled, lasted, sample_weight=weights)
    features = {
        name: {"mean": round(float(mean[i]), 5), "scale": round(float(scale[i]), 5), "weight": round(float(weight), 5)}
        for i, (name, weight) in enumerate(zip(Features._fields, model.coef_[0], strict=True))
    }
    return {"intercept": round(float(model.intercept_[0]), 5), "signs": features}


def probabilities(document: dict[str, Any], table: Any) -> Any:
    """What a model says of each row of signs."""
    model = read_model(json.dumps(document))
    return np.array([model.probability(row) for row in table])


def calibration_error(lasted: Any, said: Any, bins: int = 10) -> float:
    """The expected calibration error: the gap between said and seen, averaged over bins of probability."""
    place = np.minimum((said * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(lasted[place == b].mean() - said[place == b].mean()) * (place == b).mean()
            for b in range(bins)
            if (place == b).any()
        )
    )


def run(public: Path, out: Path) -> dict[str, Any]:
    """Fit on all sets and without each, write everything into `out`, and give the fit on all sets."""
    out.mkdir(parents=True, exist_ok=True)
    names = sorted(path.name for path in public.iterdir() if path.is_dir())
    sets = {name: silences(public / name) for name in names}
    print(f"{'left out':<10} {'silences':>8} {'lasted':>7} {'said':>6} {'ECE':>6}")
    seen: dict[str, tuple[Any, Any]] = {}
    for name in names:
        document = fit([one for other, one in sets.items() if other != name])
        _write(out / f"cold-without-{name}.json", document)
        said, lasted = probabilities(document, sets[name]["signs"]), sets[name]["lasted"]
        seen[name] = (said, lasted)
        error = calibration_error(lasted, said)
        print(f"{name:<10} {len(said):>8} {lasted.mean():>7.3f} {said.mean():>6.3f} {error:>6.3f}")
    print(f"mean ECE of left-out sets {np.mean([calibration_error(y, p) for p, y in seen.values()]):.3f}")
    (out / "reliability.svg").write_text(reliability(seen), encoding="utf-8")
    whole = fit(list(sets.values()))
    _write(out / "model.json", whole)
    return whole


def main() -> None:
    """Fit, and ship where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("public", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/coldbench"))
    parser.add_argument("--ship", action="store_true", help="write the fit on all sets into the product")
    arguments = parser.parse_args()
    whole = run(arguments.public, arguments.out)
    if arguments.ship:
        _write(SHIPPED, whole)


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
