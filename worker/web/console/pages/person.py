"""One person: contact by month, how things stand and why, what is booked, and what you decide about them."""

from urllib.parse import quote

from starlette.responses import Response

from worker.decisions.decide import addresses_of, merge, split, unquiet_person
from worker.decisions.erase.person import forget
from worker.identity.find_person import find_person
from worker.storage.engine import scrub
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute
from worker.views.digest import Composed
from worker.views.people.person import person_view, relationship
from worker.views.people.touches import TouchQuery, touches_page
from worker.views.session import viewing
from worker.web.console.access.audit import record
from worker.web.console.gate import Door
from worker.web.console.look.charts import bars
from worker.web.console.notices import Notice
from worker.web.console.pages.this_week import SNOOZES, TALKS
from worker.web.console.visit import Visit
from worker.wording.lists import numbered

#: Decisions that can be taken back here, and what that is called.
AWAKE = {"snooze": "no longer snoozed", "mute": "in digests again", "rest": "no longer resting"}


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/person", show),
        Door("GET", "/person/history", history),
        Door("POST", "/person/wake", wake),
        Door("POST", "/person/merge", join),
        Door("POST", "/person/split", part),
        Door("GET", "/person/forget", ask_to_forget),
        Door("POST", "/person/forget", erase),
    ]


def page_of(person: str) -> str:
    """Return the address of a person's page."""
    return f"/person?who={quote(person, safe='@')}"


def _who(visit: Visit) -> str:
    return (visit.form.get("who") or visit.asked("who", most=400)).replace("\0", "")[:400]


def show(visit: Visit) -> Response:
    """Show everything about a person."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        found = person_view(view, _who(visit))
    chart = bars(found.months, visit.now, visit.zone)
    back = page_of(found.person)
    return visit.page("about_person.html", one=found, chart=chart, snoozes=SNOOZES, talks=TALKS, back=back)


def history(visit: Visit) -> Response:
    """Show all that happened with a person, page by page."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        one = relationship(view, _who(visit))
        page = touches_page(view, TouchQuery(one.person, cursor=visit.asked("from", most=2000), limit=50))
    return visit.page("history.html", one=one, page=page)


def wake(visit: Visit) -> Response:
    """Take a snooze, a mute or a rest back."""
    kind = visit.form.get("kind", "")
    kind = kind if kind in AWAKE else "snooze"
    with writing(visit.runtime.engine) as connection:
        unquiet_person(connection, visit.user_id, kind, _who(visit), visit.now)
    return _settled(visit, page_of(_who(visit)), f"Done: {AWAKE[kind]}.")


def join(visit: Visit) -> Response:
    """Make two people one."""
    person = _who(visit)
    with writing(visit.runtime.engine) as connection:
        other = find_person(connection, visit.user_id, visit.form.get("other", "").replace("\0", "")[:320])
        theirs = addresses_of(connection, visit.user_id, other)
        merge(connection, visit.user_id, find_person(connection, visit.user_id, person), other, visit.now)
    address = next(iter(theirs), other)
    undo = Notice("", "/person/split", {"who": person, "address": address if address != person else other})
    return _settled(visit, page_of(person), f"{person} and {other} are one person now.", undo)


def part(visit: Visit) -> Response:
    """Separate an address from a person."""
    address = visit.form.get("address", "")[:320]
    with writing(visit.runtime.engine) as connection:
        person = find_person(connection, visit.user_id, _who(visit))
        split(connection, visit.user_id, person, address, visit.now)
    undo = Notice("", "/person/merge", {"who": person, "other": address})
    return _settled(visit, "/people", f"{address} is someone else from now on.", undo)


def ask_to_forget(visit: Visit) -> Response:
    """Ask before someone is erased for good."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        found = person_view(view, _who(visit))
    return visit.page("forget.html", one=found)


def erase(visit: Visit) -> Response:
    """Erase someone for good."""
    if visit.form.get("sure") != "yes":
        return visit.done(
            f"/person/forget?who={quote(_who(visit), safe='@')}", "Tick the box first: this can't be undone."
        )
    settings = visit.runtime.settings
    with reading(visit.runtime.engine) as connection:
        person = find_person(connection, visit.user_id, _who(visit))
    with writing(visit.runtime.engine) as connection:
        gone = forget(connection, visit.user_id, person, visit.now, keep_subjects=settings.keep_subjects)
        record(connection, "erased a person", visit.now, user_id=visit.user_id, place=visit.client)
    answer = _settled(
        visit, "/people", f"Erased, with {numbered(gone, 'interaction')}. Exports you made earlier still contain them."
    )
    scrub(visit.runtime.engine)
    return answer


def _settled(visit: Visit, to: str, said: str, undo: Notice | None = None) -> Response:
    """Work a change into everything that depends on it."""
    recompute(visit.runtime, visit.user_id)
    visit.runtime.shared(Composed).forget(visit.user_id)
    return visit.done(to, said, undo)
