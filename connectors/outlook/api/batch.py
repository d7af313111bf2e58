"""Many GETs in one request: Graph's $batch, whose parts are refused, or made to wait, each on its own."""

from collections.abc import Sequence

import msgspec

from connectors.errors import ProviderUnavailable, RateLimited, Transient
from connectors.outlook.api.client import IMMUTABLE, GraphClient, decoded
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
    """Make GETs of `paths` (below Graph's root); parts that must wait, or fail, are asked for again.

    Returns:
        The answers in the order of `paths`. A part ends with a 5xx only where it kept failing while others did not.

    Raises:
        ConnectorError: as connectors.outlook.errors has it.
    """
    answers: dict[str, Part] = {}
    for at in range(0, len(paths), LARGEST):
        waiting = {str(index): paths[index] for index in range(at, min(at + LARGEST, len(paths)))}
        asked, attempt = len(waiting), 0
        while refused := _request(client, waiting, answers, scope=scope):
            try:
                client.recover(refused[1], attempt)
            except ProviderUnavailable as failure:
                if len(waiting) == asked or isinstance(failure, Unauthorised):
                    raise  # nothing at all is given: this is not about single items
                answers |= refused[0]
                break
            attempt += 1
    return [answers[str(index)] for index in range(len(paths))]


def _request(
    client: GraphClient, waiting: dict[str, str], answers: dict[str, Part], *, scope: str
) -> tuple[dict[str, Part], Transient] | None:
    """Ask for what is waiting and move what was answered; give what was refused, and why, if anything was."""
    asked = {"method": "GET", "headers": {"Prefer": IMMUTABLE}}
    body = msgspec.json.encode(
        {"requests": [{"id": id_, "url": client.below_root(path), **asked} for id_, path in waiting.items()]}
    )
    failures: list[Transient] = []
    failed = {id_: Part(id_, 504) for id_ in waiting}  # a part that was left out, until it comes
    for part in decoded(_decode, client.post("/$batch", body, scope=scope)).responses:
        if part.id not in waiting:
            continue
        if part.status in {401, 408, 429} or part.status >= 500:
            named = {name.lower(): value for name, value in part.headers.items()}
            refused = graph_error(part.status, named, bytes(part.body), scope=scope)
            if not isinstance(refused, Transient):
                raise refused
            if isinstance(refused, RateLimited):
                client.limiter.pause(refused.retry_after)
            failures.append(refused)
            failed[part.id] = part
        else:
            answers[part.id] = part
            del waiting[part.id], failed[part.id]
    if not waiting:
        return None
    # what wants a pause is waited for as long as it takes; what wants a token gets one
    failures.sort(key=lambda failure: (not isinstance(failure, RateLimited), not isinstance(failure, Unauthorised)))
    return failed, next(iter(failures), ProviderUnavailable("microsoft.batch_cut"))
