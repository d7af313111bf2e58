"""Passkeys on pages: making one, signing in with one, removing one."""

from starlette.responses import Response

from worker.storage.transactions import reading, writing
from worker.web.console.access import passkeys
from worker.web.console.access.audit import record
from worker.web.console.gate import Door, Who, failed
from worker.web.console.pages.sign_in.entering import MANY, signed_in
from worker.web.console.visit import Visit, local_path

NO = "This passkey isn't known here. Try another one, or ask for a new invitation."


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/settings/keys", show),
        Door("POST", "/passkey/make", options_to_make),
        Door("POST", "/settings/keys", make),
        Door("POST", "/settings/keys/remove", remove),
        Door("POST", "/passkey/use", options_to_use, Who.ANYBODY),
        Door("POST", "/enter/passkey", enter, Who.ANYBODY),
    ]


def show(visit: Visit) -> Response:
    """Show the form that makes a passkey."""
    return visit.page("keys.html", possible=visit.origin.named, user=visit.user_id)


def options_to_make(visit: Visit) -> Response:
    """Send the browser what a device needs to make a passkey."""
    with reading(visit.runtime.engine) as connection:
        owner = passkeys.owner_of(connection, visit.user_id)
        options, challenge = passkeys.making_options(connection, owner, visit.origin)
    visit.console.challenges.put(visit.signed_in.csrf, challenge, visit.now)
    return Response(options, media_type="application/json")


def make(visit: Visit) -> Response:
    """Keep the passkey that a device made."""
    challenge = visit.console.challenges.take(visit.signed_in.csrf, visit.now)
    answer, name = visit.form.get("answer", ""), visit.form.get("name", "").strip()
    made = False
    with writing(visit.runtime.engine) as connection:
        if challenge is not None:
            owner = passkeys.owner_of(connection, visit.user_id)
            made = passkeys.keep_made(
                connection, owner, answer, challenge=challenge, origin=visit.origin, now=visit.now, name=name
            )
        event = "made a passkey" if made else "a passkey was refused"
        record(connection, event, visit.now, user_id=visit.user_id, place=visit.client)
    if not made:
        return failed(visit, 400, "Your device didn't give a passkey that fits. Try once more.")
    return visit.done("/", "Your passkey is ready. Next time, sign in with it.")


def remove(visit: Visit) -> Response:
    """Delete a passkey."""
    with writing(visit.runtime.engine) as connection:
        if passkeys.remove(connection, visit.user_id, visit.form.get("credential", "")[:2000]):
            record(connection, "removed a passkey", visit.now, user_id=visit.user_id, place=visit.client)
    return visit.done("/settings", "The passkey is removed.")


def options_to_use(visit: Visit) -> Response:
    """Send the browser what a device needs to sign in; nothing in it names a user."""
    if not visit.console.sign_ins.allow(f"asked {visit.client}", visit.now.timestamp()):
        return failed(visit, 429, MANY)
    options, challenge = passkeys.using_options(visit.origin)
    visit.console.challenges.put(f"{visit.client} {visit.request.headers.get('user-agent', '')}", challenge, visit.now)
    return Response(options, media_type="application/json")


def enter(visit: Visit) -> Response:
    """Sign in with a passkey."""
    if not visit.console.sign_ins.allow(visit.client, visit.now.timestamp()):
        return failed(visit, 429, MANY)
    browser = f"{visit.client} {visit.request.headers.get('user-agent', '')}"
    challenge = visit.console.challenges.take(browser, visit.now)
    answer = visit.form.get("answer", "")
    with writing(visit.runtime.engine) as connection:
        user = passkeys.whose(connection, answer, challenge, visit.origin, visit.now) if challenge else None
        if user is None:
            record(connection, "a passkey was refused", visit.now, user_id=None, place=visit.client)
    if user is None:
        return failed(visit, 403, NO)
    return signed_in(visit, user, "passkey", local_path(visit.form.get("next", "/")))
