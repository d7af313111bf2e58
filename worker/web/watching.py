"""The routes for those who watch: /metrics for Prometheus, /healthz for supervisors."""

from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from worker.web.request import Threads

#: Says what is wrong with this process, or nothing.
Trouble = Callable[[], str]


def watching_routes(registry: CollectorRegistry, trouble: Trouble) -> list[BaseRoute]:
    """Make the routes: health never waits behind metrics, which may ask a slow database."""
    for_health = Threads(2, waiting=100, seconds=5)
    for_metrics = Threads(2, waiting=10, seconds=30)

    async def healthz(_request: Request) -> Response:
        wrong = await for_health.run(trouble)
        return PlainTextResponse(f"{wrong or 'well'}\n", 503 if wrong else 200)

    async def metrics(request: Request) -> Response:
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(await for_metrics.run(partial(encode, registry)), headers={"Content-Type": kind})

    async def nothing(_request: Request) -> Response:
        return PlainTextResponse("/metrics, /healthz\n", 404)

    return [Route("/healthz", healthz), Route("/metrics", metrics), Route("/{rest:path}", nothing)]
