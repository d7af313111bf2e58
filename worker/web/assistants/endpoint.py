"""MCP by streamable HTTP at /mcp, with the tokens of the API; every request stands for itself."""

from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from worker.app.runtime import Runtime
from worker.web.api.gate import Gate
from worker.web.assistants.server import assistant_server
from worker.web.hosts import OurHosts

PLACE = "/mcp"
#: Bytes of a request: questions are short.
LARGEST = 256 << 10


class Endpoint:
    """Finds out who asks, and lets the SDK answer for that user alone."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.gate = Gate(runtime)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        bearer = await self.gate.known(Request(scope))
        if isinstance(bearer, Response):
            await bearer(scope, receive, send)
            return
        server = assistant_server(self.runtime, bearer.user_id, bearer.rights)
        app = server.streamable_http_app(
            streamable_http_path=PLACE,
            json_response=True,
            stateless_http=True,
            max_request_body_size=LARGEST,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # OurHosts does it
        )
        async with app.router.lifespan_context(app):
            await app(scope, receive, send)


def assistant_routes(runtime: Runtime) -> list[BaseRoute]:
    """Make the route of assistants."""
    hosts = Middleware(OurHosts, public_url=runtime.settings.public_url)
    return [Route(PLACE, Endpoint(runtime), methods=["GET", "POST", "DELETE"], middleware=[hosts])]
