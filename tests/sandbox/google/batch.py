"""Multipart batches: each part is a request of its own, with its own quota and its own fate; the whole is a 200."""

import re
import secrets
from collections.abc import Callable

from tests.sandbox.google.wire import bad_request
from tests.sandbox.http import Request, Response

MOST = 100  # calls in one batch
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


def answer(request: Request, answer_part: Callable[[Request], Response]) -> Response:
    """Answer every part in turn; a part without Authorization has that of the whole.

    Raises:
        Refusal: this is no batch, or one of more than a hundred calls.
    """
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    if not found:
        raise bad_request("Failed to parse batch request: no boundary")
    parts = request.body.decode().replace("\r\n", "\n").split(f"--{found[1]}")[1:-1]
    if not parts:
        raise bad_request("Failed to parse batch request: no parts")
    if len(parts) > MOST:
        raise bad_request(f"The batch request has more than {MOST} calls")
    boundary = f"batch_{secrets.token_urlsafe(12)}"
    out: list[bytes] = []
    for part in parts:
        name, inner = _read(part, request)
        response = answer_part(inner)
        head = [
            f"--{boundary}",
            "Content-Type: application/http",
            f"Content-ID: {name}",
            "",
            f"HTTP/1.1 {response.status} -",
        ]
        head += [f"{key}: {value}" for key, value in response.headers.items()]
        head += [f"Content-Length: {len(response.body)}", "", ""]
        out += ["\r\n".join(head).encode(), response.body, b"\r\n"]
    out.append(f"--{boundary}--".encode())
    return Response(200, b"".join(out), {"Content-Type": f"multipart/mixed; boundary={boundary}"})


def _read(part: str, whole: Request) -> tuple[str, Request]:
    outer, _, rest = part.strip("\n").partition("\n\n")
    name = next((line[11:].strip() for line in outer.split("\n") if line.lower().startswith("content-id:")), "<>")
    first, *lines = rest.partition("\n\n")[0].split("\n")
    headers = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    headers.setdefault("authorization", whole.headers.get("authorization", ""))
    method, target, *_ = first.split(" ")
    return f"<response-{name[1:]}", Request(method, target, headers)
