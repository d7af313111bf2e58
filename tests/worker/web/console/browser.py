"""A real browser on a real server: Debian's Chromium, and the console served as `keepwarm` serves it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.services import missing
from tests.worker.homes import NOW
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.service.console import LIMITS
from worker.service.one_shot import sync
from worker.storage.transactions import writing
from worker.web.console.access.links import LINK, make_link
from worker.web.console.app import console_routes
from worker.web.console.visit import Console
from worker.web.server import listening

CHROMIUM = Path("/usr/bin/chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; tests that need it skip where there is none, and fail where the checks promise it."""
    if not CHROMIUM.exists():
        missing("Chromium is not installed at /usr/bin/chromium (.ci/programs installs it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class House:
    """An installation whose console is served; an account that is connected is read at once."""

    runtime: Runtime
    browser: Browser
    port: int = 0
    now: datetime = NOW
    host: str = "127.0.0.1"
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def discover_soon(self, account_id: int) -> None:
        """Stand in for the worker that a scheduler wakes."""
        with self.runtime.engine.connect() as connection:
            user = connection.exec_driver_sql(f"SELECT user_id FROM accounts WHERE id = {account_id}").scalar_one()
        reader = threading.Thread(target=sync, args=(self.runtime, user), kwargs={"account_id": account_id})
        reader.start()
        self.readers.append(reader)

    def page(self, **options: Any) -> Page:
        """A browser window with cookies of its own; whatever its console says of our pages is an error."""
        page = self.browser.new_context(**options).new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    complaints: list[str] = field(default_factory=list)

    def sign_in(self, page: Page, user_id: int | None) -> Page:
        """Open a one-time link and press its button."""
        with writing(self.runtime.engine) as connection:
            word = make_link(connection, user_id, LINK, self.runtime.clock())
        page.goto(f"{self.address}/enter?word={word}")
        page.get_by_role("button", name="Open keepwarm").click()
        page.wait_for_url(lambda url: "/enter" not in url)
        return page


@contextmanager
def house(place: Path, browser: Browser, *, host: str = "127.0.0.1", **settings: Any) -> Iterator[House]:
    """Serve a console for an installation in this folder."""
    umask = os.umask(0o077)
    runtime = open_runtime(Settings(home=place, _env_file=None, **settings), lambda: NOW)  # type: ignore[call-arg]  # pydantic's own
    found = House(runtime, browser, host=host)
    with listening(
        "127.0.0.1:0", console_routes(Console(runtime, discover_soon=found.discover_soon)), "TEST", LIMITS
    ) as found.port:
        try:
            yield found
        finally:
            for reader in found.readers:
                reader.join()
            runtime.engine.dispose()
            os.umask(umask)
