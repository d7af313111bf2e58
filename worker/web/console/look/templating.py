"""Templates of the console: everything is escaped, and dates are written where the reader is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from worker.digest.render import html as digest_html
from worker.digest.render import wording
from worker.web.console.look import words
from worker.wording import dates, lists, spans, text

HERE = Path(__file__).parent


def _dated(write: Callable[[datetime, datetime, str], str]) -> Any:
    @pass_context
    def written(context: Context, at: datetime | None) -> str:
        return write(at, context["now"], context["zone"]) if at else ""

    return written


@pass_context
def _ago(context: Context, at: datetime | None) -> str:
    return spans.ago(context["now"] - at) if at else ""


@cache
def fingerprint() -> str:
    """Name the version of style sheet and script, so that browsers keep them until they change."""
    files = sorted((HERE / "static").iterdir())
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(
        clean=text.clean,
        date=_dated(dates.date),
        short=_dated(dates.short_date),
        day=_dated(dates.day),
        moment=_dated(dates.moment),
        ago=_ago,
        span=spans.span,
        initials=text.initials,
        numbered=lists.numbered,
        counted=lists.counted,
    )
    pages.globals.update(
        words=words,
        wording=wording,
        name_of=text.name_of,
        mailto=digest_html.mailto,
        mailto_addresses=digest_html.mailto_addresses,
        version=fingerprint,
    )
    return pages


def make_ready() -> None:
    """Compile every template, so that no request has to."""
    pages = _pages()
    for name in pages.list_templates():
        pages.get_template(name)


def render(template: str, values: Mapping[str, Any]) -> str:
    """Make a page from a template of this folder."""
    return _pages().get_template(template).render(**values)
