"""Notifications on the page of settings: added with a secret shown once, tried out, refused in words, and removed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.worker.homes import friendship, live, open_home
from tests.worker.outlets.listener import Listener, listening
from tests.worker.web.console.visitor import Visitor, text_of
from worker.app.runtime import Runtime


@pytest.fixture
def hook() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return open_home(tmp_path)


@pytest.fixture
def visitor(runtime: Runtime) -> Visitor:
    return Visitor(runtime).sign_in(live(runtime, friendship()))


def only(visitor: Visitor) -> str:
    """The id of the one outlet on the page."""
    (found,) = set(re.findall(r'name="id" value="([0-9a-f]{8})"', visitor.get("/settings").text))
    return str(found)


def test_a_webhook_is_added_tried_out_and_removed(visitor: Visitor, hook: Listener) -> None:
    added = visitor.post("/settings/outlets", url=hook.url, quiet="yes", digest="yes")
    assert re.search(r"whsec_[A-Za-z0-9+/=]{44}", added.text)
    page = visitor.get("/settings")
    assert "whsec_" not in page.text
    assert "http://127.0.0.1/... the digest is ready, someone has gone quiet, since" in text_of(page)
    assert hook.calls == []  # what stands already is no news
    assert visitor.post("/settings/outlets/test", id=only(visitor)).status_code == 303
    ((headers, body),) = hook.calls
    assert json.loads(body)["type"] == "keepwarm.test"
    assert headers["webhook-signature"].startswith("v1,")
    assert "It was taken." in text_of(visitor.get("/settings"))
    assert visitor.post("/settings/outlets/remove", id=only(visitor)).status_code == 303
    assert "/settings/outlets/test" not in visitor.get("/settings").text


def test_what_does_not_take_it_says_so_until_it_does(visitor: Visitor, hook: Listener) -> None:
    visitor.post("/settings/outlets", url=hook.url, account="yes")
    hook.status = 500
    visitor.post("/settings/outlets/test", id=only(visitor))
    for _ in range(2):  # told once as an answer, and kept with the outlet
        assert "It answered with status 500." in text_of(visitor.get("/settings"))
    hook.status = 200
    visitor.post("/settings/outlets/test", id=only(visitor))
    visitor.get("/settings")
    assert "status 500" not in text_of(visitor.get("/settings"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "nonsense", "quiet": "yes"}, "This isn't an address that can be notified."),
        ({"url": "https://hook.example/x"}, "Name at least one thing to be notified of"),
        ({"url": "https://hook.example/x", "test": "yes"}, "Name at least one thing to be notified of"),
    ],
)
def test_what_is_no_address_or_of_nothing_is_refused(visitor: Visitor, fields: dict[str, Any], said: str) -> None:
    answer = visitor.post("/settings/outlets", **fields)
    assert answer.status_code == 400
    assert said in text_of(answer)


def test_an_outlet_of_nobody_is_not_tried_out(visitor: Visitor) -> None:
    for path in ("/settings/outlets/test", "/settings/outlets/remove"):
        assert visitor.post(path, id="00000000").status_code == 400


def test_one_whose_key_is_lost_can_be_removed(runtime: Runtime, visitor: Visitor, hook: Listener) -> None:
    visitor.post("/settings/outlets", url=hook.url, quiet="yes")
    with runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outlets SET sealed = x'00'")
    assert "no key opens its address" in text_of(visitor.get("/settings"))
    assert visitor.post("/settings/outlets/test", id=only(visitor)).status_code == 400
    visitor.post("/settings/outlets/remove", id=only(visitor))
    assert "no key opens its address" not in text_of(visitor.get("/settings"))
