"""The sandbox itself: one address that is accounts, Gmail, Calendar and batch at once.

with GoogleSandbox([GoogleMailbox("ada@example.org")]) as google:
    google.auth_uri, google.token_uri, google.api_root    # what the settings want
    google.mailboxes["ada@example.org"].deliver(...)      # change it while it is watched
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Self

from tests.sandbox.google import batch, calendar, discovery, fields, gmail
from tests.sandbox.google.faults import Faults, turned_away
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.oauth import CLIENT_ID, CLIENT_SECRET, Authorization
from tests.sandbox.google.pubsub import PubSub
from tests.sandbox.google.quota import Quota
from tests.sandbox.google.wire import Json, Refusal
from tests.sandbox.google.workspace import JWT_GRANT, Workspace
from tests.sandbox.http import Request, Response, Server


class GoogleSandbox:
    """Serves mailboxes; hold `lock` while changing one that is being read. `checked` validates every answer."""

    client_id, client_secret = CLIENT_ID, CLIENT_SECRET

    def __init__(
        self,
        mailboxes: Iterable[GoogleMailbox],
        *,
        checked: bool = True,
        quota_clock: Callable[[], float] = time.monotonic,
        port: int = 0,
    ) -> None:
        self.mailboxes = {mailbox.address: mailbox for mailbox in mailboxes}
        self.checked = checked
        self.authorization = Authorization(self.mailboxes, time.time)
        self.workspace = Workspace(self.authorization)
        self.quota = Quota(quota_clock)
        self.pubsub = PubSub()
        self.faults = Faults()
        self.requests: Counter[str] = Counter()
        self.methods: Counter[str] = Counter()  # API calls by method, parts of batches included
        self.failures: list[str] = []  # answers that did not fit the discovery documents
        self.clock_ahead = 0.0  # seconds by which Google's clock differs, as the Date of its answers says
        self.lock = threading.RLock()
        self.server = Server(self.answer, port=port)
        self.workspace.token_uri = self.token_uri

    def settings(self) -> dict[str, object]:
        """What keepwarm's settings must say to find this Google."""
        return {
            "google_client_id": self.client_id,
            "google_client_secret": self.client_secret,
            "google_auth_uri": self.auth_uri,
            "google_token_uri": self.token_uri,
            "google_api_root": self.api_root,
        }

    @property
    def api_root(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def auth_uri(self) -> str:
        return f"{self.api_root}/o/oauth2/v2/auth"

    @property
    def token_uri(self) -> str:
        return f"{self.api_root}/token"

    @property
    def revoke_uri(self) -> str:
        return f"{self.api_root}/revoke"

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def revoke(self, address: str) -> None:
        """The user takes the grant back at Google."""
        with self.lock:
            self.authorization.withdraw(address)

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.requests[request.path.split("/")[1]] += 1
            match (request.method, request.path):
                case ("GET", "/o/oauth2/v2/auth"):
                    return self.authorization.authorize(request)
                case ("POST", "/o/oauth2/v2/auth/decision"):
                    return self.authorization.decide(request)
                case ("POST", "/token") if request.form.get("grant_type") == JWT_GRANT:
                    return self.workspace.grant(request.form)
                case ("POST", "/token"):
                    return self.authorization.token(request)
                case ("POST", "/revoke"):
                    return self.authorization.revoke(request)
            fault = self.faults.breaks(request.target) or self.faults.next(part=False)
            if fault and request.method == "POST" and (refusal := turned_away(fault)):
                return refusal  # before anything was done
            response = self._api(request)
        response.headers["Date"] = formatdate(time.time() + self.clock_ahead, usegmt=True)
        return fault(response) if fault else response

    def _api(self, request: Request) -> Response:
        try:
            if request.method == "POST" and request.path.endswith(":signJwt"):
                return self.workspace.sign(request)
            if request.method == "GET" and request.path.startswith("/admin/directory/v1/"):
                return Response.json(self.workspace.directory(request))
            if request.method == "POST" and request.path in {"/batch", "/batch/gmail/v1", "/batch/calendar/v3"}:
                self.authorization.allowed(request)
                return batch.answer(request, self._part)
            return Response.json(self._call(request))
        except Refusal as refusal:
            return refusal.response()

    def _part(self, request: Request) -> Response:
        fault = self.faults.next(part=True)
        if fault:
            return fault(Response())
        try:
            return Response.json(self._call(request))
        except Refusal as refusal:
            return refusal.response()

    def _call(self, request: Request) -> Json:
        access = self.authorization.allowed(request)
        if access.address in self.workspace.unlicensed:
            raise Refusal(400, "failedPrecondition", "Mail service not enabled")
        mailbox = self.mailboxes[access.address]
        if request.path.startswith("/gmail/v1/users/"):
            api, method, arguments = gmail.answer, *gmail.route(request)
            user = request.path.split("/")[4]
            if user not in {"me", mailbox.address}:
                raise Refusal(403, "forbidden", f"Delegation denied for {user}")
        elif request.method == "GET" and request.path.startswith("/calendar/v3/"):
            api, method, arguments = calendar.answer, *calendar.route(request)
        else:
            raise Refusal(404, "notFound", "Not Found")
        self.methods[method] += 1
        self.quota.charge(mailbox.address, method)
        value = api(method, arguments, mailbox, access.scopes, request)
        if method == "gmail.watch":
            value = self.pubsub.watch(mailbox, request)
        if self.checked:
            try:
                discovery.check_answer(method, value)
            except AssertionError as failure:
                self.failures.append(str(failure))
                raise Refusal(500, "backendError", f"the sandbox answered wrongly: {failure}") from failure
        if text := request.query("fields"):
            mask = fields.parse(text)
            discovery.check_mask(method, mask)
            kept: Json = fields.apply(mask, value)
            return kept
        return value | {discovery.NOVELTY: {"since": 2026}}
