"""The page of judgement once one's own past was replayed: a curve that can be read by everybody, at every width."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.worker.homes import NOW, friendship, live
from tests.worker.web.console.browser import chromium, house
from tests.worker.web.console.test_browser import AXE, SCHEMES, SEEN, WIDTHS, axe_finds
from worker.accounts.connect_archive import connect_archive
from worker.backtest import Backtest
from worker.backtest.replay import Outcome
from worker.demo.cast import OWNER
from worker.demo.files import write_life
from worker.service.one_shot import sync
from worker.web.console.pages.judgement import Replays


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def replayed() -> Backtest:
    """A past in which stricter settings were right more often, and caught less."""
    outcomes = tuple(
        Outcome(threshold, 40, round(30 * right), 30 - round(30 * right), 10, 20, round(20 * caught), 40.0, 15.0)
        for threshold, right, caught in (
            (0.3, 0.5, 0.95),
            (0.4, 0.6, 0.85),
            (0.5, 0.75, 0.7),
            (0.6, 0.85, 0.4),
            (0.7, 0.95, 0.2),
        )
    )
    return Backtest(NOW - timedelta(days=700), NOW, 100, 0.5, outcomes, ())


def barriers(page: Page) -> list[str]:
    """What axe finds, and what is too wide, at every width by day and night."""
    found = axe_finds(page, AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth") - width
        found += [f"{width}: {over} px too wide"] if over > 0 else []
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of SCHEMES
            found += [f"{width}, {scheme}: {one}" for one in axe_finds(page, SEEN)]
    return found


def test_the_curve_can_be_read_at_every_width_by_day_and_night(browser: Browser, tmp_path: Path) -> None:
    with house(tmp_path, browser) as found:
        user = live(found.runtime, friendship())
        found.runtime.shared(Replays).found[user] = (NOW, replayed())
        page = found.sign_in(found.page(reduced_motion="reduce"), user)
        page.goto(f"{found.address}/judgement")
        expect(page.get_by_role("img", name="The more silences are caught")).to_be_visible()
        assert page.locator("svg.chart circle").count() == 5
        page.get_by_text("As a table").click()
        assert page.locator("tbody th").all_inner_texts() == ["more generous"] * 2 + ["yours"] + ["stricter"] * 2
        assert barriers(page) == []
        assert found.complaints == []


@pytest.mark.timeout(600)
def test_ones_own_past_is_replayed_when_asked(browser: Browser, tmp_path: Path) -> None:
    files = write_life(tmp_path, NOW)
    with house(tmp_path / "home", browser) as found:
        user = connect_archive(found.runtime, files, me=[OWNER[1]]).user_id
        sync(found.runtime, user)
        page = found.sign_in(found.page(reduced_motion="reduce"), user)
        page.goto(f"{found.address}/judgement")
        page.get_by_role("button", name="Replay my past").click()
        expect(page.get_by_text("digests of your own past")).to_be_visible(timeout=300_000)
        page.get_by_text("As a table").click()
        assert page.get_by_role("row").filter(has_text="yours").count() == 1
        assert barriers(page) == []
        assert found.complaints == []
