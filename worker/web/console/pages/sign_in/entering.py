"""Coming in and going out: the page of a one-time link, the ways to sign in, and signing out."""

from starlette.responses import RedirectResponse, Response

from worker.storage.transactions import writing
from worker.web.console.access import proxies
from worker.web.console.access.audit import record
from worker.web.console.access.links import INVITATION, take_link
from worker.web.console.access.sessions import close_others, close_session, open_session
from worker.web.console.gate import Door, Who, cookie_name, failed
from worker.web.console.visit import Visit, local_path

USED = "This link has been used already, or is too old. Get a new one where this one came from."
MANY = "That was too many times in a row. Wait a few minutes and try again."


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/enter", show, Who.ANYBODY),
        Door("POST", "/enter", enter, Who.ANYBODY),
        Door("POST", "/enter/proxy", by_proxy, Who.ANYBODY),
        Door("POST", "/leave", leave),
        Door("POST", "/leave/others", leave_others),
    ]


def show(visit: Visit) -> Response:
    """Show the one button of a link, or the ways to sign in; nothing is used up by looking."""
    settings = visit.runtime.settings
    return visit.page(
        "enter.html",
        word=visit.asked("word"),
        next=local_path(visit.asked("next", "/", 600)),
        proxy_user=proxies.vouched_for(visit.runtime, visit.request),
        oidc=bool(settings.oidc_issuer and settings.oidc_client_id),
        passkeys=visit.origin.named,
    )


def enter(visit: Visit) -> Response:
    """Use a one-time link up and sign in."""
    if not visit.console.sign_ins.allow(visit.client, visit.now.timestamp()):
        return failed(visit, 429, MANY)
    with writing(visit.runtime.engine) as connection:
        link = take_link(connection, visit.form.get("word", "")[:200], visit.now)
        if link is None:
            record(connection, "a sign-in link was refused", visit.now, user_id=None, place=visit.client)
    if link is None:
        return failed(visit, 403, USED)
    invited = link.purpose == INVITATION
    to = "/settings/keys" if invited else local_path(visit.form.get("next", "/"))
    return signed_in(visit, link.user_id, "link", to)


def by_proxy(visit: Visit) -> Response:
    """Sign in the user that the proxy in front names."""
    user = proxies.user_of(visit.runtime, proxies.vouched_for(visit.runtime, visit.request))
    if user is None:
        return failed(visit, 403, "Your sign-in isn't known here. Ask for an invitation to keepwarm.")
    return signed_in(visit, user, "proxy", local_path(visit.form.get("next", "/")))


def signed_in(visit: Visit, user_id: int | None, way: str, to: str) -> Response:
    """Open a new session, whatever session there was before, and go on."""
    old = visit.request.cookies.get(cookie_name(visit.origin), "")[:200]
    with writing(visit.runtime.engine) as connection:
        close_session(connection, old)
        secret = open_session(connection, user_id, way, visit.now)
        record(connection, f"signed in by {way}", visit.now, user_id=user_id, place=visit.client)
    response = RedirectResponse(to, 303)
    response.set_cookie(
        cookie_name(visit.origin), secret, max_age=30 * 86400, path="/", secure=visit.origin.secure, httponly=True,
        samesite="lax",  # a provider sends the browser back here after a consent
    )  # fmt: skip
    return response


def leave(visit: Visit) -> Response:
    """Sign this browser out."""
    with writing(visit.runtime.engine) as connection:
        close_session(connection, visit.signed_in.secret)
        record(connection, "signed out", visit.now, user_id=visit.signed_in.user_id, place=visit.client)
    response = RedirectResponse("/enter", 303)
    response.delete_cookie(cookie_name(visit.origin), path="/", secure=visit.origin.secure, httponly=True)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def leave_others(visit: Visit) -> Response:
    """Sign every other browser of this user out."""
    with writing(visit.runtime.engine) as connection:
        close_others(connection, visit.signed_in)
        record(connection, "signed out elsewhere", visit.now, user_id=visit.user_id, place=visit.client)
    return visit.done("/settings", "Every other browser is signed out.")
