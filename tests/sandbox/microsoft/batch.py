"""Graph $batch: up to twenty requests in one, answered in any order, each with its own status and Retry-After."""

import base64
from collections.abc import Callable

import msgspec

from tests.sandbox.http import Request, Response
from tests.sandbox.microsoft.faults import Faults
from tests.sandbox.microsoft.odata import Item, Refused

LARGEST_BATCH = 20


def batch(request: Request, answer: Callable[[Request], Response], faults: Faults) -> Response:
    """Answer every part; the outer answer is 200 even where parts are refused."""
    parts: list[Item] = msgspec.json.decode(request.body)["requests"]
    ids = [part["id"] for part in parts]
    if len(parts) > LARGEST_BATCH:
        raise Refused(400, "BadRequest", "Number of batch request steps exceeds the maximum value of 20.")
    if len(set(ids)) != len(ids):
        raise Refused(400, "BadRequest", "Request Id has to be unique in a batch.")
    answered = [_part(request, part, answer, faults) for part in parts]
    return Response.json({"responses": answered[::-1]})  # the order is not promised


def _part(request: Request, part: Item, answer: Callable[[Request], Response], faults: Faults) -> Item:
    headers = {name.lower(): value for name, value in part.get("headers", {}).items()}
    inner = Request(
        part["method"],
        "/v1.0" + part["url"],
        {**headers, "authorization": request.headers.get("authorization", "")},
    )
    response = faults.next(part=True) or answer(inner)
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    return {
        "id": part["id"],
        "status": response.status,
        "headers": dict(response.headers),
        "body": msgspec.json.decode(response.body) if is_json else base64.b64encode(response.body).decode(),
    }
