"""Calls to Google's APIs by the official client: paced, repeated where that helps, one by one or in batches."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from googleapiclient.discovery import build
from googleapiclient.errors import BatchError, HttpError
from googleapiclient.http import BatchHttpRequest, HttpRequest
from httplib2 import Http

from connectors.errors import AccessDenied, ConnectorError, ProviderUnavailable, RateLimited, ScopeMissing, Transient
from connectors.gmail.api.transport import Transport
from connectors.gmail.errors import Refusal, refused
from connectors.gmail.rate_limit import RateLimiter

Json = dict[str, Any]

#: How often a call is repeated before the worker learns of it, and the longest pause waited for here, in seconds:
#: a worker holds a lease meanwhile.
ATTEMPTS = 5
#: How often calls are repeated that fail while others in their batch do not.
ATTEMPTS_APART = 3
#: Seconds before the second attempt, on average; each pause is twice as long as the one before.
BACKOFF = 1.0
MAX_WAIT = 30.0
#: Clients of APIs and their collections kept: an installation has eight; no more are kept for many hosts.
SERVICES = 32
# What the official client lets escape when an answer is no JSON or a batch's answer is not one.
_GARBLED = (ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such thing any more (404)."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Google will not give this item: the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Google answers only with errors for this one, while it answers other calls."""


Outcome = Json | Gone | Unreadable | Unavailable


@lru_cache(maxsize=SERVICES)
def service(api: str, version: str, base: str, *path: str) -> Any:
    """Return the client of an API, or of a collection in it ("users", "messages"), made once for many accounts.

    Each makes its methods again from the API's description, which takes a while and a megabyte; all it does afterwards
    is to put requests together. It has no credentials: whoever executes a request brings a transport.
    """
    if path:
        *above, name = path
        return getattr(service(api, version, base, *above), name)()
    return build(api, version, http=Http(), client_options={"api_endpoint": base}, static_discovery=True)


class Calls:
    """Makes calls for one account; every waiting is the limiter's."""

    def __init__(
        self,
        transport: Transport,
        limiter: RateLimiter,
        *,
        scope: str,
        essential: bool = True,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Call through `transport` at `limiter`'s pace.

        `scope` is named where it proves to be missing; that stops the account where it is `essential`, else only
        what is read through these calls.
        """
        self.transport = transport
        self.limiter = limiter
        self.scope = scope
        self.essential = essential
        self.jitter = jitter

    def one(self, request: HttpRequest, units: int) -> Outcome:
        """Make one call.

        Raises:
            ConnectorError: it failed, in the end.
        """
        asked = request.methodId or "a call"
        attempt = 0
        while True:
            try:
                with self.limiter.acquire(units):
                    answer = request.execute(http=self.transport)
                if isinstance(answer, dict):
                    return answer
                failure = Refusal(_garbled(asked), again=True)
            except HttpError as error:
                if error.resp.status == 404:
                    return Gone()
                failure = self._read(error, asked)
            except ConnectorError as error:
                failure = Refusal(error, again=isinstance(error, Transient))
            except _GARBLED:
                failure = Refusal(_garbled(asked), again=True)
            self._pause_or_raise([failure], attempt)
            attempt += 1

    def many(
        self, requests: Mapping[str, HttpRequest], units: Mapping[str, int], uri: str, *, probe: HttpRequest
    ) -> dict[str, Outcome]:
        """Make calls in one batch, and those of them that failed again, until each has an outcome.

        Args:
            requests: by name.
            units: what each costs.
            uri: where batches go.
            probe: a call of one unit that distinguishes an outage from single calls that keep failing.

        Raises:
            ConnectorError: they failed, in the end.
        """
        done: dict[str, Outcome] = {}
        attempt = 0
        while pending := [name for name in requests if name not in done]:
            before = len(done)
            failures, apart = self._batch(requests, pending, units, uri, done)
            if not failures:
                continue
            attempt = 0 if len(done) > before else attempt + 1
            if apart and attempt >= ATTEMPTS_APART:
                self.one(probe, 1)  # raises if Google is down altogether
                done |= dict.fromkeys(apart, Unavailable())
            else:
                self._pause_or_raise(failures, attempt)
        return done

    def _batch(
        self,
        requests: Mapping[str, HttpRequest],
        pending: Sequence[str],
        units: Mapping[str, int],
        uri: str,
        done: dict[str, Outcome],
    ) -> tuple[list[Refusal], list[str]]:
        """Make one batch; give its failures, and the names of the calls that failed by themselves with a 5xx."""
        failures: list[Refusal] = []
        apart: list[str] = []

        def settle(name: str, answer: Any, error: HttpError | None) -> None:
            outcome = self._outcome(answer, error)
            if not isinstance(outcome, Refusal):
                done[name] = outcome
                return
            failures.append(outcome)
            if error is not None and error.resp.status >= 500:
                apart.append(name)

        batch = BatchHttpRequest(callback=settle, batch_uri=uri)
        try:
            with self.limiter.acquire(*(units[name] for name in pending)) as number:
                authorisation = self.transport.authorisation()
                for name in pending[:number]:
                    requests[name].headers = {**(requests[name].headers or {}), "authorization": authorisation}
                    batch.add(requests[name], request_id=name)
                batch.execute(http=self.transport)
        except BatchError:  # a kind of HttpError: 200, and no batch
            return [Refusal(_garbled("a batch"), again=True)], []
        except HttpError as error:
            return [self._read(error, "a batch")], []
        except ConnectorError as error:
            return [Refusal(error, again=isinstance(error, Transient))], []
        except _GARBLED:
            return [Refusal(_garbled("a batch"), again=True)], []
        return failures, apart if len(apart) == len(failures) else []

    def _outcome(self, answer: Any, error: HttpError | None) -> Outcome | Refusal:
        if error is None:
            return answer if isinstance(answer, dict) else Unreadable("Google's answer is no object")
        if error.resp.status == 404:
            return Gone()
        refusal = self._read(error, "a batched call")
        if error.resp.status == 401:
            self.transport.discard_token()
        if error.resp.status == 400:
            return Unreadable(f"Google refused it: {refusal.error.fields.get('detail')}")
        return refusal

    def _read(self, error: HttpError, asked: str) -> Refusal:
        refusal = refused(error.resp.status, error.content, error.resp, asked=asked, scope=self.scope)
        if isinstance(refusal.error, ScopeMissing) and not self.essential:
            return Refusal(AccessDenied(refusal.error.code, **refusal.error.fields), again=False)
        return refusal

    def _pause_or_raise(self, failures: Iterable[Refusal], attempt: int) -> None:
        """Pause as long as was asked for, or longer each time; raise what no pause helps against."""
        longest = 0.0
        for failure in failures:
            if not failure.again or attempt >= ATTEMPTS:
                raise failure.error
            backoff = BACKOFF * min(2.0**attempt, 64.0) * (0.5 + self.jitter())
            longest = max(longest, backoff if failure.retry_after is None else failure.retry_after)
            if longest > MAX_WAIT:
                raise RateLimited(failure.error.code, retry_after=longest, **failure.error.fields)
        self.limiter.pause(longest)


def _garbled(asked: str) -> ProviderUnavailable:
    return ProviderUnavailable("google.not_google", asked=asked)
