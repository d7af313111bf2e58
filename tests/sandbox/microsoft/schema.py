"""Checks a wire item against Microsoft's own schema (graph-mail-calendar.json, cut from the Graph v1.0 CSDL)."""

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

#: Fields the sandbox adds on purpose, as the real service adds what no schema names.
UNKNOWN = re.compile(r"^x-|^@|@odata\.")
_PRIMITIVE: dict[str, type | tuple[type, ...]] = {
    "Edm.String": str,
    "Edm.Boolean": bool,
    "Edm.Int32": int,
    "Edm.Binary": str,
    "Edm.Guid": str,
}


@cache
def types() -> dict[str, Any]:
    """Every type of the schema by name."""
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("graph-mail-calendar.json").read_text())["types"]
    return schema


def faults(item: Any, kind: str) -> list[str]:
    """What is wrong with `item` as a `kind`, in words; nothing is the good answer."""
    if item is None:
        return []
    if kind.startswith("Collection("):
        inner = kind.removeprefix("Collection(").rstrip(")")
        return [fault for each in item for fault in faults(each, inner)] if isinstance(item, list) else [f"{kind}?"]
    if kind.startswith("Edm."):
        return _primitive(item, kind)
    named = types()[kind.removeprefix("graph.")]
    if named["kind"] == "enum":
        return [] if item in named["members"] else [f"{item!r} is no {kind}"]
    properties = _properties(kind.removeprefix("graph."))
    found = []
    for name, value in item.items():
        if name in properties:
            found += [f"{name}: {fault}" for fault in faults(value, properties[name])]
        elif not UNKNOWN.search(name) and name not in {"attachments", "extensions"}:
            found.append(f"{kind} has no {name}")
    return found


def _properties(kind: str) -> dict[str, str]:
    named = types()[kind]
    above = _properties(named["base"]) if named.get("base") else {}
    return above | {name: declared["type"] for name, declared in named["properties"].items()}


def _primitive(item: Any, kind: str) -> list[str]:
    if kind == "Edm.DateTimeOffset":
        try:
            return [] if datetime.fromisoformat(item).tzinfo else [f"{item} has no offset"]
        except (TypeError, ValueError):
            return [f"{item!r} is no time"]
    return [] if isinstance(item, _PRIMITIVE.get(kind, object)) else [f"{item!r} is no {kind}"]
