"""Notifications on the page of settings: webhooks, phones and chats that are added, tried out and removed."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from worker.outlets.call import NotDelivered
from worker.outlets.keep import EVENTS, remove_outlet
from worker.outlets.subscribing import subscribe, try_out
from worker.storage.transactions import writing
from worker.web.console.access.audit import record
from worker.web.console.gate import Door
from worker.web.console.visit import Visit
from worker.wording.errors.sentence import sentence

#: Characters of an address.
LONGEST = 2000


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("POST", "/settings/outlets", add),
        Door("POST", "/settings/outlets/test", test),
        Door("POST", "/settings/outlets/remove", remove),
    ]


def add(visit: Visit) -> Response:
    """Add an address; a webhook's secret is shown this once."""
    if not visit.console.costly.allow(f"outlets {visit.user_id}", visit.now.timestamp()):
        raise HTTPException(429)
    events = {event for event in EVENTS if visit.form.get(event.value) == "yes"}
    url = visit.form.get("url", "").replace("\0", "")[:LONGEST]
    _, secret = subscribe(visit.runtime, visit.user_id, url, events)
    with writing(visit.runtime.engine) as connection:
        record(connection, "added a notification", visit.now, user_id=visit.user_id, place=visit.client)
    if secret:
        return visit.page("new_outlet.html", secret=secret)
    return visit.done("/settings", "Added. Press Test to see whether it arrives.")


def test(visit: Visit) -> Response:
    """Notify an address right now."""
    if not visit.console.costly.allow(f"outlets {visit.user_id}", visit.now.timestamp()):
        raise HTTPException(429)
    try:
        try_out(visit.runtime, visit.user_id, visit.form.get("id", "")[:100])
    except NotDelivered as error:
        return visit.done("/settings", sentence(error))
    return visit.done("/settings", "It was taken. You should see it now.")


def remove(visit: Visit) -> Response:
    """Remove an address: nothing is delivered there any more."""
    with writing(visit.runtime.engine) as connection:
        remove_outlet(connection, visit.user_id, visit.form.get("id", "")[:100])
        record(connection, "removed a notification", visit.now, user_id=visit.user_id, place=visit.client)
    return visit.done("/settings", "Removed. It isn't notified any more.")
