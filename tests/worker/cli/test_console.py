"""`keepwarm` by itself, `run` and `demo`: the console is served, and a link signs in."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.worker.cli.keepwarm import Keepwarm
from worker.web.console.look import words


@contextmanager
def opened(keepwarm: Keepwarm, *arguments: str) -> Iterator[str]:
    """Start it; gives the address it prints, and stops it as Ctrl-C does."""
    with keepwarm.started(*arguments, KEEPWARM_CONSOLE="127.0.0.1:0") as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().removeprefix("Open: ").strip()
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
        assert process.returncode == 0


@contextmanager
def entered(url: str) -> Iterator[httpx.Client]:
    """Press the button of a link."""
    address, _, word = url.partition("/enter?word=")
    own = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get(f"/enter?word={word}").status_code == 200
        assert client.post("/enter", data={"word": word}, headers=own).status_code == 303
        yield client


def test_keepwarm_alone_opens_the_console_and_a_second_call_gives_another_link(empty: Keepwarm) -> None:
    with opened(empty, "--no-browser") as url, entered(url) as client:
        assert client.get("/").headers["location"] == "/connect"
        assert "Where does your email live?" in client.get("/connect").text
        again = empty.process("--no-browser", KEEPWARM_CONSOLE="127.0.0.1:0")
        assert again.code == 0
        with entered(again.out.removeprefix("Open: ").strip()) as other:
            assert other.get("/connect").status_code == 200
        assert client.get("/api/v1/status").status_code == 401, "one server for pages and programs"
    assert not (empty.home / "console.address").exists()


def test_the_demo_opens_on_a_made_up_life_and_leaves_nothing(empty: Keepwarm) -> None:
    with opened(empty, "demo", "--no-browser") as url, entered(url) as client:
        page = client.get("/people").text
        assert "Priya Raman" in page
        assert "22 people" in page
    assert not (empty.home / "keepwarm.db").exists()


def test_off_is_off(empty: Keepwarm) -> None:
    with empty.started("run", KEEPWARM_CONSOLE="off", KEEPWARM_METRICS="127.0.0.1:0") as process:
        assert process.stderr is not None
        assert "Running." in process.stderr.readline().decode()
        assert "console is at" not in process.stderr.readline().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("note", "to"),
    [
        (
            "B seems to write from b@x.example now. If both addresses are one person, run `keepwarm merge a b`.",
            "/person/merge",
        ),
        ("We treat a and b as one person (B). If they aren't: keepwarm split b a", "/person/split"),
        ("a@x.example can no longer be read. Connect it again: keepwarm connect gmail", ""),
        ("Your export ends on 3 May.", ""),
    ],
)
def test_a_note_that_names_a_command_is_a_button_on_the_page(note: str, to: str) -> None:
    found = words.offer(note)
    assert found.to == to
    assert "keepwarm" not in found.said
