"""Sign-in at one's organization: to its page and back, and one button that finishes it."""

import hmac

from starlette.exceptions import HTTPException
from starlette.responses import Response

from worker.storage.transactions import writing
from worker.web.console.access import oidc
from worker.web.console.access.audit import record
from worker.web.console.gate import Door, Who, failed
from worker.web.console.pages.sign_in.entering import MANY, signed_in
from worker.web.console.visit import Visit, local_path

BACK = "/enter/oidc/back"
UNKNOWN = "You're signed in at your organization, but not invited here. Ask whoever runs this keepwarm."
OTHER = "This sign-in was begun in another browser, or too long ago. Begin again from the sign-in page."


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("POST", "/enter/oidc", begin, Who.ANYBODY),
        Door("GET", BACK, landed, Who.ANYBODY),
        Door("POST", "/enter/oidc/finish", finish, Who.ANYBODY),
    ]


def _cookie(visit: Visit) -> str:
    """Name the cookie that holds a sign-in to the browser that began it."""
    return "__Host-keepwarm-oidc" if visit.origin.secure else "keepwarm-oidc"


def begin(visit: Visit) -> Response:
    """Go to the organization's page."""
    settings = visit.runtime.settings
    if not (settings.oidc_issuer and settings.oidc_client_id):
        raise HTTPException(404)
    if not visit.console.sign_ins.allow(visit.client, visit.now.timestamp()):
        return failed(visit, 429, MANY)
    state, begun = visit.console.outside.begin(local_path(visit.form.get("next", "/")), visit.now)
    url = oidc.consent_url(settings, state, begun, f"{visit.origin}{BACK}")
    response = visit.page("going.html", url=url)
    response.set_cookie(
        _cookie(visit), state, max_age=600, path="/", secure=visit.origin.secure, httponly=True, samesite="lax"
    )
    return response


def landed(visit: Visit) -> Response:
    """Show the button that finishes the sign-in."""
    answer = {name: visit.asked(name, most=4000) for name in ("state", "code", "error")}
    if answer["error"] or not answer["code"]:
        return failed(visit, 403, "Your organization didn't sign you in. Nothing has changed; you can try again.")
    return visit.page("returned.html", answer=answer)


def finish(visit: Visit) -> Response:
    """Check what the organization said, and sign in."""
    state = visit.form.get("state", "")
    mine = visit.request.cookies.get(_cookie(visit), "")
    ours = bool(mine) and hmac.compare_digest(mine.encode(), state.encode())
    begun = visit.console.outside.take(state, visit.now) if ours else None
    if begun is None:
        return failed(visit, 403, OTHER)
    settings, code = visit.runtime.settings, visit.form.get("code", "")
    claims = oidc.signed_in_as(settings, code, begun, f"{visit.origin}{BACK}", visit.now)
    with writing(visit.runtime.engine) as connection:
        user = oidc.user_of(connection, claims, visit.now)
        if user is None:
            record(connection, "an outside sign-in was refused", visit.now, user_id=None, place=visit.client)
    if user is None:
        return failed(visit, 403, UNKNOWN)
    response = signed_in(visit, user, "oidc", begun.to)
    response.delete_cookie(_cookie(visit), path="/", secure=visit.origin.secure, httponly=True)
    return response
