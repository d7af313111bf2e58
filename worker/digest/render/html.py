"""A digest as one self-contained HTML page for mail clients: no remote resource, no script, everything escaped."""

from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from worker.digest.digest import Digest, Line, LineKind
from worker.digest.render import wording
from worker.digest.render.links import Links
from worker.network.season.bitmap import COLORS, png
from worker.wording import text

# The color of the round mark, by why someone is named: soft enough for a light and a dark page.
TINTS = {
    LineKind.COLD: "#4f6b83",
    LineKind.COOLING: "#655f86",
    LineKind.GROWING: "#4a7350",
    LineKind.THANKS: "#94561b",
    LineKind.SEASONAL: "#7a6520",
    LineKind.ANNIVERSARY: "#7a6520",
    LineKind.OFFER: "#4a7350",
    LineKind.REST: "#655f86",
    LineKind.MOVED: "#96524a",
}


def mailto(line: Line) -> str:
    """A link that opens a new email to whoever a line is about, or nothing for what is no plain address."""
    if line.kind is LineKind.REST:
        return ""
    link = mailto_addresses(line.address, *(one.address for one in line.others))
    return link + (f"?subject={quote(text.clean(line.draft, 200))}" if link and line.draft else "")


def mailto_addresses(*addresses: str) -> str:
    """A link that opens a new email to these, or nothing if one of them is no plain address."""
    boxes = [_box(address) for address in addresses]
    return f"mailto:{','.join(boxes)}" if all(boxes) else ""


def _box(address: str) -> str:
    local, at, domain = address.strip().rpartition("@")
    return f"{quote(local, safe='.+-_')}@{quote(domain, safe='.-')}" if local and at and domain else ""


_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["clean"] = text.clean
_PAGES.globals.update(words=wording, text=text, mailto=mailto, tints=TINTS, colors=COLORS)


def render(digest: Digest, links: Links | None = None, picture: str = "") -> str:
    """The page, with what can be done by one tap if there are `links`; empty for a digest that says nothing.

    `picture` is where the years are drawn, if that is not to stand in the page itself.
    """
    if digest.says_nothing:
        return ""
    if digest.years and not picture:
        picture = f"data:image/png;base64,{b64encode(png(digest.years)).decode()}"
    return _PAGES.get_template("digest.html.j2").render(digest=digest, links=links, picture=picture)
