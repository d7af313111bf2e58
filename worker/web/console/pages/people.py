"""People: everyone you know, who needs you first; searched, filtered, page by page."""

from typing import TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from models.enums import Stage, Warmth
from worker.views.people.people import PeopleQuery, Sort, count_people, people_page
from worker.views.session import viewing
from worker.web.console.gate import Door
from worker.web.console.visit import Visit

#: People on one page.
ROWS = 40
E = TypeVar("E", Stage, Warmth, Sort)


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [Door("GET", "/people", show)]


def show(visit: Visit) -> Response:
    """Show one page of people."""
    asked = {name: visit.asked(name, most=2000) for name in ("search", "stage", "warmth", "sort")}
    stage, warmth = _one(Stage, asked["stage"]), _one(Warmth, asked["warmth"])
    sort = _one(Sort, asked["sort"]) or Sort.NEED
    query = PeopleQuery(
        asked["search"][:200], stage, warmth, sort=sort, cursor=visit.asked("from", most=2000), limit=ROWS
    )
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        page = people_page(view, query)
        whole = not query.cursor and not page.cursor  # looking through everyone's addresses once is enough
        count = len(page.rows) if whole else count_people(view, query)
    kept = {name: value for name, value in asked.items() if value}
    more = "/people?" + urlencode({**kept, "from": page.cursor}) if page.cursor else ""
    return visit.page(
        "people.html", people=page.rows, count=count, query=query, more=more, stages=Stage, warmths=Warmth
    )


def _one(kind: type[E], text: str) -> E | None:
    return kind(text) if text in {one.value for one in kind} else None
