"""Many GETs in one request: Graph's $batch, whose parts are refused, and told to wait, each on its own."""

from collections.abc import Sequence

import msgspec

from connectors.errors import ConnectorError, ProtocolError, RateLimited
from connectors.outlook.api.client import IMMUTABLE, TRIES, GraphClient, decoded
from connectors.outlook.errors import Unauthorised, graph_error

#: The parts Graph takes in one batch.
LARGEST = 20


class Part(msgspec.Struct, frozen=True):
    """One answer of a batch."""

    id: str
    status: int
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Batch(msgspec.Struct, frozen=True):
    responses: list[Part]


_decode = msgspec.json.Decoder(_Batch).decode


def get_all(client: GraphClient, paths: Sequence[str], *, scope: str) -> list[Part]:
    """The answers to GETs of `paths` (below Graph's root), in their order; parts that must wait are asked again.

    Parts may end with any status but 401, 429 and 5xx.

    Raises:
        ConnectorError: as connectors.outlook.errors has it.
    """
    answers: dict[str, Part] = {}
    renewed = False
    for at in range(0, len(paths), LARGEST):
        waiting = {str(index): paths[index] for index in range(at, min(at + LARGEST, len(paths)))}
        for _ in range(TRIES):
            refused = _request(client, waiting, answers, scope=scope)
            if not waiting:
                break
            if isinstance(refused, Unauthorised):
                renewed = client.renew(refused, renewed=renewed)
        else:
            raise refused or ProtocolError("Microsoft left parts of a batch without an answer.")
    return [answers[str(index)] for index in range(len(paths))]


def _request(
    client: GraphClient, waiting: dict[str, str], answers: dict[str, Part], *, scope: str
) -> ConnectorError | None:
    """Ask for what is waiting, move what was answered, and say why the rest was not."""
    asked = {"method": "GET", "headers": {"Prefer": IMMUTABLE}}
    body = msgspec.json.encode({"requests": [{"id": id_, "url": path, **asked} for id_, path in waiting.items()]})
    refused = None
    for part in decoded(_decode, client.post("/$batch", body, scope=scope)).responses:
        if part.status in {401, 429} or part.status >= 500:
            named = {name.lower(): value for name, value in part.headers.items()}
            refused = graph_error(part.status, named, bytes(part.body), scope=scope)
            if isinstance(refused, RateLimited):
                client.limiter.pause(refused.retry_after)
        elif part.id in waiting:
            answers[part.id] = part
            del waiting[part.id]
    return refused
