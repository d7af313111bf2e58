"""Everything the web server answers to programs and phones: the API, assistants, signed links, address books."""

from starlette.routing import BaseRoute

from worker.app.runtime import Runtime
from worker.web.api.app import api_routes
from worker.web.assistants.endpoint import assistant_routes
from worker.web.feeds.carddav import carddav_routes
from worker.web.feeds.contacts import feed_routes
from worker.web.signed.links import signed_links


def program_routes(runtime: Runtime) -> list[BaseRoute]:
    """Make the routes; each refuses names that are not ours, and asks for its own permission."""
    books = [*feed_routes(runtime), *carddav_routes(runtime)]
    return [*api_routes(runtime), *assistant_routes(runtime), *books, *signed_links(runtime)]
