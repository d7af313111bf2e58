"""Who may ask the API and assistants' tools: whoever shows a token, as often as it allows."""

from dataclasses import dataclass, field
from functools import partial
from math import ceil

from starlette.requests import Request
from starlette.responses import Response

from worker.app.runtime import Runtime
from worker.app.tokens import Bearer, Right, find_token
from worker.web.api.problems import problem
from worker.web.api.rates import Rates
from worker.web.request import Threads

#: Requests a minute for each token; wrong tokens a minute from one address.
REQUESTS, WRONG = 240, 20


@dataclass(frozen=True)
class Gate:
    """Lets in whoever has a token with the right they need, as often as they may."""

    runtime: Runtime
    requests: Rates = field(default_factory=lambda: Rates(REQUESTS))
    wrong: Rates = field(default_factory=lambda: Rates(WRONG))
    threads: Threads = field(default_factory=lambda: Threads(8, waiting=100, seconds=30))
    files: Threads = field(default_factory=lambda: Threads(2, waiting=8, seconds=600))

    async def let_in(self, request: Request, right: Right) -> Bearer | Response:
        """Find out who asks for what needs a right; returns the answer that refuses them if they may not."""
        bearer = await self.known(request)
        if isinstance(bearer, Bearer) and right not in bearer.rights:
            needed = f'Bearer error="insufficient_scope", scope="{right.value}"'
            return problem(403, f"This token may not {right.value}.", headers={"WWW-Authenticate": needed})
        return bearer

    async def known(self, request: Request) -> Bearer | Response:
        """Find out who asks; returns the answer that refuses them if they show no token, or ask too often."""
        client = request.client.host if request.client else ""
        if wait := self.wrong.take(client, peek=True):
            return too_many(wait)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        bearer = None
        if scheme.lower() == "bearer" and token:
            bearer = await self.threads.run(partial(find_token, self.runtime, token.strip()))
        if bearer is None:
            if token:
                self.wrong.take(client)
            said = "Send a token of yours: Authorization: Bearer TOKEN. Make one with `keepwarm tokens add`."
            return problem(401, said, headers={"WWW-Authenticate": 'Bearer realm="keepwarm"'})
        if wait := self.requests.take(bearer.token_id):
            return too_many(wait)
        return bearer


def too_many(wait: float) -> Response:
    """Refuse whoever asks too often."""
    return problem(429, "Too many requests. Wait a moment.", headers={"Retry-After": str(ceil(wait))})
