"""Roots and seasons in the console: the tree, each introduction corrected and undone, the years as picture and table."""

import re
from html import unescape
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy.engine import Engine

from tests.worker.homes import ANNA, BEN, NOW, live, mail
from tests.worker.network.test_introductions import MINE, NEW, brought, friendship
from tests.worker.web.console.visitor import Visitor, text_of
from worker.app.runtime import Runtime
from worker.app.settings import Settings


@pytest.fixture
def visitor(engine: Engine, tmp_path: Any) -> Visitor:
    settings = Settings(home=tmp_path, _env_file=None)  # type: ignore[call-arg]  # pydantic's own
    runtime = Runtime(settings, engine, lambda: NOW)
    made = [mail(700, MINE, ANNA, BEN, days=30), mail(701, BEN, ANNA, MINE, days=29)]
    user = live(runtime, [*friendship(until=3), *friendship(200, BEN, until=3), *brought(), *made])
    return Visitor(runtime).sign_in(user)


def drawing(visitor: Visitor, path: str) -> str:
    found = re.search(r"<svg class=\"drawn\".*?</svg>", visitor.get(path).text, re.DOTALL)
    assert found
    return "".join(fromstring(found[0]).itertext())


def undo(visitor: Visitor) -> None:
    page = visitor.get("/roots").text
    found = re.search(r'action="/act/undo">.*?name="id" value="([^"]+)"', page, re.DOTALL)
    assert found, page
    assert visitor.post("/act/undo", id=unescape(found[1]), back="/roots").headers["location"] == "/roots"


def test_the_tree_is_drawn_and_listed(visitor: Visitor) -> None:
    assert "Anna Berg introduced you to Wanjiru Maina" in drawing(visitor, "/roots")
    said = text_of(visitor.get("/roots"))
    assert "You brought together" in said
    assert "Anna Berg introduced you to Wanjiru Maina in August 2026" in said
    saved = visitor.get("/roots/picture")
    assert saved.headers["content-disposition"] == 'attachment; filename="roots.svg"'
    fromstring(saved.text)


def test_an_introduction_is_confirmed_refuted_added_and_each_undone(visitor: Visitor) -> None:
    own: dict[str, Any] = {"who": NEW.address, "by": ANNA.address, "name": NEW.name, "by_name": ANNA.name}
    assert visitor.post("/roots/judge", what="confirm", **own).headers["location"] == "/roots"
    page = visitor.get("/roots")
    assert "Noted: Anna Berg introduced you to Wanjiru Maina." in text_of(page)
    assert "That&#39;s right" not in page.text
    assert visitor.post("/roots/judge", what="refute", **own).status_code == 303
    undo(visitor)
    assert "You said so" in text_of(visitor.get("/roots")) or "you said so" in text_of(visitor.get("/roots"))
    assert visitor.post("/roots/judge", what="refute", **own).status_code == 303
    assert "Anna Berg introduced you" not in drawing_or_nothing(visitor)
    assert visitor.post("/roots/add", who="Wanjiru", by="Ben").status_code == 303
    assert "Ben Ochoa introduced you to Wanjiru Maina" in drawing(visitor, "/roots")
    undo_page = visitor.get("/roots").text
    assert "Undo" not in undo_page  # a notice is shown once
    assert "No person matches" in visitor.post("/roots/add", who="Nobody At All", by="Ben").text


def drawing_or_nothing(visitor: Visitor) -> str:
    return drawing(visitor, "/roots") if 'class="drawn"' in visitor.get("/roots").text else ""


def test_a_season_is_told_drawn_and_tabled(visitor: Visitor) -> None:
    page = visitor.get("/season")
    said = text_of(page)
    assert "Your season, July to September" in said
    assert "Anna Berg introduced you to Wanjiru Maina, and it took root." in said
    assert "connections above the ground" in drawing(visitor, "/season")
    assert "<td" in page.text
    assert 'href="/season?quarter=2026-Q2"' in page.text
    assert "quarter=2026-Q4" not in page.text  # it has not ended
    assert "April to June" in text_of(visitor.get("/season?quarter=2026-Q2"))
    assert "July to September" in text_of(visitor.get("/season?quarter=2099-Q9"))
    fromstring(visitor.get("/season/picture").text)


def test_nothing_yet(engine: Engine, tmp_path: Any) -> None:
    settings = Settings(home=tmp_path, _env_file=None)  # type: ignore[call-arg]  # as above
    runtime = Runtime(settings, engine, lambda: NOW)
    visitor = Visitor(runtime).sign_in(live(runtime, [mail(1, BEN, days=1)]))
    assert "None found yet" in text_of(visitor.get("/roots"))
    assert "A quiet season" in text_of(visitor.get("/season"))
