"""Settings come from the environment and the home's own .env file, and no sign-in is sent where others can read it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.worker.cli.keepwarm import ROOT, Keepwarm
from worker.app.secrets.private_files import ForeignFile
from worker.app.settings import Settings

STRANGE = "https://strange.example/token"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("KEEPWARM_")]:
        monkeypatch.delenv(name)
    place = tmp_path / "home"
    place.mkdir(mode=0o700)
    monkeypatch.setenv("KEEPWARM_HOME", str(place))
    return place


def write(place: Path, *lines: str, mode: int = 0o600) -> Path:
    file = place / ".env"
    file.write_text("\n".join(lines))
    file.chmod(mode)
    return file


def test_the_file_in_the_home_counts_and_the_environment_more(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, "KEEPWARM_DIGEST_TO=file@mine.example", "KEEPWARM_POLL_SECONDS=77")
    assert (Settings().digest_to, Settings().poll_seconds) == ("file@mine.example", 77)
    monkeypatch.setenv("KEEPWARM_DIGEST_TO", "environment@mine.example")
    assert (Settings().digest_to, Settings().poll_seconds) == ("environment@mine.example", 77)
    assert Settings(digest_to="argument@mine.example").digest_to == "argument@mine.example"


def test_a_home_given_as_an_argument_has_its_own_file(home: Path, tmp_path: Path) -> None:
    write(home, "KEEPWARM_POLL_SECONDS=77")
    other = tmp_path / "other"
    other.mkdir()
    write(other, "KEEPWARM_POLL_SECONDS=88", f"KEEPWARM_HOME={home}")
    found = Settings(home=other)
    assert (found.poll_seconds, found.home) == (88, other)  # a file cannot name another home


@pytest.mark.parametrize("above", [False, True])
def test_a_file_in_a_foreign_folder_is_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: bool
) -> None:
    folder = tmp_path / "takeout"
    inner = folder / "inner"
    inner.mkdir(parents=True)
    write(folder if above else inner, f"KEEPWARM_GOOGLE_TOKEN_URI={STRANGE}", "KEEPWARM_DATABASE_URL=sqlite:////x")
    monkeypatch.chdir(inner)
    assert Settings().google_token_uri == "https://oauth2.googleapis.com/token"
    assert Settings().database == f"sqlite:///{home / 'keepwarm.db'}"


@pytest.mark.parametrize(
    ("file_mode", "home_mode", "taken"),
    [
        (0o600, 0o700, True),
        (0o644, 0o755, True),  # others may read it: their keepwarm warns of that, but nobody else has written it
        (0o620, 0o700, False),
        (0o602, 0o700, False),
        (0o666, 0o700, False),
        (0o600, 0o770, False),  # others could put another file there
        (0o600, 0o707, False),
        (0o600, 0o1777, True),  # where nobody can exchange the files of others
    ],
)
def test_a_file_that_others_can_write_is_refused(home: Path, file_mode: int, home_mode: int, taken: bool) -> None:
    write(home, f"KEEPWARM_GOOGLE_TOKEN_URI={STRANGE}", mode=file_mode)
    home.chmod(home_mode)
    if taken:
        assert Settings().google_token_uri == STRANGE
    else:
        with pytest.raises(ForeignFile, match="open_file"):
            Settings()


def test_a_file_of_somebody_else_is_refused_in_words(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    file = write(home, f"KEEPWARM_GOOGLE_TOKEN_URI={STRANGE}")
    os.chown(file, 12345, 12345)
    with pytest.raises(ForeignFile, match="foreign_file"):
        Settings()
    said = Keepwarm(home)("status")
    assert said.code == 1
    assert "belongs to another user" in said.err
    assert "belongs to another user" in Keepwarm(home)("doctor").out


ENDPOINTS = ["google_auth_uri", "google_token_uri", "google_api_root", "microsoft_authority", "graph_root"]


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://proxy.example/token", True),
        ("http://localhost:8080/token", True),
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9/x", True),
        ("http://[::1]:99/x", True),
        ("http://proxy.example/token", False),
        ("http://localhost.evil.example/token", False),
        ("http://127.0.0.1.evil.example/token", False),
        ("http://10.0.0.1/token", False),
        ("http://[::2]/x", False),
        ("http://[::1/x", False),
        ("ftp://127.0.0.1/x", False),
        ("//proxy.example/token", False),
        ("https://", False),
        ("token", False),
    ],
)
def test_sign_ins_travel_unreadable(home: Path, name: str, url: str, safe: bool) -> None:
    del home
    if safe:
        assert getattr(Settings.model_validate({name: url}), name) == url
    else:
        with pytest.raises(ValidationError, match="must be https"):
            Settings.model_validate({name: url})


def test_a_process_started_in_a_foreign_folder_stays_with_its_own_settings(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    write(folder, "KEEPWARM_HOME=" + str(folder), "KEEPWARM_DATABASE_URL=sqlite:///" + str(folder / "stolen.db"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "worker", "users", "add", "me@mine.example"]
    subprocess.run(line, check=True, cwd=folder, env=environment, capture_output=True)
    assert not (folder / "stolen.db").exists()
    assert (home / "keepwarm.db").exists()
