"""The console as routes for the one web server: every page, the style sheet and the script."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from worker.web.console.gate import SAFE, Door, Who, approach, failed, misdirected, routes
from worker.web.console.look.templating import HERE
from worker.web.console.pages import admin, exports, growing, judgement, people, person, sources, this_week
from worker.web.console.pages.connecting import connect, consent
from worker.web.console.pages.connecting.files import file_routes
from worker.web.console.pages.settings import outlets, settings, tokens
from worker.web.console.pages.sign_in import entering, keys, organization
from worker.web.console.visit import Console, Visit

STATIC = {path.name: path for path in sorted((HERE / "static").iterdir())}


PAGES = (
    this_week,
    people,
    person,
    growing,
    connect,
    consent,
    sources,
    exports,
    tokens,
    judgement,
    settings,
    outlets,
    keys,
    admin,
    organization,
    entering,
)


def doors() -> list[Door]:
    """List every address of the console but those that stream."""
    return [door for module in PAGES for door in module.doors()]


def console_routes(console: Console) -> list[BaseRoute]:
    """Make the routes of the console; what is at none of its addresses gets a page that says so."""

    async def static(request: Request) -> Response:
        path = STATIC.get(request.path_params["name"])
        if approach(console, request) is None or path is None:
            return misdirected()
        return FileResponse(path, headers={**SAFE, "Cache-Control": "public, max-age=31536000, immutable"})

    def nothing(visit: Visit) -> Response:
        return failed(visit, 404, "There is no such page.")

    return [
        Route("/static/{name}", static, methods=["GET"]),
        *file_routes(console),
        *routes(console, doors()),
        *routes(console, [Door(method, "/{rest:path}", nothing, Who.ANYBODY) for method in ("GET", "POST")]),
    ]
