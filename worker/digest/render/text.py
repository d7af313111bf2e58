"""A letter as plain text, for the second part of a mail and for files."""

import textwrap
from collections.abc import Iterator

from worker.digest.digest import Letter, Line
from worker.digest.render import wording

WIDTH = 72


def render(letter: Letter) -> str:
    """The text, wrapped at 72 columns; empty for a letter that says nothing."""
    return "" if letter.says_nothing else "\n".join(_paragraphs(letter)).rstrip() + "\n"


def _paragraphs(letter: Letter) -> Iterator[str]:
    yield from (wording.headline(letter), wording.date_line(letter), "", wording.greeting(letter), "")
    yield from (_wrap(wording.opening(letter)), "")
    for root in letter.first.roots if letter.first else ():
        yield _wrap(f"* {wording.name_of(root.name, root.person)}: {wording.clean(root.why)}", "  ")
    if letter.first and letter.first.roots:
        yield ""
    for line in letter.lines:
        yield from _line(line, letter)
    for note in letter.notes:
        yield from (_wrap(f"! {wording.clean(note)}", "  "), "")
    yield "-- "
    for said in (wording.foundation(letter), wording.HINT if letter.lines else "", wording.PROMISE, wording.STOP):
        if said:
            yield _wrap(said)


def _line(line: Line, letter: Letter) -> Iterator[str]:
    name, address = wording.name_of(line.name, line.address), wording.clean(line.address, 120)
    yield f"{name}  <{address}>" if name != address else name
    yield f"  {wording.label(line)}"
    for said in (wording.clean(line.why), wording.last_words(line.last, letter.as_of, letter.zone)):
        if said:
            yield _wrap(f"  {said}", "  ")
    yield from (_wrap(f"  -> {wording.clean(line.step)}", "     "), "")


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
