"""Errors of the API as application/problem+json (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from models.errors import CodedError
from worker.decisions.actions import ActionRefused
from worker.decisions.decide import NotPossible
from worker.identity.find_person import PersonUnclear
from worker.views.cursors import BadCursor
from worker.views.people.person import UnknownPerson
from worker.web.api.values import Problem
from worker.wording.errors.sentence import sentence

#: What an error means to whoever called.
STATUS: Mapping[type[CodedError], int] = {
    BadCursor: 404,
    UnknownPerson: 404,
    PersonUnclear: 404,
    ActionRefused: 409,
    NotPossible: 409,
}
ENCODE = msgspec.json.Encoder().encode


def problem(status: int, detail: str, *, code: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Make the answer that says what went wrong."""
    body = ENCODE(Problem(HTTPStatus(status).phrase, status, detail, code=code))
    return Response(body, status, dict(headers or {}), "application/problem+json")


def coded(error: CodedError) -> Response:
    """Make the answer to an error of ours: its sentence, and its code for programs."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
    if error.code == "action.unknown":
        status = 404
    return problem(status, sentence(error), code=error.code)
