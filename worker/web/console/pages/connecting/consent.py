"""Consent at a provider: to its page and back, and one button that finishes it; looking does nothing."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from models.enums import Provider
from worker.accounts.connect import Connected, connect_account
from worker.accounts.providers import PROVIDERS, SignIn
from worker.accounts.sending_consent import allow_sending
from worker.storage.transactions import writing
from worker.views.counted import Counted
from worker.web.console.access.audit import record
from worker.web.console.access.sessions import belong
from worker.web.console.consents import ANSWER
from worker.web.console.gate import Door, failed
from worker.web.console.visit import Visit

OTHER = "This sign-in was begun in another browser, or too long ago. Begin again here; nothing was changed."
#: Parameters of an answer that a flow may need (RFC 6749, RFC 9207).
CARRIED = (
    "state",
    "code",
    "error",
    "error_description",
    "error_subtype",
    "iss",
    "client_info",
    "session_state",
    "scope",
)


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("POST", "/connect/consent", begin),
        Door("POST", "/settings/sending", begin_sending),
        Door("POST", "/connect/finish", finish),
    ]


def begin(visit: Visit) -> Response:
    """Begin a sign-in that lets keepwarm read an account."""
    user = visit.signed_in.user_id
    return _leave(visit, lambda provider, how: connect_account(visit.runtime, provider, how, user))


def begin_sending(visit: Visit) -> Response:
    """Begin the consent of its own that sending the digest needs."""
    user = visit.user_id
    return _leave(visit, lambda provider, how: allow_sending(visit.runtime, user, provider, how))


def _leave(visit: Visit, connect: Callable[[Provider, SignIn], object]) -> Response:
    name = visit.form.get("provider", "")
    provider = Provider(name) if name in {one.value for one in Provider} else None
    if provider is None or provider not in PROVIDERS or PROVIDERS[provider].sign_in is None:
        raise HTTPException(404)
    if not visit.console.costly.allow(f"consent {visit.signed_in.csrf}", visit.now.timestamp()):
        raise HTTPException(429)
    url = visit.console.consents.begin(provider, visit.origin, visit.signed_in.csrf, connect)
    return visit.page("leaving.html", url=url, label=PROVIDERS[provider].label)


def landed(visit: Visit) -> Response:
    """Show the button that finishes a sign-in; where the browser came back under another name of ours, go there."""
    consent = visit.console.consents.find(visit.asked("state"))
    if consent is None:
        return failed(visit, 400, OTHER)
    if str(consent.origin) != str(visit.origin):
        return RedirectResponse(f"{consent.origin}/?{visit.request.url.query}", 303)
    if visit.session is None or consent.session != visit.session.csrf:
        return failed(visit, 403, OTHER)
    answer = {name: visit.asked(name, most=4000) for name in CARRIED if name in visit.request.query_params}
    return visit.page("landed.html", answer=answer, label=PROVIDERS[consent.provider].label)


def finish(visit: Visit) -> Response:
    """Hand the provider's answer to the flow that waits for it, and say what came of it."""
    consent = visit.console.consents.find(visit.form.get("state", ""))
    if consent is None or consent.session != visit.signed_in.csrf:
        return failed(visit, 403, OTHER)
    consent.answers.put({name: value for name, value in visit.form.items() if name in CARRIED})
    if not consent.over.wait(ANSWER):
        return failed(visit, 503, "The provider is slow to answer. Look at your sources in a minute.")
    if consent.error is not None:
        raise consent.error
    if not isinstance(consent.found, Connected):
        return visit.done("/settings", f"The digest is now emailed from {consent.found} to itself, and to no one else.")
    return connected(visit, consent.found)


def connected(visit: Visit, found: Connected) -> Response:
    """Have an account that was just connected read at once, and show how far it is."""
    with writing(visit.runtime.engine) as connection:
        belong(connection, visit.signed_in, found.user_id)
        record(
            connection, "connected an account", visit.now, user_id=found.user_id, place=visit.client,
            detail=found.address,
        )  # fmt: skip
    visit.runtime.shared(Counted).forget(found.user_id)
    visit.console.discover_soon(found.account_id)
    notes = f" {found.evidence}" if found.evidence else ""
    return visit.done("/sources", f"Connected {found.address}.{notes} keepwarm is reading it now, newest first.")
