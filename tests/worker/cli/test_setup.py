"""`setup google`: the steps, the client file, and a client that is checked before the browser opens."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.gmail.auth import SCOPES
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.cli.test_sign_in import settings
from tests.worker.homes import NOW


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleSandbox]:
    with GoogleSandbox([google_mailbox(World(3, until=NOW, mails=50))]) as sandbox:
        yield sandbox


def endpoints(google: GoogleSandbox) -> dict[str, str]:
    return {name: value for name, value in settings(google).items() if "CLIENT" not in name}


def client(place: Path, google: GoogleSandbox, kind: str = "installed", **changes: str) -> Path:
    inner = {"client_id": google.client_id, "client_secret": google.client_secret, "token_uri": "https://evil.example"}
    path = place / "client_secret.json"
    path.write_text(json.dumps({kind: inner | changes}))
    return path


def test_the_steps_come_with_links_scopes_and_the_trap_before_the_client(
    empty: Keepwarm, google: GoogleSandbox, tmp_path: Path
) -> None:
    found = empty("setup", "google", "--later", say=f"{client(tmp_path, google)}\n", **endpoints(google))
    assert found.code == 0, found.err
    assert found.err.index("Publish app") < found.err.index("Desktop app")
    assert "7 days" in found.err
    assert all(scope in found.err.split() for scope in SCOPES)
    assert "gmail.send" not in found.err
    env = empty.home / ".env"
    assert env.stat().st_mode & 0o077 == 0
    assert f"KEEPWARM_GOOGLE_CLIENT_ID='{google.client_id}'" in env.read_text()
    assert google.client_secret not in found.err + found.out


def test_a_second_time_replaces_the_client_and_keeps_the_rest(
    empty: Keepwarm, google: GoogleSandbox, tmp_path: Path
) -> None:
    empty.home.mkdir(mode=0o700)
    (empty.home / ".env").write_text("# mine\nKEEPWARM_POLL_SECONDS=60\nexport keepwarm_google_client_id=old\n")
    (empty.home / ".env").chmod(0o600)
    assert empty("setup", "google", client(tmp_path, google), "--later", **endpoints(google)).code == 0
    lines = (empty.home / ".env").read_text().splitlines()
    assert lines[:2] == ["# mine", "KEEPWARM_POLL_SECONDS=60"]
    assert sum("CLIENT_ID" in line.upper() for line in lines) == 1


def test_a_value_in_the_environment_that_would_win_is_named(
    empty: Keepwarm, google: GoogleSandbox, tmp_path: Path
) -> None:
    other = {**endpoints(google), "KEEPWARM_GOOGLE_CLIENT_ID": "1-x.apps.googleusercontent.com"}
    found = empty("setup", "google", client(tmp_path, google), "--later", **other)
    assert "KEEPWARM_GOOGLE_CLIENT_ID is also set in the environment" in found.err


@pytest.mark.parametrize(
    ("kind", "changes", "says"),
    [
        ("web", {}, "Web application"),
        ("installed", {"client_id": "nonsense"}, "isn't a client file"),
        ("installed", {"client_id": "1-x.apps.googleusercontent.com\nKEEPWARM_SMTP_URL=x"}, "isn't a client file"),
        ("installed", {"client_secret": ""}, "holds no client secret"),
        ("installed", {"client_secret": "GOCSPX-wrong"}, "doesn't know this client"),
        ("installed", {"client_id": "999-x.apps.googleusercontent.com"}, "doesn't know this client"),
    ],
)
def test_a_client_that_cannot_work_is_refused_before_the_browser_and_not_saved(
    empty: Keepwarm, google: GoogleSandbox, tmp_path: Path, kind: str, changes: dict[str, str], says: str
) -> None:
    found = empty("setup", "google", client(tmp_path, google, kind, **changes), **endpoints(google))
    assert found.code == 1
    assert says in found.err
    assert not (empty.home / ".env").exists()


def test_other_files_are_named_for_what_they_are(empty: Keepwarm, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"type": "service_account", "client_email": "x@y"}')
    assert "service account's key" in empty("setup", "google", path).err
    path.write_bytes(b"\xff" * 100)
    assert "isn't a client file" in empty("setup", "google", path).err
    assert "No such file or directory" in empty("setup", "google", tmp_path / "none.json").err


def test_without_the_way_to_google_nothing_is_saved(empty: Keepwarm, google: GoogleSandbox, tmp_path: Path) -> None:
    nowhere = {**endpoints(google), "KEEPWARM_GOOGLE_TOKEN_URI": "http://127.0.0.1:1/token"}
    found = empty("setup", "google", client(tmp_path, google), **nowhere)
    assert found.code == 1
    assert "can't be reached" in found.err
    assert not (empty.home / ".env").exists()
