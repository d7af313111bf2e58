"""How well the introductions of a world are found, through the product's own ingest and recompute."""

from dataclasses import dataclass

from models.judgement import Introduction
from tests.introductions.world import ME, World
from tests.worker.ingest.home import Home, home_with
from worker.network.introductions.own import brought_together
from worker.storage.transactions import reading


@dataclass(frozen=True, slots=True)
class Score:
    """What was found of what is true."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was found that is true."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what is true that was found."""
        return self.right / self.true if self.true else 1.0


def home_of(world: World, *, keep_subjects: bool) -> Home:
    """A home that read the whole world."""
    return home_with(world.records, me=ME.address, keep_subjects=keep_subjects)


def found_in(home: Home) -> set[tuple[str, str]]:
    """The introductions that count, (introducer, introduced)."""
    rows = home.rows(Introduction, "introducer", "introduced", "counts")
    return {(introducer, introduced) for introducer, introduced, counts in rows if counts}


def score(world: World, *, keep_subjects: bool) -> Score:
    """Read a world and compare what was found with its truth."""
    found = found_in(home_of(world, keep_subjects=keep_subjects))
    return Score(len(world.truth.received), len(found), len(found & world.truth.received))


def brought_in(world: World) -> Score:
    """Read a world and compare the introductions its owner made with the truth."""
    home = home_of(world, keep_subjects=False)
    with reading(home.engine) as connection:
        found = {(one.one, one.other) for one in brought_together(connection, home.user, home.now)}
    return Score(len(world.truth.made), len(found), len(found & world.truth.made))
