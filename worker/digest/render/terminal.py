"""A letter for the terminal."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from worker.digest.digest import Letter, Line, LineKind, Root
from worker.digest.render import wording

_COLOURS = {
    LineKind.COLD: "bright_blue",
    LineKind.COOLING: "cyan",
    LineKind.GROWING: "green",
    LineKind.THANKS: "yellow",
    LineKind.INTRODUCTION: "magenta",
    LineKind.SEASONAL: "yellow",
}


def render(letter: Letter) -> RenderableType:
    """The letter as a Rich renderable; empty for one that says nothing. Names are text, never markup."""
    if letter.says_nothing:
        return Group()
    title = Text.assemble((wording.headline(letter), "bold"), ("  ", ""), (wording.date_line(letter), "dim"))
    parts: list[RenderableType] = [Rule(title, align="left", style="dim"), Text(wording.opening(letter)), Text()]
    if letter.first:
        parts += map(_root, letter.first.roots)
        parts.append(Text())
    for line in letter.lines:
        parts += [_line(line, letter), Text()]
    parts += [Text(f"! {wording.clean(note)}", style="yellow") for note in letter.notes]
    if said := wording.foundation(letter):
        parts.append(Text(said, style="dim"))
    return Group(*parts)


def _root(root: Root) -> RenderableType:
    name, stage = wording.name_of(root.name, root.person), wording.STAGES[root.stage]
    return Padding(Text.assemble((name, "bold"), (f"  {stage}\n", "dim"), wording.clean(root.why)), (0, 0, 0, 2))


def _line(line: Line, letter: Letter) -> RenderableType:
    colour = _COLOURS[line.kind]
    said = Text.assemble(
        ("● ", colour), (wording.name_of(line.name, line.address), "bold"), (f"  {wording.label(line)}", "dim")
    )
    about = Text(wording.clean(line.why))
    if last := wording.last_words(line.last, letter.as_of, letter.zone):
        about.append(f"\n{last}", style="dim")
    about.append(f"\n→ {wording.clean(line.step)}", style=colour)
    return Group(said, Padding(about, (0, 0, 0, 2)))
