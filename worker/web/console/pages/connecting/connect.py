"""Connect: every way to bring a mailbox, a calendar or an export, and the first page a new user sees."""

from collections import defaultdict
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response

from worker.accounts.connect_servers import connect_caldav, connect_ical, connect_imap
from worker.web.console.gate import Door
from worker.web.console.pages.connecting.consent import connected
from worker.web.console.visit import Visit


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [
        Door("GET", "/connect", show),
        Door("GET", "/connect/imap", imap_form),
        Door("POST", "/connect/imap", imap),
        Door("GET", "/connect/calendar", calendar_form),
        Door("POST", "/connect/caldav", caldav),
        Door("POST", "/connect/ical", ical),
        Door("GET", "/connect/files", files_form),
    ]


def show(visit: Visit) -> Response:
    """Show every way to connect."""
    settings = visit.runtime.settings
    ready = {"gmail": bool(settings.google_client_id), "outlook": bool(settings.microsoft_client_id)}
    return visit.page("connect.html", ready=ready, first=visit.signed_in.user_id is None)


def imap_form(visit: Visit) -> Response:
    """Show the form for a mailbox by IMAP."""
    return _imap_page(visit, {})


def _imap_page(visit: Visit, filled: Mapping[str, str], trouble: str = "") -> Response:
    from connectors.services.known import password_pages

    form = {"filled": defaultdict(str, filled), "trouble": trouble, "services": password_pages()}
    return visit.page("connect_imap.html", status=400 if trouble else 200, **form)


def calendar_form(visit: Visit) -> Response:
    """Show the forms for a calendar."""
    return visit.page("connect_calendar.html")


def files_form(visit: Visit) -> Response:
    """Show the form for files."""
    return visit.page("connect_files.html", trouble="")


def _address(visit: Visit) -> str:
    """Take the address of a form.

    Raises:
        HTTPException: it is none; browsers have said so before.
    """
    said = visit.form.get("address", "").strip()
    if "@" not in said.strip("@") or len(said.split()) != 1 or len(said) > 254:
        raise HTTPException(400)
    return said


def _not_too_often(visit: Visit) -> None:
    if not visit.console.costly.allow(f"servers {visit.signed_in.user_id}", visit.now.timestamp()):
        raise HTTPException(429)


def imap(visit: Visit) -> Response:
    """Connect a mailbox by IMAP."""
    from connectors.errors import ConnectorError
    from connectors.imap.auth import SECURITIES, TLS, Access
    from connectors.services.known import imap_server
    from worker.wording.errors.sentence import sentence

    _not_too_often(visit)
    form = {name: value.strip() for name, value in visit.form.items() if name not in {"csrf", "password"}}
    try:
        address = _address(visit)
        security = form.get("security") if form.get("security") in SECURITIES else TLS
        access = Access(
            address=address,
            host=form.get("host") or imap_server(address),
            port=_port(form.get("port", "")) or (993 if security == TLS else 143),
            security=str(security),
            user=form.get("login") or address,
            password=visit.form.get("password", ""),
        )
        found = connect_imap(visit.runtime, access, visit.signed_in.user_id)
    except ConnectorError as error:
        return _imap_page(visit, form, sentence(error))
    return connected(visit, found)


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return number if number < 65536 else 0


def caldav(visit: Visit) -> Response:
    """Connect a calendar account by CalDAV."""
    from connectors.caldav.auth import Access, address_of
    from connectors.services.known import caldav_server

    _not_too_often(visit)
    address, server = _address(visit), visit.form.get("server", "").strip()
    access = Access(
        address=address,
        url=address_of(server) if server else caldav_server(address),
        user=visit.form.get("login", "").strip() or address,
        password=visit.form.get("password", ""),
    )
    return connected(visit, connect_caldav(visit.runtime, access, visit.signed_in.user_id))


def ical(visit: Visit) -> Response:
    """Connect one calendar by its secret address."""
    _not_too_often(visit)
    whose = visit.form.get("address", "").strip() or None
    url = visit.form.get("url", "").strip()
    return connected(visit, connect_ical(visit.runtime, url, whose, visit.signed_in.user_id))
