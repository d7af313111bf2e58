"""Every renderer says the same things, says nothing when there is nothing, and shows hostile text as text."""

import io
import json as stdlib_json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from rich.console import Console

from models.enums import Stage
from tests.worker.digest.digests import EMPTY, FIRST, HOSTILE, NOW, USUAL, line
from worker.digest.digest import Digest, FirstFindings, Footer, LineKind, Other, Root
from worker.digest.render import html, json, terminal, text

VOID = {"meta", "br", "img", "link", "hr", "input"}


class Page(HTMLParser):
    """Collects tags, links and text, and notices tags that are left open or closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.broken: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> Page:
    parser = Page()
    parser.feed(page)
    parser.close()
    assert not parser.broken
    assert not parser.open
    return parser


def printed(digest: Digest) -> str:
    out = io.StringIO()
    Console(file=out, width=100, color_system=None).print(terminal.render(digest))
    return out.getvalue()


def test_nothing_to_say_renders_nothing() -> None:
    assert html.render(EMPTY) == ""
    assert text.render(EMPTY) == ""
    assert printed(EMPTY).strip() == ""
    assert stdlib_json.loads(json.render(EMPTY))["lines"] == []


@pytest.mark.parametrize("digest", [USUAL, FIRST])
def test_every_renderer_says_every_line(digest: Digest) -> None:
    shown = [
        " ".join("".join(read(html.render(digest)).words).split()),
        " ".join(text.render(digest).split()),
        " ".join(printed(digest).split()),
    ]
    for said in shown:
        for one in digest.lines:
            assert one.name in said
            assert one.why in said
            assert one.step in said
            assert "The last email was on 29 September" in said
        for note in digest.notes:
            assert note in said


def test_the_first_letter_introduces_itself() -> None:
    for said in (html.render(FIRST), text.render(FIRST), printed(FIRST)):
        flat = " ".join(said.split())
        assert "1,174 emails and 279 meetings with 412 people" in flat
        assert "Jonas Okafor" in flat


def test_the_page_has_one_heading_per_person_and_fits_600_pixels() -> None:
    page = read(html.render(USUAL))
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert [tag for tag, _ in page.tags].count("h2") == len(USUAL.lines)
    assert ("600") in [attrs.get("width") for tag, attrs in page.tags if tag == "table"]
    assert all(attrs.get("role") == "presentation" for tag, attrs in page.tags if tag == "table")


@pytest.mark.parametrize("digest", [USUAL, FIRST])
def test_the_page_loads_and_tracks_nothing(digest: Digest) -> None:
    page = html.render(digest)
    assert not re.search(r"https?://|//[a-z]|url\(|@import|<img|<script|<link|<iframe|<form|<svg", page)
    assert {re.split(":", attrs["href"] or "")[0] for tag, attrs in read(page).tags if "href" in attrs} == {"mailto"}


def hostile(evil: str) -> Digest:
    bad = line(evil or "x", address=evil, why=evil, step=evil)
    root = Root(evil, evil, Stage.DEEP, NOW, evil)
    first = FirstFindings(1, 1, 1, 1, NOW, (root,))
    return Digest(evil, NOW, evil, evil, (bad,), (evil,), first, Footer((evil,), 1, 1, NOW))


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_text_is_only_text(evil: str) -> None:
    plain = hostile("plain name")
    page, model = read(html.render(hostile(evil))), read(html.render(plain))
    inline = {"a", "span", "br"}  # where a sentence or an address is missing, so is what holds it
    assert [tag for tag, _ in page.tags if tag not in inline] == [tag for tag, _ in model.tags if tag not in inline]
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on")]
        if tag == "a":
            assert re.fullmatch(r"mailto:[A-Za-z0-9.+_%@-]+", attrs["href"] or "")
    for said in (html.render(hostile(evil)), text.render(hostile(evil)), printed(hostile(evil))):
        assert not set(said) & set("\x00\x07\x1b\u202e\u2066\u2067\u2028")
        said.encode()


def test_brackets_are_not_markup_in_the_terminal() -> None:
    assert "[bold red]markup[/]" in printed(hostile("[bold red]markup[/]"))


def test_json_is_exact() -> None:
    document = stdlib_json.loads(json.render(USUAL))
    assert document["as_of"] == "2026-11-20T07:30:00Z"
    assert document["lines"][0]["name"] == "Anna Park"
    assert document["lines"][0]["kind"] == "cold"
    assert document["lines"][0]["last"] == {
        "met_at": "2026-08-19T07:30:00Z",
        "wrote_at": "2026-09-29T07:30:00Z",
        "wrote": "in",
        "talked_at": None,
    }
    assert document["lines"][0]["evidence"] == ["m1", "m2"]
    assert document["first"] is None


def test_a_digest_of_five_is_short() -> None:
    assert len(text.render(USUAL).splitlines()) < 50
    assert len(html.render(USUAL)) < 20_000


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("a.b+c@x.example", "mailto:a.b+c@x.example"),
        ("a?bcc=v@x.example", "mailto:a%3Fbcc%3Dv@x.example"),
        ("no address", ""),
        ("@x", ""),
    ],
)
def test_links_write_to_one_address_only(address: str, link: str) -> None:
    assert html.mailto(line("Anna", address=address)) == link


def test_an_offer_names_both_and_drafts_an_email_to_them() -> None:
    other = Other("ben@south.example", "Ben <b>", "ben@south.example")
    pair = replace(
        line("Anna Park", LineKind.OFFER, address="anna@x.example"), others=(other,), draft="Introducing A & B"
    )
    assert html.mailto(pair) == "mailto:anna@x.example,ben@south.example?subject=Introducing%20A%20%26%20B"
    letter = replace(USUAL, lines=(pair,))
    assert "Anna Park and Ben <b>" in text.render(letter)
    assert "Anna Park and Ben &lt;b&gt;" in html.render(letter)
    hostile = replace(pair, others=(Other("x", "X", "a@x.example?bcc=v@y.example,z@z.example"),))
    assert "?bcc" not in html.mailto(hostile)
