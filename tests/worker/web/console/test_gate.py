"""The gate of the console: names, forms from elsewhere, sessions that end, links that work once."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.console import AuditEvent, ConsoleSession, SignInLink
from tests.worker.clock import Clock
from tests.worker.homes import friendship, live
from tests.worker.web.console.visitor import HERE, Visitor, text_of
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.storage.transactions import writing


def home(place: Path, clock: Clock, **settings: str) -> Runtime:
    return open_runtime(Settings(home=place, _env_file=None, **settings), clock)  # type: ignore[call-arg, arg-type]  # pydantic's own


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runtime(tmp_path: Path, clock: Clock) -> Runtime:
    return home(tmp_path, clock)


@pytest.fixture
def user(runtime: Runtime) -> int:
    return live(runtime, friendship())


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "[", "x:y"])
def test_another_name_for_this_machine_is_refused(runtime: Runtime, name: str) -> None:
    assert Visitor(runtime).get("/enter", Host=name).status_code == 421


@pytest.mark.parametrize("name", ["127.0.0.1:8484", "localhost:9", "[::1]:8484", "127.0.0.1"])
def test_loopback_names_are_ours(runtime: Runtime, name: str) -> None:
    assert Visitor(runtime).get("/enter", Host=name).status_code == 200


@pytest.mark.usefixtures("user")
def test_a_stranger_sees_nothing_and_is_sent_to_sign_in(runtime: Runtime) -> None:
    visitor = Visitor(runtime)
    assert visitor.get("/").headers["location"] == "/enter"
    assert visitor.get("/people?search=x").headers["location"] == "/enter?next=/people%3Fsearch%3Dx"


def test_looking_at_a_link_uses_nothing_up_and_a_button_signs_in_once(runtime: Runtime, user: int) -> None:
    word = (visitor := Visitor(runtime)).link(user)
    for _ in range(3):  # a scanner of links
        assert visitor.get(f"/enter?word={word}").status_code == 200
    assert visitor.get("/").status_code == 303
    answer = visitor.post("/enter", word=word)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.get("/").status_code == 200
    assert Visitor(runtime).post("/enter", word=word).status_code == 403


def test_a_link_is_too_old_after_a_quarter_of_an_hour(runtime: Runtime, user: int, clock: Clock) -> None:
    word = (visitor := Visitor(runtime)).link(user)
    clock.now += timedelta(minutes=16)
    assert visitor.post("/enter", word=word).status_code == 403


def test_neither_cookies_nor_links_are_stored(runtime: Runtime, user: int) -> None:
    visitor = Visitor(runtime).sign_in(user)
    waiting = visitor.link(user)
    secret = visitor.client.cookies["keepwarm"]
    with runtime.engine.connect() as connection:
        stored = [
            *connection.execute(select(ConsoleSession.__table__)),
            *connection.execute(select(SignInLink.__table__)),
        ]
    assert secret not in repr(stored)
    assert waiting not in repr(stored)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": HERE},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_forms_from_elsewhere_change_nothing(runtime: Runtime, user: int, headers: dict[str, str]) -> None:
    visitor = Visitor(runtime).sign_in(user)
    assert visitor.post("/leave", headers=headers).status_code == 403
    assert visitor.get("/").status_code == 200
    assert visitor.post("/enter", headers=headers, word=visitor.link(user)).status_code == 403


def test_a_form_without_its_token_changes_nothing(runtime: Runtime, user: int) -> None:
    visitor, other = Visitor(runtime).sign_in(user), Visitor(runtime).sign_in(user)
    assert visitor.post("/leave", csrf="").status_code == 403
    assert visitor.post("/leave", csrf=other.csrf()).status_code == 403
    assert visitor.post("/leave").status_code == 303
    assert visitor.get("/").status_code == 303
    assert other.get("/").status_code == 200


def test_a_session_ends_when_it_is_not_used_and_when_it_is_old(runtime: Runtime, user: int, clock: Clock) -> None:
    idle, used = Visitor(runtime).sign_in(user), Visitor(runtime).sign_in(user)
    for _ in range(4):
        clock.now += timedelta(days=6)
        assert used.get("/people").status_code != 303
    answer = idle.post("/leave", csrf="x")
    assert answer.status_code == 401
    assert "session has ended" in text_of(answer)
    clock.now += timedelta(days=7)
    assert used.get("/").status_code == 303


def test_signing_in_again_ends_the_session_before(runtime: Runtime, user: int) -> None:
    visitor = Visitor(runtime).sign_in(user)
    first = visitor.client.cookies["keepwarm"]
    visitor.sign_in(user)
    assert visitor.client.cookies["keepwarm"] != first
    stale = Visitor(runtime)
    stale.client.cookies.set("keepwarm", first)
    assert stale.get("/").status_code == 303


def test_whoever_tries_links_is_slowed_down(runtime: Runtime, user: int, clock: Clock) -> None:
    visitor = Visitor(runtime)
    tried = [visitor.post("/enter", word=f"{n}").status_code for n in range(25)]
    assert tried == [403] * 20 + [429] * 5
    clock.now += timedelta(minutes=6)
    assert visitor.post("/enter", word=visitor.link(user)).status_code == 303
    with runtime.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(AuditEvent)) == 21


def test_a_session_without_a_user_ends_when_there_are_several(runtime: Runtime) -> None:
    visitor = Visitor(runtime).sign_in(None)
    assert visitor.get("/").headers["location"] == "/connect"  # nobody is there yet
    with writing(runtime.engine) as connection:
        add_user(connection, "one@home.example", runtime.clock())
    assert visitor.get("/").status_code == 200
    with writing(runtime.engine) as connection:
        add_user(connection, "two@home.example", runtime.clock())
    assert visitor.get("/").headers["location"] == "/enter"


def test_every_answer_keeps_to_itself(runtime: Runtime, user: int) -> None:
    visitor = Visitor(runtime).sign_in(user)
    for answer in (visitor.get("/"), visitor.get("/nowhere"), visitor.get("/enter"), visitor.post("/leave", csrf="")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re_inline(answer.text)


def re_inline(page: str) -> list[str]:
    """Whatever in a page a strict policy would refuse."""
    return [mark for mark in (" style=", " onclick=", "<style", "javascript:", "http://", "https://") if mark in page]


def test_behind_https_the_cookie_is_bound_to_the_host(tmp_path: Path, clock: Clock) -> None:
    runtime = home(tmp_path, clock, public_url="https://warm.example")
    user = live(runtime, friendship())
    visitor = Visitor(runtime, base="https://warm.example")
    answer = visitor.post("/enter", word=visitor.link(user))
    assert answer.headers["set-cookie"].startswith("__Host-keepwarm=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers
    assert visitor.get("/").status_code == 200


def test_a_header_names_the_user_only_from_a_listed_proxy(tmp_path: Path, clock: Clock) -> None:
    runtime = home(tmp_path, clock, trusted_proxies="10.0.0.0/8", proxy_user_header="Remote-User")
    live(runtime, friendship())
    named = {"Remote-User": "me@mine.example"}
    outside = Visitor(runtime, peer="1.2.3.4")
    own = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
    assert outside.post("/enter/proxy", headers={**own, **named}).status_code == 403
    inside = Visitor(runtime, peer="10.1.1.1")
    assert inside.get("/", **named).status_code == 303, "no GET signs in"
    assert inside.post("/enter/proxy", headers={**own, **named}).status_code == 303
    assert inside.get("/", **named).status_code == 200
    assert inside.get("/").status_code == 303, "signed out at the proxy is signed out here"
    assert inside.get("/", **{"Remote-User": "other@mine.example"}).status_code == 303


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"])
def test_signing_in_leads_nowhere_else(runtime: Runtime, user: int, to: str) -> None:
    visitor = Visitor(runtime)
    answer = visitor.post("/enter", word=visitor.link(user), next=to)
    assert answer.headers["location"] == "/"
