"""This week: the digest as a page."""

from starlette.responses import Response

from worker.web.console.gate import Door
from worker.web.console.visit import Visit


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [Door("GET", "/", show)]


def show(visit: Visit) -> Response:
    """Show the week."""
    return visit.page("failed.html", said=f"user {visit.user_id}")
