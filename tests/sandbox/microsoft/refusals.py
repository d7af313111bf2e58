"""How Entra says no: AADSTS bodies for programs, a page for people."""

from datetime import UTC, datetime

from tests.sandbox.http import Response


def page(text: str, status: int = 400) -> Response:
    """Entra shows such errors to the person and does not go back to the application."""
    return Response(status, f"<html><body>{text}</body></html>".encode(), {"Content-Type": "text/html"})


def refusal(status: int, error: str, number: int, text: str, *, suberror: str = "") -> Response:
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    described = f"AADSTS{number}: {text}\r\nTrace ID: sandbox\r\nCorrelation ID: sandbox\r\nTimestamp: {stamp}"
    body = {
        "error": error,
        "error_description": described,
        "error_codes": [number],
        "timestamp": stamp,
        "trace_id": "sandbox",
        "correlation_id": "sandbox",
        "error_uri": f"https://login.example/error?code={number}",
    }
    return Response.json(body | ({"suberror": suberror} if suberror else {}), status)
