"""The page behind a signed link: GET only asks, POST does it. The word is the permission, so no one has to sign in.

List-Unsubscribe-Post (RFC 8058) posts to the same address, without looking at the page first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.engine import Connection
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from models.accounts import User
from models.people import Person
from worker.app.runtime import Runtime
from worker.decisions.actions import ABOUT_PEOPLE, Action, ActionRefused, Done, Via
from worker.decisions.words import Signer, obey, read_word, signing_key
from worker.digest.confirming import sentence_of
from worker.digest.deliver.offers.ways import PATH
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute
from worker.web.hosts import OurHosts
from worker.web.request import Threads
from worker.wording.text import name_of

PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address is the permission
    "Cache-Control": "no-store",
}
ASKED = {
    Action.SNOOZE: ("Snooze {name} for four weeks?", "Snooze"),
    Action.TALKED: ("Did you talk with {name}?", "Yes, we talked"),
    Action.REST: ("Let {name} rest?", "Let it rest"),
    Action.MUTE: ("Never name {name} again?", "Never name them"),
    Action.UNDO: ("Undo this?", "Undo"),
    Action.FEWER: ("Name fewer people in each digest?", "Fewer people"),
    Action.MORE: ("Name more people in each digest?", "More people"),
    Action.STOP: ("Stop these digests?", "Stop"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says, and the one button it may have."""

    title: str
    text: str = ""
    button: str = ""
    target: str = ""
    quiet: bool = False
    status: int = 200


GONE = Page(
    "This link doesn't work any more",
    "It is too old, or whoever it was about is no longer here. Nothing was changed.",
    status=404,
)


def signed_links(runtime: Runtime) -> Sequence[BaseRoute]:
    """Make the route of signed links."""
    threads = Threads(4, waiting=50, seconds=30)

    async def answer(request: Request) -> Response:
        who, _, word = request.path_params["ticket"].partition(".")
        user_id = int(who) if who.isascii() and who.isdecimal() and len(who) < 10 else 0
        work = do if request.method == "POST" else ask
        page = await threads.run(partial(work, runtime, user_id, word))
        return HTMLResponse(_drawn(page), page.status, SAFE)

    guarded = [Middleware(OurHosts, public_url=runtime.settings.public_url)]
    return [Route(PATH + "{ticket}", answer, methods=["GET", "POST"], middleware=guarded)]


def ask(runtime: Runtime, user_id: int, word: str) -> Page:
    """Ask whether to do what a word says; nothing changes."""
    with reading(runtime.engine) as connection:
        meant = read_word(connection, user_id, word, runtime.clock())
        if meant is None:
            return GONE
        title, button = ASKED[meant.action]
        name = _name(connection, user_id, meant.about) if meant.action in ABOUT_PEOPLE else ""
    return Page(title.format(name=name), button=button, target=f"{PATH}{user_id}.{word}")


def do(runtime: Runtime, user_id: int, word: str) -> Page:
    """Do what a word says, once, and offer to undo it."""
    now = runtime.clock()
    with writing(runtime.engine) as connection:
        meant = read_word(connection, user_id, word, now)
        if meant is None:
            return GONE
        try:
            done = obey(connection, user_id, meant, Via.LINK, now)
        except ActionRefused:
            return GONE
        page = _done(connection, user_id, done, word)
    recompute(runtime, user_id)
    return page


def _done(connection: Connection, user_id: int, done: Done, word: str) -> Page:
    zone = connection.scalars(select(User.zone).where(User.id == user_id)).one()
    said = sentence_of(done, _name(connection, user_id, done.person), done.at, zone)
    if done.undone:
        return Page(said, "Nothing else was changed.")
    period = word.split(".")[1]
    undo = Signer(signing_key(connection, user_id), period).word(Action.UNDO, done.id)
    again = "This was done already. " if done.again else ""
    return Page(said, f"{again}You can undo it here.", "Undo", f"{PATH}{user_id}.{undo}", quiet=True)


def _name(connection: Connection, user_id: int, person: str) -> str:
    named = connection.scalar(select(Person.name).where(Person.user_id == user_id, Person.key == person))
    return name_of(named or "", person)


def _drawn(page: Page) -> str:
    return PAGES.get_template("act.html.j2").render(
        title=page.title, text=page.text, button=page.button, target=page.target, quiet=page.quiet
    )
