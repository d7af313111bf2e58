"""Who knows somebody at a firm: only among those who have all agreed, and only in a word."""

from pathlib import Path

import pytest

from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import friendship, live, open_home
from worker.organizations.team import is_at

TEAM = ("noor@firm.example", "olu@firm.example", "eve@other.example")


@pytest.fixture
def keepwarm(tmp_path: Path) -> Keepwarm:
    runtime = open_home(tmp_path / "home")
    for address in TEAM:
        live(runtime, friendship(address), address)
    runtime.engine.dispose()
    return Keepwarm(tmp_path / "home")


def test_both_sides_agree_or_nothing_is_said(keepwarm: Keepwarm) -> None:
    noor, olu, eve = TEAM
    refused = keepwarm("who-knows", "north.example", "--user", noor)
    assert refused.code == 1
    assert "keepwarm team on" in refused.err
    assert keepwarm("team", "on", "--user", noor).code == 0
    assert "No colleague who shares" in keepwarm("who-knows", "north.example", "--user", noor).err
    # another organization's person shares among their own, which says nothing here
    assert keepwarm("team", "on", "--user", eve).code == 0
    assert "No colleague who shares" in keepwarm("who-knows", "north.example", "--user", noor).err
    assert keepwarm("team", "on", "--user", olu).code == 0
    for firm in ("north.example", "@NORTH.example", "north"):
        found = keepwarm("who-knows", firm, "--json", "--user", noor).json
        assert [one.keys() for one in found] == [{"name", "address", "stage"}]
        assert found[0]["address"] == olu
        assert found[0]["stage"] in {"growing", "rooted", "deep"}
    shown = keepwarm("who-knows", "north", "--user", noor).out
    assert "Anna" not in shown
    assert "2026" not in shown
    assert keepwarm("who-knows", "south.example", "--json", "--user", noor).json == []
    # and it ends at once
    assert keepwarm("team", "off", "--user", olu).code == 0
    assert keepwarm("who-knows", "north", "--json", "--user", noor).json == []
    assert keepwarm("team", "off", "--user", noor).code == 0
    assert keepwarm("who-knows", "north", "--user", noor).code == 1


def test_people_of_a_service_for_everybody_are_no_team(keepwarm: Keepwarm) -> None:
    assert keepwarm("users", "add", "x@gmail.com").code == 0
    found = keepwarm("team", "on", "--user", "x@gmail.com")
    assert found.code == 1
    assert "open to everybody" in found.err


@pytest.mark.parametrize(
    ("address", "firm", "there"),
    [
        ("a@acme.com", "acme.com", True), ("a@eu.acme.com", "acme.com", True), ("a@acme.com", "acme", True),
        ("a@notacme.com", "acme.com", False), ("a@acme.com.evil.com", "acme.com", False), ("a@gmail.com", "gmail", False),
        ("acme@x.com", "acme", False), ("a@acme.com", "", False), ("a@acme.com", "com", False),
    ],
)  # fmt: skip
def test_what_is_at_a_firm(address: str, firm: str, there: bool) -> None:
    assert is_at(address, firm) is there
