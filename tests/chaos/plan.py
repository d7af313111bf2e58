"""What a storm will do, drawn from its seed before it begins: whom it kills after which waits, and what else goes wrong."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass

#: Between two blows, as a multiple of what a start takes: some hit a process that is just starting, some one that is deep
#: in its work.
WAITS = (0.1, 2.5)
#: After every second kill something else goes wrong.
EVERY = 2


@dataclass(frozen=True, slots=True)
class Blow:
    """Wait, kill, and perhaps do some other harm; what they draw must not change what comes after."""

    wait: float
    victim: str
    trouble: str | None
    seed: int

    def chance(self, what: str) -> random.Random:
        """Draw for one part of it."""
        return random.Random(f"{self.seed} {what}")


def plan(seed: int, kills: int, ways: Collection[str], mischief: Collection[str]) -> list[Blow]:
    """Draw every blow; the victims and waits do not depend on what else can go wrong on this machine."""
    waits, seeds = random.Random(f"waits {seed}"), random.Random(f"seeds {seed}")
    victims = _in_turn(random.Random(f"victims {seed}"), ways)
    troubles = _in_turn(random.Random(f"troubles {seed}"), mischief)
    return [
        Blow(
            waits.uniform(*WAITS),
            next(victims),
            next(troubles, None) if number % EVERY == 0 else None,
            seeds.getrandbits(32),
        )
        for number in range(kills)
    ]


def _in_turn(chance: random.Random, names: Collection[str]) -> Iterator[str]:
    """Give everybody a turn, again and again, each time in another order."""
    while names:
        yield from chance.sample(sorted(names), len(names))
