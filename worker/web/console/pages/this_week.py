"""This week: the digest as a page, where each person can be acted on at once; who was left out; earlier weeks."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select
from starlette.responses import Response

from models.accounts import Account, StreamState
from worker.app.runtime import Runtime
from worker.decisions.actions import Action, Via, Wish, recent_actions
from worker.digest.history import remember
from worker.storage.transactions import reading
from worker.views.acting import act, take_back
from worker.views.digest import Composed, Week, earlier_digests, this_week, week_standing
from worker.views.session import viewing
from worker.web.console.gate import Door, Who
from worker.web.console.gathering import PATIENCE
from worker.web.console.notices import Notice
from worker.web.console.pages.connecting.consent import landed
from worker.web.console.visit import Elsewhere, Visit, local_path
from worker.wording.dates import date
from worker.wording.text import name_of

#: Seconds that a page which can show what stood before waits for what is so now.
AGAIN = 0.2
#: How long a person may be snoozed from a page, by the word on the button.
SNOOZES = {"2 weeks": timedelta(weeks=2), "1 month": timedelta(weeks=4), "3 months": timedelta(weeks=13)}
#: When the two talked, by the word on the button.
TALKS = {"today": timedelta(0), "yesterday": timedelta(days=1), "last week": timedelta(days=7)}


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/", show, Who.ANYBODY),
        Door("GET", "/weeks", weeks),
        Door("POST", "/act", on_person),
        Door("POST", "/act/undo", undo),
        Door("POST", "/week/done", done_for_this_week),
    ]


def show(visit: Visit) -> Response:
    """Show this week's digest."""
    if "state" in visit.request.query_params:  # a provider sends the browser back to the root, where all allow it
        return landed(visit)
    if visit.session is None:
        raise Elsewhere("/enter")
    week = _week(visit)
    if week is None:
        return visit.page("gathering.html")
    with reading(visit.runtime.engine) as connection:
        mine = (StreamState.user_id == visit.user_id, ~StreamState.retired)
        unfinished = connection.execute(
            select(StreamState.title, StreamState.done, StreamState.total)
            .where(*mine, StreamState.unfinished, StreamState.failures == 0)
            .order_by(StreamState.id)
        ).all()
        waiting = connection.execute(
            select(Account.address, Account.trouble).where(
                Account.user_id == visit.user_id, Account.state == "needs_person"
            )
        ).all()
        digest = week.digest
        taken = recent_actions(connection, visit.user_id)
    acted = {one.person: one for one in taken if one.action in WORDS and not one.undone and one.at >= digest.as_of}
    return visit.page(
        "this_week.html", digest=digest, week=week, reading=unfinished, waiting=waiting, snoozes=SNOOZES,
        talks=TALKS, back="/", acted=acted,
    )  # fmt: skip


def _week(visit: Visit) -> Week | None:
    """Return the week as it stands; where that is not of now, everyone is looked at beside the requests."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        standing = week_standing(visit.runtime, view)
    if standing and standing.current:
        return standing
    gather = partial(_gather, visit.runtime, visit.user_id)
    patience = AGAIN if standing else PATIENCE
    found: Week | None = visit.console.gathering.wait_for(("week", visit.user_id), gather, patience)
    return found or standing


def _gather(runtime: Runtime, user_id: int) -> Week:
    with viewing(runtime, user_id) as view:
        return this_week(runtime, view)


def weeks(visit: Visit) -> Response:
    """Show earlier weeks."""
    with viewing(visit.runtime, visit.user_id, visit.now) as view:
        found = earlier_digests(view, before=visit.asked("before", most=10))
    return visit.page("weeks.html", weeks=found, more=found[-1].period if len(found) == 20 else "")


def on_person(visit: Visit) -> Response:
    """Carry out what a button on a person says; it can be undone."""
    form = visit.form
    now, person = visit.now, form.get("who", "")[:320]
    action = Action(form["what"]) if form.get("what") in {one.value for one in WORDS} else Action.SNOOZE
    wish = Wish(
        action,
        person,
        Via.PAGE,
        until=now + SNOOZES.get(form.get("for", ""), timedelta(weeks=4)) if action is Action.SNOOZE else None,
        talked_at=now - TALKS.get(form.get("when", ""), timedelta(0)) if action is Action.TALKED else None,
    )
    _remember_shown(visit)
    done = act(visit.runtime, visit.user_id, wish)
    visit.runtime.shared(Composed).forget(visit.user_id)
    said = WORDS[action].format(
        name=name_of(form.get("name", "")[:100], person), until=date(done.until, now, visit.zone) if done.until else ""
    )
    back = local_path(form.get("back", "/"))
    return visit.done(back, said, Notice("", "/act/undo", {"id": done.id, "back": back}))


WORDS = {
    Action.SNOOZE: "{name} is snoozed until {until}.",
    Action.TALKED: "Noted that you and {name} talked.",
    Action.REST: "{name} is resting: keepwarm no longer watches this relationship.",
    Action.MUTE: "{name} will never be in a digest.",
}


def _remember_shown(visit: Visit) -> None:
    """Note the people this week's page named: whoever acts on it has read it, so no one is named twice without news."""
    composed = visit.runtime.shared(Composed).weeks.get(visit.user_id)
    if composed is not None:
        remember(visit.runtime, visit.user_id, composed[2])


def undo(visit: Visit) -> Response:
    """Undo what was just done."""
    take_back(visit.runtime, visit.user_id, visit.form.get("id", "")[:100])
    visit.runtime.shared(Composed).forget(visit.user_id)
    return visit.done(local_path(visit.form.get("back", "/")), "Undone.")


def done_for_this_week(visit: Visit) -> Response:
    """Note that this week's digest was read."""
    _remember_shown(visit)
    return visit.done("/", "Done. Next week's digest brings only what is new.")
