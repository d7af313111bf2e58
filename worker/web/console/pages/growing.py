"""Growing together: the tree of introductions, single ones to confirm or correct, and the season looked back on."""

from functools import partial

from markupsafe import Markup
from starlette.responses import Response

from worker.app.runtime import Runtime
from worker.decisions.actions import Action, Via, Wish
from worker.identity.find_person import find_person
from worker.network.roots_picture import picture as tree_picture
from worker.network.season.picture import picture as years_picture
from worker.network.season.quarters import quarter_of
from worker.network.season.review import Season
from worker.network.season.words import heading, sentences
from worker.views.acting import act
from worker.views.digest import Composed
from worker.views.growing import doors as read_doors
from worker.views.growing import introduction_rows
from worker.views.growing import season as look_back
from worker.views.session import viewing
from worker.web.console.gate import Door
from worker.web.console.notices import Notice
from worker.web.console.visit import Visit
from worker.wording.text import name_of

#: Introductions on a page.
MOST = 100
SAID = {
    Action.INTRODUCED: "Noted: {by} introduced you to {name}.",
    Action.NOT_INTRODUCED: "Noted: {by} didn't introduce you to {name}.",
}


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/roots", roots),
        Door("GET", "/roots/picture", save_roots),
        Door("POST", "/roots/judge", judge),
        Door("POST", "/roots/add", add),
        Door("GET", "/season", season),
        Door("GET", "/season/picture", save_season),
    ]


def roots(visit: Visit) -> Response:
    """Show the tree of introductions, and each of them with its evidence."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        tree, rows = read_doors(view), introduction_rows(view, limit=MOST)
    drawn = Markup(tree_picture(tree, inline=True))  # noqa: S704 - names are escaped where they are drawn
    return visit.page("roots.html", tree=tree, rows=rows, picture=drawn)


def save_roots(visit: Visit) -> Response:
    """Return the tree as a file."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        return _file(tree_picture(read_doors(view)), "roots.svg")


def judge(visit: Visit) -> Response:
    """Confirm or refute an introduction; it can be undone."""
    action = Action.INTRODUCED if visit.form.get("what") == "confirm" else Action.NOT_INTRODUCED
    return _judged(visit, action, visit.form.get("who", "")[:320], visit.form.get("by", "")[:320])


def add(visit: Visit) -> Response:
    """Note an introduction that keepwarm doesn't name."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        who, by = (
            find_person(view.connection, view.user_id, visit.form.get(name, "").replace("\0", "")[:320])
            for name in ("who", "by")
        )
    return _judged(visit, Action.INTRODUCED, who, by)


def _judged(visit: Visit, action: Action, who: str, by: str) -> Response:
    done = act(visit.runtime, visit.user_id, Wish(action, who.replace("\0", ""), Via.PAGE, by=by.replace("\0", "")))
    visit.runtime.shared(Composed).forget(visit.user_id)
    said = SAID[action].format(
        by=name_of(visit.form.get("by_name", "")[:100], by), name=name_of(visit.form.get("name", "")[:100], who)
    )
    return visit.done("/roots", said, Notice("", "/act/undo", {"id": done.id, "back": "/roots"}))


def season(visit: Visit) -> Response:
    """Show a season: in sentences, as a picture of the years, and as a table."""
    found = visit.console.gathering.wait_for(_key(visit), partial(_gather, visit.runtime, visit.user_id, _asked(visit)))
    if found is None:
        return visit.page("gathering.html")
    after = found.quarter.after
    return visit.page(
        "season.html", season=found, heading=heading(found), sentences=sentences(found), earlier=found.quarter.before,
        later=after if after < quarter_of(visit.now) else None,
        picture=Markup(years_picture(found, inline=True)) if found.years else "",  # noqa: S704 - as above
    )  # fmt: skip


def save_season(visit: Visit) -> Response:
    """Return the picture of the years as a file."""
    found = _gather(visit.runtime, visit.user_id, _asked(visit))
    return _file(years_picture(found), f"season-{found.quarter.key}.svg")


def _gather(runtime: Runtime, user_id: int, quarter: str) -> Season:
    with viewing(runtime, user_id) as view:
        return look_back(runtime, view, quarter)


def _asked(visit: Visit) -> str:
    return visit.asked("quarter", most=7)


def _key(visit: Visit) -> tuple[str, int, str]:
    return "season", visit.user_id, _asked(visit)


def _file(svg: str, name: str) -> Response:
    return Response(svg, media_type="image/svg+xml", headers={"Content-Disposition": f'attachment; filename="{name}"'})
