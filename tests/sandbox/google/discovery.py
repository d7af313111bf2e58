"""The discovery documents inside google-api-python-client as judges: an answer of the sandbox must fit its schema."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from tests.sandbox.google.wire import Json, Refusal

_FILES = {"gmail": "gmail.v1.json", "calendar": "calendar.v3.json"}
SCHEMAS = {
    "gmail.getProfile": "Profile",
    "gmail.watch": "WatchResponse",
    "gmail.labels.list": "ListLabelsResponse",
    "gmail.labels.get": "Label",
    "gmail.messages.list": "ListMessagesResponse",
    "gmail.messages.get": "Message",
    "gmail.messages.send": "Message",
    "gmail.threads.list": "ListThreadsResponse",
    "gmail.threads.get": "Thread",
    "gmail.history.list": "ListHistoryResponse",
    "calendar.calendarList.list": "CalendarList",
    "calendar.events.list": "Events",
}
NOVELTY = "xSandboxNovelty"  # an unknown field, as Google may add one any day
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "any": object,
}


@cache
def _schemas(api: str) -> Json:
    document = files("googleapiclient.discovery_cache") / "documents" / _FILES[api]
    schemas: Json = json.loads(document.read_text())["schemas"]
    return schemas


def check_answer(method: str, value: Json) -> None:
    """Hold an answer against its schema.

    Raises:
        AssertionError: a field is unknown or of the wrong type.
    """
    api = method.partition(".")[0]
    _check(api, {"$ref": SCHEMAS[method]}, value, method)


def check_mask(method: str, mask: Json) -> None:
    """Hold a field mask against the schema of the answer.

    Raises:
        Refusal: it names a field that does not exist.
    """
    api = method.partition(".")[0]
    _check_names(api, {"$ref": SCHEMAS[method]}, mask)


def _resolved(api: str, schema: Json) -> Json:
    while "$ref" in schema:
        schema = _schemas(api)[schema["$ref"]]
    return schema


def _check(api: str, schema: Json, value: Any, where: str) -> None:
    schema = _resolved(api, schema)
    if schema["type"] == "array":
        assert isinstance(value, list), f"{where} is not a list"
        for index, item in enumerate(value):
            _check(api, schema["items"], item, f"{where}[{index}]")
    elif schema["type"] == "object":
        assert isinstance(value, dict), f"{where} is not an object"
        for name, inner in value.items():
            known = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if name != NOVELTY:
                assert known is not None, f"{where}.{name} is unknown"
                _check(api, known, inner, f"{where}.{name}")
    else:
        expected = _TYPES[schema["type"]]
        assert isinstance(value, expected), f"{where} is not of type {schema['type']}: {value!r}"
        assert not (schema["type"] == "integer" and isinstance(value, bool)), f"{where} is a boolean"
        if schema.get("format") in {"int64", "uint64"}:
            assert str(value).lstrip("-").isdigit(), f"{where} is no number in a string: {value!r}"


def _check_names(api: str, schema: Json, mask: Json) -> None:
    schema = _resolved(api, schema)
    while schema["type"] == "array":
        schema = _resolved(api, schema["items"])
    for name, below in mask.items():
        known = schema.get("properties", {}).get(name)
        if name == "*":
            continue
        if known is None:
            raise Refusal(400, "invalidParameter", f"Invalid field selection {name}", parameter="fields")
        if below:
            _check_names(api, known, below)
