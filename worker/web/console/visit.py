"""One request to the console as its pages see it: who asks, for what, and how to answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.accounts import User
from worker.app.runtime import Runtime
from worker.judgement.keep.basis import RulesSource
from worker.storage.transactions import reading
from worker.web.console.access.attempts import Attempts
from worker.web.console.access.oidc import SignIns
from worker.web.console.access.passkeys import Challenges
from worker.web.console.access.sessions import Session
from worker.web.console.consents import Consents
from worker.web.console.gathering import Gathering
from worker.web.console.look.templating import render
from worker.web.console.notices import Notice, Notices
from worker.web.console.origin import Origin


class Finding(Protocol):
    """What one check of the installation found."""

    @property
    def name(self) -> str:
        """What was looked at."""

    @property
    def level(self) -> str:
        """fine, mind or wrong."""

    @property
    def sentence(self) -> str:
        """How it is, and what to do."""


class Elsewhere(Exception):  # noqa: N818 - not an error: the person is sent on
    """The answer is at another address of ours."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class Console:
    """What all pages share: the installation, and what this process remembers between two requests."""

    runtime: Runtime
    #: Runs the checks of `keepwarm doctor`.
    examine: Callable[[], Sequence[Finding]] = tuple
    #: Has an account, by its id, read at once instead of at the next tick.
    discover_soon: Callable[[int], object] = lambda _: None
    consents: Consents = field(default_factory=Consents)
    challenges: Challenges = field(default_factory=Challenges)
    outside: SignIns = field(default_factory=SignIns)
    gathering: Gathering = field(default_factory=Gathering)
    notices: Notices = field(default_factory=Notices)
    sign_ins: Attempts = field(default_factory=lambda: Attempts(20, 300))
    costly: Attempts = field(default_factory=lambda: Attempts(30, 60))

    @cached_property
    def rules(self) -> RulesSource:
        """The rules in force."""
        return RulesSource(self.runtime.settings.rules)


@dataclass(frozen=True)
class Visit:
    """One request, once it has passed the gate."""

    console: Console
    request: Request
    origin: Origin
    client: str
    session: Session | None
    form: Mapping[str, str]

    @property
    def runtime(self) -> Runtime:
        """The installation."""
        return self.console.runtime

    @cached_property
    def now(self) -> datetime:
        """The moment of the request, the same throughout it."""
        return self.console.runtime.clock()

    @property
    def signed_in(self) -> Session:
        """The session of a page that only the signed-in see."""
        if self.session is None:
            raise HTTPException(403)
        return self.session

    @property
    def user_id(self) -> int:
        """Whose data it is about.

        Raises:
            Elsewhere: no one is there yet: an account is to be connected first.
        """
        if self.signed_in.user_id is None:
            raise Elsewhere("/connect")
        return self.signed_in.user_id

    @cached_property
    def zone(self) -> str:
        """Where the user lives; UTC while no one is there."""
        if self.session is None or self.session.user_id is None:
            return "UTC"
        with reading(self.runtime.engine) as connection:
            return connection.scalars(select(User.zone).where(User.id == self.session.user_id)).one()

    def asked(self, name: str, default: str = "", most: int = 200) -> str:
        """Return a parameter of the address, cut to what it can need."""
        return self.request.query_params.get(name, default)[:most]

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page."""
        notice = self.console.notices.take(self.session.csrf) if self.session and status == 200 else None
        body = render(template, {"visit": self, "now": self.now, "zone": self.zone, "notice": notice, **values})
        return HTMLResponse(body, status)

    def done(self, to: str, said: str = "", undo: Notice | None = None) -> Response:
        """Send the person on after a change, with a word on what was done and how to undo it."""
        if said and self.session:
            notice = Notice(said, undo.undo, undo.fields) if undo else Notice(said)
            self.console.notices.put(self.session.csrf, notice)
        return RedirectResponse(to, 303)


def local_path(text: str) -> str:
    """Return a path of ours to go back to; "/" for whatever leads elsewhere."""
    safe = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text[:500] if safe else "/"
