"""The cold model: a logistic regression whose coefficients are data, fitted by `python -m tests.bench.fit`."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from worker.judgement.cooling.features import Features

#: standard deviations: a sign beyond what the model has seen counts no more than this
FURTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Coefficient:
    """What one sign is worth: `weight` for each `scale` it lies above `mean`."""

    sign: str
    mean: float
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class ColdModel:
    """Features in, probability out. Coefficients stand in the order of Features."""

    intercept: float
    coefficients: tuple[Coefficient, ...]
    _numbers: tuple[tuple[float, float, float], ...] = field(init=False, repr=False, compare=False)  # of these, quicker

    def __post_init__(self) -> None:
        """Refuse coefficients that were fitted for other signs."""
        if tuple(part.sign for part in self.coefficients) != Features._fields:
            raise ValueError("the coefficients do not belong to these signs: fit them again")
        numbers = tuple((part.mean, part.scale, part.weight) for part in self.coefficients)
        object.__setattr__(self, "_numbers", numbers)

    def contributions(self, features: Sequence[float]) -> list[float]:
        """How far each sign pushes the log odds, in the order of Features."""
        return [
            weight * (off if -FURTHEST <= off <= FURTHEST else math.copysign(FURTHEST, off))
            for (mean, scale, weight), value in zip(self._numbers, features, strict=True)
            for off in [(value - mean) / scale]
        ]

    def probability_of(self, contributions: Sequence[float]) -> float:
        """How likely it is that a silence with these pushes lasts."""
        return 1.0 / (1.0 + math.exp(-(self.intercept + math.fsum(contributions))))

    def probability(self, features: Sequence[float]) -> float:
        """How likely it is that the silence lasts."""
        return self.probability_of(self.contributions(features))


def read_model(text: str) -> ColdModel:
    """A model from the JSON that the fit writes. Raises: ValueError for anything else."""
    document = json.loads(text)
    try:
        parts = tuple(
            Coefficient(name, float(part["mean"]), float(part["scale"]), float(part["weight"]))
            for name, part in document["signs"].items()
        )
        return ColdModel(float(document["intercept"]), parts)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"these are no coefficients of the cold model: {error}") from error


@cache
def shipped_model() -> ColdModel:
    """The coefficients keepwarm brings."""
    return read_model(files("worker.judgement.cooling").joinpath("model.json").read_text(encoding="utf-8"))


def model_at(path: Path) -> ColdModel:
    """Coefficients from a file. Raises: OSError, ValueError."""
    return read_model(path.read_text(encoding="utf-8"))
