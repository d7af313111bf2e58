"""The tree of doors that opened, drawn for the terminal and as SVG (pure)."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree as Branches

from worker.network.drawing import picture as drawn
from worker.network.drawing import text
from worker.network.roots import Door, Tree
from worker.wording.text import clean, name_of

#: pixels: a row, a step to the right, and the margin
ROW, STEP, EDGE = 30, 34, 28
WIDTH = 640


def branches(tree: Tree) -> RenderableType:
    """Draw the tree for the terminal. Names are text, never markup."""
    parts: list[RenderableType] = []
    for door in tree.doors:
        top = Branches(_label(door), guide_style="dim")
        _grow(top, door)
        parts.append(top)
    if tree.brought:
        yours = Branches(Text("You brought together"), guide_style="dim")
        for one in tree.brought:
            said = f"{name_of(one.one_name, one.one)} and {name_of(one.other_name, one.other)}"
            yours.add(Text.assemble(said, (f"  {_month(one.at)}", "dim")))
        parts.append(yours)
    return Group(*parts)


def _grow(branch: Branches, door: Door) -> None:
    for below in door.led_to:
        _grow(branch.add(_label(below)), below)


def _label(door: Door) -> Text:
    return Text.assemble(
        (name_of(door.name, door.person), "bold"), (f"  {_month(door.since)}" * bool(door.since), "dim")
    )


def _month(at: datetime | None) -> str:
    return f"{at:%B %Y}" if at else ""


def picture(tree: Tree, *, inline: bool = False) -> str:
    """Draw the tree as SVG: a document of its own, or to stand `inline` in a page."""
    rows = [row for door in tree.doors for row in _rows(door, 0, None)]
    top = 20 if inline else EDGE + 30
    shapes: list[str] = []
    for number, (door, level, above) in enumerate(rows):
        x, y = EDGE + level * STEP, top + number * ROW
        if above is not None:
            up = top + _place(rows, above) * ROW
            shapes.append(
                f'<path class="line" d="M{x - STEP + 6} {up + 8} V{y - 14} Q{x - STEP + 6} {y - 5} {x - 6} {y - 5}"/>'
            )
        shapes.append(f'<circle class="{"rooted" if door.led_to else "growing"}" cx="{x + 6}" cy="{y - 5}" r="6"/>')
        shapes.append(text(x + 20, y, name_of(door.name, door.person)))
        if door.since:
            shapes.append(text(WIDTH - EDGE, y, _month(door.since), "soft", "end"))
    height = top + EDGE - 10 + ROW * len(rows)
    return drawn(WIDTH, height, "Doors that opened", spoken(tree), shapes, inline=inline)


def _rows(door: Door, level: int, above: Door | None) -> Iterator[tuple[Door, int, Door | None]]:
    yield door, level, above
    for below in door.led_to:
        yield from _rows(below, level + 1, door)


def _place(rows: list[tuple[Door, int, Door | None]], door: Door) -> int:
    return next(number for number, (one, _, _) in enumerate(rows) if one is door)


def spoken(tree: Tree) -> str:
    """Say the tree in sentences, for whoever doesn't see it."""
    said = [
        f"{clean(above.name, 60)} introduced you to {clean(door.name, 60)} in {_month(door.since)}."
        for top in tree.doors
        for door, _, above in _rows(top, 0, None)
        if above is not None
    ]
    return " ".join(said) or "No introductions yet."
