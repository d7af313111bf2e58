"""What is made ready beside the start, and that nothing there can hinder it."""

from pathlib import Path

from tests.worker.homes import friendship, live, open_home
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from worker.views.counted import Counted
from worker.web.console.look.templating import make_ready
from worker.web.console.visit import Console
from worker.web.console.warming import warm


def test_sources_are_counted_and_every_page_compiles(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    user = live(runtime, friendship())
    console = Console(runtime)
    warm(console).join()
    make_ready()
    assert list(runtime.shared(Counted).found) == [user]
    assert "rules" in vars(console)


def test_rules_that_cannot_be_read_hinder_nobody(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, rules=tmp_path / "none.toml", _env_file=None)  # type: ignore[call-arg]  # pydantic's own
    user = live(open_home(tmp_path), friendship())
    runtime = open_runtime(settings)
    warm(Console(runtime)).join()
    assert list(runtime.shared(Counted).found) == [user]
