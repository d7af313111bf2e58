"""A digest as JSON, exactly as it is: for scripts, so nothing is shortened or reworded."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from worker.digest.digest import Digest


def render(digest: Digest) -> str:
    """The whole digest; one that says nothing is an object with empty lists."""
    return json.dumps(rows(digest), ensure_ascii=False, indent=2) + "\n"


def rows(digest: Digest) -> dict[str, Any]:
    """The digest as plain values; times are RFC 3339 in UTC."""
    return {key: _plain(value) for key, value in asdict(digest).items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    return value
