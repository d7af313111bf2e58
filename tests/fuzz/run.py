"""Running the targets: what escapes but a ConnectorError is a finding, and so is what takes too long."""

import random
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from connectors.errors import ConnectorError
from tests.fuzz.targets import Target, targets

#: Seconds of CPU (others may be at work beside it) one spoiled input of a few kilobytes may take.
SLOW = 3.0


@dataclass
class Findings:
    """What came of it: cases by target, and each error once, with the input that made it."""

    cases: Counter[str] = field(default_factory=Counter)
    errors: dict[str, bytes] = field(default_factory=dict)

    def note(self, target: Target, what: str, data: bytes) -> None:
        """Keep the shortest input of each error."""
        name = f"{target.name}: {what}"
        if name not in self.errors or len(data) < len(self.errors[name]):
            self.errors[name] = data


def fuzz(cases: int, seed: int = 1, only: str = "") -> Findings:
    """Read so many spoiled inputs, shared among the targets."""
    chosen = [target for target in targets() if only in target.name]
    shares = sum(target.share for target in chosen)
    found = Findings()
    for target in chosen:
        rng = random.Random(f"{seed} {target.name}")
        for _ in range(max(1, cases * target.share // shares)):
            data = target.spoil(rng, rng.choice(target.seeds), target.seeds)
            _read(target, data, found)
    return found


def _read(target: Target, data: bytes, found: Findings) -> None:
    begun = time.process_time()
    try:
        target.read(data)
    except ConnectorError:
        pass
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        found.note(target, f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}", data)
    if time.process_time() - begun > SLOW:
        found.note(target, "slow", data)
    found.cases[target.name] += 1
