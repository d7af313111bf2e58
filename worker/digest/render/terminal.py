"""A digest for the terminal."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from worker.digest.digest import Digest, Line, LineKind, Root
from worker.digest.render import wording
from worker.wording.text import clean, name_of

_COLOURS = {
    LineKind.COLD: "bright_blue",
    LineKind.COOLING: "cyan",
    LineKind.GROWING: "green",
    LineKind.THANKS: "yellow",
    LineKind.SEASONAL: "yellow",
    LineKind.ANNIVERSARY: "yellow",
    LineKind.OFFER: "green",
    LineKind.REST: "cyan",
    LineKind.MOVED: "magenta",
}


def render(digest: Digest) -> RenderableType:
    """The digest as a Rich renderable; empty for one that says nothing. Names are text, never markup."""
    if digest.says_nothing:
        return Group()
    title = Text.assemble((wording.headline(digest), "bold"), ("  ", ""), (wording.date_line(digest), "dim"))
    parts: list[RenderableType] = [Rule(title, align="left", style="dim"), Text(wording.opening(digest)), Text()]
    if digest.first:
        parts += map(_root, digest.first.roots)
        parts.append(Text())
    for line in digest.lines:
        parts += [_line(line, digest), Text()]
    parts += [Text(clean(one.sentence), style="dim") for one in digest.done]
    parts += [Text(clean(said, 600)) for said in digest.season[1:]]
    parts += [Text(f"! {clean(note)}", style="yellow") for note in digest.notes]
    if said := wording.foundation(digest):
        parts.append(Text(said, style="dim"))
    return Group(*parts)


def _root(root: Root) -> RenderableType:
    name, stage = name_of(root.name, root.person), wording.STAGES[root.stage]
    return Padding(Text.assemble((name, "bold"), (f"  {stage}\n", "dim"), clean(root.why)), (0, 0, 0, 2))


def _line(line: Line, digest: Digest) -> RenderableType:
    colour = _COLOURS[line.kind]
    said = Text.assemble(("● ", colour), (wording.title(line), "bold"), (f"  {wording.label(line)}", "dim"))
    about = Text(clean(line.why))
    if last := wording.last_words(line.last, digest.as_of, digest.zone):
        about.append(f"\n{last}", style="dim")
    about.append(f"\n→ {clean(line.step)}", style=colour)
    return Group(said, Padding(about, (0, 0, 0, 2)))
