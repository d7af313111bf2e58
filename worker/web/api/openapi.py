"""The description of the API (OpenAPI 3.1), made from the table of endpoints and the types they name."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from worker import __version__
from worker.app.tokens import Right
from worker.web.api.endpoints import ENDPOINTS, Endpoint
from worker.web.api.exports import FORMATS, NAMES
from worker.web.api.values import ExportAsked, Nothing, Problem

REF = "#/components/schemas/{name}"
#: Answers that any address may give, and when.
ERRORS = {
    "400": "The request can't be read.",
    "401": "There is no token, or it was revoked.",
    "403": "The token doesn't allow this.",
    "404": "There is no such thing.",
    "405": "Not this way.",
    "409": "It can't be done any more.",
    "413": "The body is too large.",
    "415": "The body isn't JSON.",
    "421": "keepwarm doesn't answer under this name.",
    "422": "A parameter doesn't fit.",
    "429": "Too many requests; Retry-After says when to go on.",
    "503": "Busy; Retry-After says when to go on.",
}
PROBLEM = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}


@cache
def description() -> bytes:
    """Write the whole description as JSON."""
    kinds: list[Any] = [Problem, *(one.gives for one in ENDPOINTS), *(one.asks for one in ENDPOINTS), ExportAsked]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    del schemas
    paths: dict[str, dict[str, Any]] = {}
    for one in ENDPOINTS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, components)
    paths["/exports/{file}"] = {"get": _export(components)}
    found = {
        "openapi": "3.1.0",
        "info": {"title": "keepwarm", "version": __version__, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": [Right.READ.value]}],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in components.items() if not name.endswith("Asked")},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.encode(found)


def _operation(one: Endpoint, components: Mapping[str, Any]) -> dict[str, Any]:
    answer = {"application/json": {"schema": {"$ref": REF.format(name=one.gives.__name__)}}}
    found: dict[str, Any] = {
        "summary": one.summary,
        "operationId": f"{one.method.lower()}{one.path.replace('/', '_').translate({123: None, 125: None})}",
        "security": [{"token": [one.right.value]}],
        "parameters": _path([one.name] if one.name else []),
        "responses": {str(one.status): {"description": one.gives.__doc__, "content": answer}, **_errors()},
    }
    if one.method == "GET":
        found["parameters"] += _query(one.asks, components)
    elif one.asks is not Nothing:
        schema = {"$ref": REF.format(name=one.asks.__name__)}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


def _export(components: Mapping[str, Any]) -> dict[str, Any]:
    file = {"name": "file", "in": "path", "required": True, "schema": {"enum": list(NAMES)}}
    kinds: dict[str, Any] = {kind: {} for kind in sorted(set(FORMATS.values()))}
    return {
        "summary": "Export the history, touches, people or relationships as a file.",
        "operationId": "get_export",
        "security": [{"token": [Right.READ.value]}],
        "parameters": [file, *_query(ExportAsked, components)],
        "responses": {"200": {"description": "The file.", "content": kinds}, **_errors()},
    }


def _path(names: Sequence[str]) -> list[dict[str, Any]]:
    schema = {"type": "string", "minLength": 1, "maxLength": 400}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query(asks: type[msgspec.Struct], components: Mapping[str, Any]) -> list[dict[str, Any]]:
    properties = components.get(asks.__name__, {}).get("properties", {})
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(schema)}
        for name, schema in properties.items()
    ]


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A query parameter that is not given is left out: there is no null in an address."""
    kept = {name: value for name, value in schema.items() if not (name == "default" and value is None)}
    others = [one for one in kept.get("anyOf", ()) if one != {"type": "null"}]
    return dict(others[0]) if len(others) == 1 else kept


def _errors() -> dict[str, Any]:
    return {status: {"description": text, "content": PROBLEM} for status, text in ERRORS.items()}
