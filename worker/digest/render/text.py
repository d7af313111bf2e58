"""A digest as plain text, for the second part of a mail and for files."""

import textwrap
from collections.abc import Iterator

from worker.digest.digest import Digest, Line
from worker.digest.render import wording
from worker.wording.text import clean, name_of

WIDTH = 72


def render(digest: Digest) -> str:
    """The text, wrapped at 72 columns; empty for a digest that says nothing."""
    return "" if digest.says_nothing else "\n".join(_paragraphs(digest)).rstrip() + "\n"


def _paragraphs(digest: Digest) -> Iterator[str]:
    yield from (wording.headline(digest), wording.date_line(digest), "", wording.greeting(digest), "")
    yield from (_wrap(wording.opening(digest)), "")
    for root in digest.first.roots if digest.first else ():
        yield _wrap(f"* {name_of(root.name, root.person)}: {clean(root.why)}", "  ")
    if digest.first and digest.first.roots:
        yield ""
    for line in digest.lines:
        yield from _line(line, digest)
    if digest.done:
        yield from (_wrap(" ".join(clean(one.sentence) for one in digest.done)), "")
    for said in digest.season[1:]:
        yield _wrap(f"* {clean(said, 600)}", "  ")
    if digest.season:
        yield from ("", *_years(digest))
    for note in digest.notes:
        yield from (_wrap(f"! {clean(note)}", "  "), "")
    yield "-- "
    for said in (wording.foundation(digest), wording.HINT if digest.lines else "", wording.PROMISE, wording.STOP):
        if said:
            yield _wrap(said)


def _years(digest: Digest) -> Iterator[str]:
    """Write what the picture shows as a table: the last quarter, and those a year apart before it, oldest first."""
    if digest.years:
        yield f"{'':<16}{'deep':>6}{'rooted':>8}{'growing':>9}{'seedlings':>11}{'contacts':>10}"
        for one in list(digest.years)[::-4][::-1]:
            name = f"{wording.MONTHS[one.quarter[-1]]} {one.quarter[:4]}"
            yield f"{name:<16}{one.deep:>6}{one.rooted:>8}{one.growing:>9}{one.seedlings:>11}{one.contacts:>10}"
        yield ""


def _line(line: Line, digest: Digest) -> Iterator[str]:
    name, address = wording.title(line), clean(line.address, 120)
    yield f"{name}  <{address}>" if name != address and not line.others else name
    yield f"  {wording.label(line)}"
    for said in (clean(line.why), wording.last_words(line.last, digest.as_of, digest.zone)):
        if said:
            yield _wrap(f"  {said}", "  ")
    yield from (_wrap(f"  -> {clean(line.step)}", "     "), "")


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
