"""The season review in sentences (pure)."""

from collections.abc import Iterable, Sequence

from models.enums import Stage
from worker.network.season.review import Named, Opened, Season
from worker.wording.lists import counted, listed
from worker.wording.text import name_of

#: people written out in one sentence, and introductions with a sentence of their own
MOST, FEW = 5, 2


def heading(season: Season) -> str:
    """Name the quarter: "Your season, July to September"."""
    return f"Your season, {season.quarter.words}"


def sentences(season: Season) -> tuple[str, ...]:
    """Write the sentences of a review; empty for a quarter in which nothing is worth mentioning."""
    if season.says_nothing:
        return ()
    said = []
    brought = {door.introduced for door in season.doors}
    rooted = [one for one in season.took_root if one not in brought]
    if rooted:
        said.append(
            f"{'New connections' if len(rooted) > 1 else 'A new connection'} took root, with {_listed(rooted)}."
        )
    for stage, words in ((Stage.DEEP, "It went deep with"), (Stage.ROOTED, "Well rooted by now:")):
        deeper = [Named(one.person, one.name) for one in season.deepened if one.stage is stage]
        if deeper:
            said.append(f"{words} {_listed(deeper)}.")
    said += _doors(season.doors)
    if season.met > len(season.stayed):
        stayed = f", and {counted(len(season.stayed), 'of them', 'of them')} stayed" if season.stayed else ""
        said.append(f"You were first in touch with {counted(season.met, 'person', 'people')}{stayed}.")
    if season.rested:
        said.append(f"You let {_listed(season.rested)} rest.")
    return tuple(said)


def _doors(doors: Sequence[Opened]) -> Iterable[str]:
    """Name introductions that took root: a sentence for each of a few, one for many."""
    if len(doors) > FEW:
        through = [f"{_name(door.introduced)} through {_name(door.introducer)}" for door in doors]
        return (f"Introductions that took root: {listed(through, MOST)}.",)
    return (f"{_name(one.introducer)} introduced you to {_name(one.introduced)}, and it took root." for one in doors)


def _listed(people: Iterable[Named]) -> str:
    return listed([_name(one) for one in people], MOST)


def _name(one: Named) -> str:
    return name_of(one.name, one.person)
