"""What a browser makes of the page: it fits a phone and a desk whatever it is given."""

from pathlib import Path

import pytest

from models.enums import Stage
from tests.sandbox.screenshot import chromium, measure, picture
from tests.worker.digest.digests import FIRST, NOW, USUAL, line
from worker.digest.digest import Digest, FirstFindings, Footer, Root
from worker.digest.render import html

pytestmark = pytest.mark.skipif(chromium() is None, reason="no chromium on this machine")
WIDE = "W" * 5000


def test_a_usual_week_is_two_screens_of_a_phone() -> None:
    width, height = measure(html.render(USUAL), 390)
    assert width == 390
    assert height < 2 * 844


def test_endless_words_do_not_push_the_page_wide() -> None:
    bad = line(WIDE, address=f"{WIDE}@x.example", why=WIDE, step=WIDE)
    first = FirstFindings(1, 1, 1, 1, NOW, (Root(WIDE, WIDE, Stage.DEEP, NOW, WIDE),))
    page = html.render(Digest(WIDE, NOW, "UTC", "p", (bad,), (WIDE,), first, Footer((WIDE,), 1, 1, NOW)))
    assert measure(page, 390)[0] == 390
    assert measure(page, 760)[0] == 760


def test_a_picture_is_taken(tmp_path: Path) -> None:
    picture(html.render(FIRST), tmp_path / "page.png", dark=True, scale=1)
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
