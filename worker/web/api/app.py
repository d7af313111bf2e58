"""The API below /api/v1: who asks, with which right, how often; what is asked for, read and checked; and the answer."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from models.errors import CodedError
from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.app.tokens import Right
from worker.web.api.endpoints import ENDPOINTS, Call, Endpoint
from worker.web.api.exports import NAMES, exported
from worker.web.api.gate import Gate
from worker.web.api.openapi import description
from worker.web.api.problems import ENCODE, coded, problem
from worker.web.api.values import Asked, ExportAsked, Nothing
from worker.web.hosts import OurHosts
from worker.web.request import body_of

#: Bytes of a body.
LARGEST = 16 << 10
PLACE = "/api/v1"

log = Logger(__name__)


def api_routes(runtime: Runtime) -> list[BaseRoute]:
    """Make the routes of the API."""
    gate = Gate(runtime)
    routes = [Route(_place(one), _answering(gate, one), methods=[one.method]) for one in ENDPOINTS]
    routes += [
        Route("/exports/{file}", _exporting(gate), methods=["GET"]),
        Route("/openapi.json", _describing, methods=["GET"]),
    ]
    handlers: Any = {HTTPException: _refused, CodedError: _coded, DBAPIError: _away, Exception: _failed}
    hosts = Middleware(OurHosts, public_url=runtime.settings.public_url)
    return [Mount(PLACE, app=Starlette(routes=routes, exception_handlers=handlers, middleware=[hosts]))]


def _place(one: Endpoint) -> str:
    return one.path.replace("{person}", "{person:path}")  # an address may hold a slash


def _answering(gate: Gate, one: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        bearer = await gate.let_in(request, one.right)
        if isinstance(bearer, Response):
            return bearer
        asked = await (_query(request, one.asks) if request.method != "POST" else _body(request, one.asks))
        if isinstance(asked, Response):
            return asked
        path = request.path_params.get(one.name, "")
        if "\0" in path or len(path) > 400:
            return problem(404, "There is no such thing.")
        call = Call(gate.runtime, bearer.user_id, asked, path)
        body = await gate.threads.run(lambda: ENCODE(one.answer(call)))
        return _with_tag(request, body, one.status)

    return answer


def _exporting(gate: Gate) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        bearer = await gate.let_in(request, Right.READ)
        if isinstance(bearer, Response):
            return bearer
        file = request.path_params["file"]
        if file not in NAMES:
            return problem(404, "There is no such export.")
        asked = await _query(request, ExportAsked)
        if isinstance(asked, Response):
            return asked
        return await exported(gate.files, gate.runtime, bearer.user_id, file, asked)

    return answer


async def _describing(request: Request) -> Response:
    return _with_tag(request, description(), 200)


async def _query(request: Request, kind: type[Asked]) -> Any:
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except (msgspec.ValidationError, OverflowError) as error:
        return problem(422, f"{error}.")


async def _body(request: Request, kind: type[Asked]) -> Any:
    if kind is Nothing:
        return Nothing()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return problem(415, "Send JSON, with Content-Type: application/json.")
    body = await body_of(request, LARGEST)
    if body is None:
        return problem(400, f"Send a JSON body of at most {LARGEST} bytes.")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        return problem(422, f"{error}.")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return problem(400, f"This isn't JSON: {error}.")


def _with_tag(request: Request, body: bytes, status: int) -> Response:
    """Answer, or say that what the client has is still right."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if request.method not in {"GET", "HEAD"}:
        return Response(body, status, headers, "application/json")
    headers["ETag"] = tag
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(None, 304, headers)
    return Response(body, status, headers, "application/json")


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette calls with nothing else
    return problem(error.status_code, str(error.detail).strip(), headers=error.headers)


async def _coded(_request: Request, error: Exception) -> Response:
    assert isinstance(error, CodedError)  # noqa: S101 - Starlette calls with nothing else
    return coded(error)


async def _away(_request: Request, _error: Exception) -> Response:
    log.warning("the database does not answer; a request has to wait")
    return problem(503, "The database doesn't answer. Try again soon.", headers={"Retry-After": "5"})


async def _failed(request: Request, error: Exception) -> Response:
    log.error("a request failed", method=request.method, exc_info=error)
    return problem(500, "Something went wrong. The log of keepwarm says more.")
