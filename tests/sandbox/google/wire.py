"""Google's answers in bytes: the error shape, and page tokens that only their own listing accepts."""

import base64
import json
from typing import Any

from tests.sandbox.http import Response

Json = dict[str, Any]

STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Refusal(Exception):  # noqa: N818 - it is what the server says, not what went wrong with it
    """An answer in Google's error shape."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        *,
        domain: str = "global",
        parameter: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.domain = status, reason, message, domain
        self.parameter, self.retry_after = parameter, retry_after

    def response(self) -> Response:
        inner: Json = {"domain": self.domain, "reason": self.reason, "message": self.message}
        if self.status == 401:
            inner |= {"locationType": "header", "location": "Authorization"}
        elif self.parameter:
            inner |= {"locationType": "parameter", "location": self.parameter}
        error: Json = {"errors": [inner], "code": self.status, "message": self.message}
        if self.status in STATUS_WORDS and self.domain != "calendar":
            error["status"] = STATUS_WORDS[self.status]
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
        return Response.json({"error": error}, self.status, **headers)


def bad_request(message: str, parameter: str | None = None) -> Refusal:
    return Refusal(400, "invalidArgument", message, parameter=parameter)


def write_token(listing: str, **position: Any) -> str:
    """Make an opaque token that holds `position` in `listing`."""
    return base64.urlsafe_b64encode(json.dumps([listing, position]).encode()).decode().rstrip("=")


def read_token(token: str, listing: str) -> Json | None:
    """Give the position, or None where the token is not of this listing."""
    try:
        of, position = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        return None
    return position if of == listing and isinstance(position, dict) else None
