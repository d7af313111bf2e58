"""Sources: what is connected, how far it is read, what became of everything, and what keepwarm can and can't see."""

from sqlalchemy import update
from starlette.responses import Response

from models.accounts import StreamState
from worker.accounts.connect import disconnect_account
from worker.accounts.providers import PROVIDERS
from worker.accounts.store import find_account
from worker.decisions.erase.person import drop_unknown_lines
from worker.storage.engine import scrub
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute
from worker.views.counted import Counted
from worker.views.digest import Composed
from worker.views.session import viewing
from worker.views.sources import unread
from worker.web.console.access.audit import record
from worker.web.console.gate import Door
from worker.web.console.visit import Visit


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/sources", show),
        Door("GET", "/sources/unread", unreadable),
        Door("POST", "/sources/read", read_now),
        Door("GET", "/sources/disconnect", ask_to_disconnect),
        Door("POST", "/sources/disconnect", disconnect),
    ]


def show(visit: Visit) -> Response:
    """Show every account and its streams."""
    found = visit.runtime.shared(Counted).of(visit.runtime, visit.user_id)
    reading_on = any(stream.unfinished and not stream.failures for one in found for stream in one.count.streams)
    return visit.page("sources.html", sources=found, reading=reading_on, providers=PROVIDERS)


def unreadable(visit: Visit) -> Response:
    """List what could not be read, and why."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        found = unread(view)
    return visit.page("unread.html", found=found)


def _account(visit: Visit, said: str) -> int:
    with reading(visit.runtime.engine) as connection:
        return find_account(connection, visit.user_id, said[:400])


def read_now(visit: Visit) -> Response:
    """Have an account read at once instead of when it is due."""
    account = _account(visit, visit.form.get("account", ""))
    with writing(visit.runtime.engine) as connection:
        mine = (StreamState.user_id == visit.user_id, StreamState.account_id == account, ~StreamState.retired)
        due = {"due_at": None, "asked_at": None, "failures": 0}
        connection.execute(update(StreamState).where(*mine).values(**due))
    visit.runtime.shared(Counted).forget(visit.user_id)
    visit.console.discover_soon(account)
    return visit.done("/sources", "keepwarm is looking for what is new.")


def ask_to_disconnect(visit: Visit) -> Response:
    """Ask what is to become of an account's history."""
    said = visit.asked("account", most=400)
    _account(visit, said)
    return visit.page("disconnect.html", account=said)


def disconnect(visit: Visit) -> Response:
    """Disconnect an account; its history stays unless it is to be erased."""
    said, erase = visit.form.get("account", ""), visit.form.get("history") == "erase"
    account = _account(visit, said)
    left = disconnect_account(visit.runtime, visit.user_id, account, erase=erase)
    recompute(visit.runtime, visit.user_id)
    with writing(visit.runtime.engine) as connection:
        if erase:
            drop_unknown_lines(connection, visit.user_id)
        event = "erased an account" if erase else "disconnected an account"
        record(connection, event, visit.now, user_id=visit.user_id, place=visit.client, detail=said)
    if erase:
        scrub(visit.runtime.engine)
    visit.runtime.shared(Composed).forget(visit.user_id)
    visit.runtime.shared(Counted).forget(visit.user_id)
    kept = "What came only from it has been erased." if erase else "Its history is kept."
    return visit.done("/sources", f"Disconnected {said.partition(':')[2] or said}. {kept} {left}".strip())
