"""Tokens by the command line: shown once, listed without their secret, revoked."""

from pathlib import Path

import pytest

from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import friendship, live, open_home
from worker.app.tokens import TOKEN, find_token


@pytest.fixture
def keepwarm(tmp_path: Path) -> Keepwarm:
    keepwarm = Keepwarm(tmp_path)
    runtime = open_home(tmp_path)
    live(runtime, friendship())
    runtime.engine.dispose()
    return keepwarm


def test_a_token_is_shown_once_listed_and_revoked(keepwarm: Keepwarm) -> None:
    token = keepwarm("tokens", "add", "my dashboard", "--act").out.strip()
    assert TOKEN.fullmatch(token)
    listed = keepwarm("tokens", "list", "--json")
    (one,) = listed.json
    assert (one["name"], one["may"]) == ("my dashboard", ["act", "read"])
    assert token.rpartition("_")[2] not in listed.out + keepwarm("tokens", "list").out
    runtime = open_home(keepwarm.home)
    assert find_token(runtime, token) is not None
    assert keepwarm("tokens", "revoke", one["id"]).code == 0
    assert find_token(runtime, token) is None
    assert keepwarm("tokens", "revoke", one["id"]).code == 1
    runtime.engine.dispose()


def test_a_phone_gets_an_address(keepwarm: Keepwarm) -> None:
    said = keepwarm("tokens", "add", "phone", "--feed", KEEPWARM_CONSOLE="127.0.0.1:9000")
    assert said.out.startswith("http://127.0.0.1:9000/feeds/kw_")
    public = keepwarm("tokens", "add", "phone", "--feed", KEEPWARM_PUBLIC_URL="https://warm.example")
    assert public.out.startswith("https://warm.example/feeds/kw_")
    assert keepwarm("tokens", "add", "phone", "--feed", "--act").code == 2
    assert keepwarm("tokens", "add", " ").code == 1
