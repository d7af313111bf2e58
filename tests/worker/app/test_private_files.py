"""Whatever keepwarm writes is for its user alone, whatever the umask and however open the place was before."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import friendship, live, open_home
from worker.app.secrets.private_files import keep_private, private_file


@pytest.fixture
def open_umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Every file and folder with its permission bits."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in sorted(folder.rglob("*"))}


@pytest.fixture
def lived(tmp_path: Path, open_umask: None) -> Keepwarm:
    """A home that somebody made with open doors, as an earlier version left it."""
    del open_umask
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    runtime = open_home(home)
    live(runtime, friendship())
    runtime.engine.dispose()
    for path in home.iterdir():
        path.chmod(0o644)
    home.chmod(0o755)
    os.umask(0o022)
    return Keepwarm(home)


def test_every_file_of_every_command(lived: Keepwarm, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    wanted = [
        ("digest", "--html", out / "new.html"),
        ("digest", "--html", out / "old.html"),
        ("export", "interactions", "-o", out / "rows.csv"),
        ("export", "people", "--format", "jsonl", "-o", out / "people.jsonl"),
        ("db", "copy", f"sqlite:///{out / 'copy.db'}"),
        ("db", "copy", f"sqlite:///{out / 'deep' / 'copy.db'}"),
        ("digest", "--send"),
    ]
    (out / "old.html").touch(0o644)
    for words in wanted:
        done = lived.process(*words, KEEPWARM_SMTP_URL=f"file://{out / 'digests'}?from=me@mine.example")
        assert done.code == 0, done.err
    found = modes(out) | modes(lived.home)
    assert {"new.html", "old.html", "rows.csv", "people.jsonl", "copy.db", "deep/copy.db", "keepwarm.db"} <= set(found)
    assert any(name.startswith("digests/") and name.endswith(".html") for name in found)
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o077} == {}
    assert stat.S_IMODE(lived.home.stat().st_mode) == 0o700


def test_the_log_of_the_database_is_private_while_it_is_open(lived: Keepwarm) -> None:
    runtime = open_home(lived.home)
    live(runtime, friendship(), me="other@mine.example")
    found = modes(lived.home)
    assert {"keepwarm.db", "keepwarm.db-wal", "keepwarm.db-shm"} <= set(found)
    assert not any(mode & 0o077 for mode in found.values())
    runtime.engine.dispose()


@pytest.mark.parametrize(
    ("mode", "closed"), [(0o755, 0o700), (0o770, 0o700), (0o700, 0o700), (0o500, 0o500), (0o1777, 0o1777)]
)
def test_a_home_is_closed_unless_it_is_for_many(tmp_path: Path, open_umask: None, mode: int, closed: int) -> None:
    del open_umask
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(mode)
    keep_private(home)
    assert stat.S_IMODE(home.stat().st_mode) == closed


def test_the_whole_home_of_a_user_is_left_as_it_is(
    tmp_path: Path, open_umask: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del open_umask
    tmp_path.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    keep_private(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_link_is_not_followed_to_the_file_of_somebody_else(tmp_path: Path, open_umask: None) -> None:
    del open_umask
    other = tmp_path / "other"
    other.touch(0o644)
    other.chmod(0o644)
    (tmp_path / "keepwarm.db").symlink_to(other)
    keep_private(tmp_path / "home", str(tmp_path / "keepwarm.db"))
    assert stat.S_IMODE(other.stat().st_mode) == 0o644


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "page"
    place.write_text("before")
    with suppress(RuntimeError), private_file(place) as file:
        file.write(b"half")
        raise RuntimeError
    assert place.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["page"]
    with pytest.raises(OSError, match="No such file") as refused, private_file(tmp_path / "nowhere" / "page"):
        pass
    assert refused.value.filename == str(tmp_path / "nowhere" / "page")
