"""The digest's settings on their page: kept as they are asked for, within bounds, and never in part."""

from pathlib import Path
from typing import Any

import pytest

from tests.worker.homes import friendship, live, open_home
from tests.worker.web.console.visitor import Visitor, text_of
from worker.decisions.preferences import DigestPreferences, preferences_of

GOOD: dict[str, Any] = {"day": "2", "hour": "18", "zone": "Europe/Berlin", "budget": "3"}


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    runtime = open_home(tmp_path)
    return Visitor(runtime).sign_in(live(runtime, friendship()))


def kept(visitor: Visitor) -> DigestPreferences:
    with visitor.runtime.engine.connect() as connection:
        return preferences_of(connection, 1)


@pytest.mark.parametrize("budget", ["1", "5", "10"])
def test_from_one_to_ten_people_can_be_named(visitor: Visitor, budget: str) -> None:
    assert visitor.post("/settings/digest", **GOOD | {"budget": budget}).status_code == 303
    assert kept(visitor) == DigestPreferences(2, 18, "Europe/Berlin", int(budget))
    page = visitor.get("/settings")
    assert "Saved. Your digest: Wednesdays at 18:00 (Europe/Berlin)." in text_of(page)
    assert f'min="1" max="10" value="{budget}"' in page.text


@pytest.mark.parametrize(
    "wrong",
    [{"budget": budget} for budget in ("0", "11", "-1", "1e1", "five", "", "99999999999999999999")]
    + [{"day": "8"}, {"day": "-1"}, {"hour": "24"}, {"zone": "Mars/Base"}, {"zone": ""}],
)
def test_anything_else_changes_nothing(visitor: Visitor, wrong: dict[str, Any]) -> None:
    before = kept(visitor)
    assert visitor.post("/settings/digest", **GOOD | wrong).status_code == 400
    assert kept(visitor) == before
