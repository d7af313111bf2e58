"""The OData habits of Graph: error bodies, $select, Prefer, paging links and absolute URLs."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.sandbox.http import Request, Response

Item = dict[str, Any]
BODY_FIELDS = {"body", "bodyPreview", "uniqueBody", "attachments", "extensions"}
#: What the server puts on a page when it is not asked, and at most.
DEFAULT_PAGE = 10
LARGEST_PAGE = 1000


class Refused(Exception):  # noqa: N818 - an answer, not a failure of the sandbox
    """Graph says no, in its own shape of words."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.response = refusal(status, code, message, **headers)


@dataclass(frozen=True)
class Call:
    """One Graph request: `path` below /v1.0, the signed-in person's scopes, and what Prefer asks for."""

    request: Request
    path: str
    root: str
    scopes: frozenset[str]
    largest: int = LARGEST_PAGE
    selected: tuple[str, ...] = field(init=False)
    preferred: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        names = self.request.query("$select")
        object.__setattr__(self, "selected", tuple(name.strip() for name in names.split(",") if name.strip()))
        pairs = re.findall(r'([\w.]+)\s*=\s*"?([^",;]*)"?', self.request.headers.get("prefer", ""))
        object.__setattr__(self, "preferred", {name.lower(): value.strip() for name, value in pairs})

    @property
    def immutable(self) -> bool:
        return self.preferred.get("idtype", "").lower() == "immutableid"

    def page_size(self, default: int = DEFAULT_PAGE) -> int:
        asked = self.request.query("$top") or self.preferred.get("odata.maxpagesize", "")
        return min(int(asked), self.largest) if asked.isdigit() and int(asked) > 0 else default

    def needs(self, *scopes: str) -> None:
        """Refuse unless one of the scopes was granted."""
        if not self.scopes & set(scopes):
            raise Refused(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def refusal(status: int, code: str, message: str, **headers: str) -> Response:
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    inner = {"date": stamp, "request-id": "sandbox", "client-request-id": "sandbox"}
    return Response.json({"error": {"code": code, "message": message, "innerError": inner}}, status, **headers)


def collection(items: list[Item], **annotations: str) -> Response:
    """A page of items; `nextLink` and `deltaLink` become their @odata annotations."""
    page: Item = {"@odata.context": "https://graph.example/v1.0/$metadata#sandbox"}
    page |= {f"@odata.{name}": text for name, text in annotations.items() if text}
    return Response.json(page | {"value": items, "x-unknownAnnotation": {"of": "the sandbox"}})


def project(item: Item, selected: tuple[str, ...], *, unless_selected: frozenset[str] = frozenset()) -> Item:
    """The item with the selected fields only; `id`, annotations and a field nobody knows are always there."""
    if selected:
        kept = {name: item[name] for name in selected if name in item}
    else:
        kept = {name: value for name, value in item.items() if name not in unless_selected}
    kept |= {name: value for name, value in item.items() if name == "id" or name.startswith("@")}
    return kept | {"x-unknownField": "ignore me"}


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
