"""What keepwarm's pictures share: an SVG that reads well on light and dark pages and to a screen reader (pure)."""

from collections.abc import Iterable
from html import escape

from worker.wording.text import clean

STYLE = """
  .ink { fill: #2c2621; } .soft { fill: #6d6357; } .line { stroke: #c9bda9; fill: none; stroke-width: 1.5; }
  .page { fill: #fffdf9; } .ember { fill: #b8622b; }
  .seedling { fill: #d8e3c8; } .growing { fill: #a9c798; } .rooted { fill: #6f9a72; } .deep { fill: #3f6b55; }
  .contacts { fill: #ddd5c0; }
  @media (prefers-color-scheme: dark) {
    .ink { fill: #f1ebe2; } .soft { fill: #b3a99c; } .line { stroke: #5a5249; } .page { fill: #221f1c; }
    .ember { fill: #e79a62; }
    .seedling { fill: #55633f; } .growing { fill: #6d8f5a; } .rooted { fill: #7fb083; } .deep { fill: #a5d6bb; }
    .contacts { fill: #463f36; }
  }
  text { font: 14px -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; }
"""


def words(text: str, limit: int = 60) -> str:
    """Make text from outside safe inside a picture."""
    return escape(clean(text, limit))


def picture(
    width: int, height: int, title: str, description: str, shapes: Iterable[str], *, inline: bool = False
) -> str:
    """Put shapes into an SVG document with a title and a description; `title` and `description` are plain text.

    Args:
        width: of the document.
        height: of the document.
        title: what it is.
        description: what it shows, for whoever doesn't see it.
        shapes: SVG elements.
        inline: to stand in a page, whose style sheet gives the classes their colors; that page needs no other picture.
    """
    if inline:
        return (
            f'<svg class="drawn" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title desc">'
            f'<title id="title">{words(title, 200)}</title><desc id="desc">{words(description, 2000)}</desc>'
            + "".join(shapes)
            + "</svg>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="title desc">\n<title id="title">{words(title, 200)}</title>\n'
        f'<desc id="desc">{words(description, 2000)}</desc>\n<style>{STYLE}</style>\n'
        f'<rect class="page" width="{width}" height="{height}" rx="12"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def text(x: float, y: float, said: str, kind: str = "ink", anchor: str = "start") -> str:
    """Write one line of text at a place; `kind` is one of the classes above."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{words(said)}</text>'
