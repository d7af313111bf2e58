"""Mail servers on loopback that keep what they take: plain, with STARTTLS, with TLS, with a sign-in, and bad ones."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.services import free_port

USER, PASSWORD = "mira@mail.example", "p@ss/word"


class Postbox:
    """Keeps mails; `answers` are given in turn to DATA instead of an acceptance, "hang up" closes the connection."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers: list[str] = []

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.taken]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250") or answer == "take and hang up":
            assert isinstance(envelope.content, bytes)
            self.taken.append(envelope.content)
        if "hang up" in answer:
            assert server.transport is not None
            server.transport.abort()
        return answer


def admit(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, auth_data: Any) -> AuthResult:
    assert isinstance(auth_data, LoginPassword)
    good = (auth_data.login, auth_data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def serving(
    box: Postbox, *, context: ssl.SSLContext | None = None, wrapped: bool = False, sign_in: bool = False
) -> Iterator[int]:
    """Serve on a port of its own: `context` offers STARTTLS, or TLS from the beginning if `wrapped`."""
    options: dict[str, Any] = {"authenticator": admit, "auth_required": True} if sign_in else {}
    if wrapped:
        options |= {"ssl_context": context, "auth_require_tls": False}
    elif context:
        options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
