"""Files from a browser: only with a fresh form, only into a folder of our own, and nothing that failed is kept."""

from pathlib import Path

import pytest

from tests.worker.homes import NOW, open_home
from tests.worker.web.console.visitor import HERE, Visitor, text_of
from worker.app.runtime import Runtime
from worker.demo.cast import OWNER
from worker.demo.files import write_life
from worker.web.console.transfer.uploads import safe_name

OURS = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return open_home(tmp_path / "home")


def kept(runtime: Runtime) -> list[str]:
    return sorted(path.name for path in (runtime.settings.home / "uploads").glob("*/*"))


def send(visitor: Visitor, name: str, content: bytes, *, csrf: str | None = None, **headers: str) -> int:
    token = visitor.csrf() if csrf is None else csrf
    answer = visitor.client.post(
        "/connect/files",
        data={"csrf": token, "me": OWNER[1]},
        files=[("files", (name, content))],
        headers={**OURS, **headers},
    )
    return int(answer.status_code)


def test_what_is_sent_is_connected_from_a_private_folder(runtime: Runtime, tmp_path: Path) -> None:
    mail, _ = write_life(tmp_path, NOW)
    visitor = Visitor(runtime).sign_in(None)
    assert send(visitor, "../../../etc/emails.mbox", mail.read_bytes()) == 303
    assert kept(runtime) == ["001-emails.mbox"]
    (folder,) = (runtime.settings.home / "uploads").iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert "Connected nora@lindgren-studio.example" in text_of(visitor.get("/sources"))


@pytest.mark.parametrize("content", [b"", b"no mail at all", b"\0" * 1000])
def test_what_holds_nothing_is_not_kept(runtime: Runtime, content: bytes) -> None:
    visitor = Visitor(runtime).sign_in(None)
    assert send(visitor, "x.bin", content) in {303, 400}
    if send(visitor, "x.bin", content) == 400:
        assert kept(runtime) == []


def test_without_a_session_or_its_token_nothing_is_written(runtime: Runtime) -> None:
    visitor = Visitor(runtime).sign_in(None)
    assert send(visitor, "a.mbox", b"From x\n", csrf="0" * 64) == 400
    assert send(visitor, "a.mbox", b"From x\n", Origin="https://evil.example") == 403
    assert send(Visitor(runtime), "a.mbox", b"From x\n", csrf="") == 401
    assert kept(runtime) == []


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("mail.mbox", "001-mail.mbox"),
        ("..\\..\\x.ics", "001-x.ics"),
        ("/etc/passwd", "001-passwd"),
        (".bashrc", "001-bashrc"),
        ("a\0b\n.zip", "001-a_b_.zip"),
        ("...", "001-file"),
        ("Übung 1.mbox", "001-Übung 1.mbox"),
        ("x" * 300 + ".zip", "001-" + "x" * 76 + ".zip"),
    ],
)
def test_names_are_made_our_own(sent: str, name: str) -> None:
    assert safe_name(sent, 0) == name
