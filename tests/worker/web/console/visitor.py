"""A visitor of the console over its real routes: cookies, forms and headers as a browser sends them, without one."""

import re
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from worker.app.runtime import Runtime
from worker.storage.transactions import writing
from worker.web.console.access.links import LINK, make_link
from worker.web.console.app import console_routes
from worker.web.console.visit import Console
from worker.web.server import application

HERE = "http://127.0.0.1:8484"


class Visitor:
    """One browser."""

    def __init__(
        self, runtime: Runtime, console: Console | None = None, base: str = HERE, peer: str = "1.2.3.4"
    ) -> None:
        self.runtime = runtime
        self.base = base
        app = application(console_routes(console or Console(runtime)))
        self.client = TestClient(app, base_url=base, follow_redirects=False, client=(peer, 5000))

    def link(self, user_id: int | None) -> str:
        with writing(self.runtime.engine) as connection:
            return make_link(connection, user_id, LINK, self.runtime.clock())

    def sign_in(self, user_id: int | None) -> "Visitor":
        answer = self.post("/enter", word=self.link(user_id))
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def post(self, path: str, *, csrf: str | None = None, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """Post a form as a browser does that has it from one of our own pages."""
        sent = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"} if headers is None else headers
        token = self.csrf() if csrf is None else csrf
        return self.client.post(path, data={"csrf": token, **fields}, headers=sent)

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/nowhere").text)
        return found[1] if found else ""


def text_of(answer: Any) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
