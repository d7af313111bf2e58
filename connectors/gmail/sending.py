"""Sending one mail through a Gmail account that allowed it: users.messages.send by the official client, once.

A supplied Message-ID is replaced by one of Gmail's own (gauteh/lieer issue 198, FlowCrypt/flowcrypt-browser issue
4273): who wants to know whether a mail has gone out must look for something else of it.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import ClassVar

from googleapiclient.errors import HttpError
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, ProxyError, RequestException, SSLError
from urllib3.exceptions import NameResolutionError, NewConnectionError

from connectors.errors import ConnectorError, ProviderUnavailable, Unconfirmed
from connectors.gmail.api.calls import service
from connectors.gmail.api.transport import Transport
from connectors.gmail.auth import SEND_SCOPE, GoogleEndpoints, StoredCredentials
from connectors.gmail.errors import refused
from connectors.gmail.rate_limit import RateLimits, Units
from models.enums import Provider


class GmailSender:
    """Sends as one account; nothing is repeated here, for a mail that goes out twice cannot be taken back."""

    provider: ClassVar[Provider] = Provider.GMAIL

    def __init__(
        self,
        endpoints: GoogleEndpoints,
        credentials: str,
        *,
        save: Callable[[str], None],
        limits: RateLimits | None = None,
    ) -> None:
        """Send with `credentials` (Grant.credentials of allow_sending); `save` gets new ones after each refresh.

        Raises:
            ProtocolError: the credentials are unreadable.
        """
        self.limits = limits or RateLimits.of(Units())
        self.transport = Transport(StoredCredentials(endpoints, credentials, save=save), ca_bundle=endpoints.ca_bundle)
        self._messages = service("gmail", "v1", endpoints.gmail).users().messages()

    def send(self, mail: bytes) -> None:
        """Hand over one mail.

        Raises:
            Unconfirmed: Gmail may have taken it.
            ConnectorError: it has not.
        """
        request = self._messages.send(userId="me", body={"raw": urlsafe_b64encode(mail).decode()}, fields="id")
        self.transport.authorisation()  # what fails for want of a token fails before anything is on its way
        with self.limits.mail.acquire(self.limits.units.sending):
            try:
                answer = request.execute(http=self.transport)
            except HttpError as refusal:
                raise _refusal(refusal) from refusal
            except ProviderUnavailable as failure:
                raise (
                    failure if _never_left(failure.__cause__) else Unconfirmed(failure.code, **failure.fields)
                ) from failure
            if not isinstance(answer, dict):  # 200, and no JSON: a proxy or a guest network may have answered
                raise Unconfirmed("google.send_unconfirmed")

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()


def _refusal(refusal: HttpError) -> ConnectorError:
    error = refused(
        refusal.resp.status, refusal.content, refusal.resp, asked="sending the mail", scope=SEND_SCOPE
    ).error
    # a status below 500 says for certain that nothing was done
    unsure = isinstance(error, ProviderUnavailable) and refusal.resp.status >= 500
    return Unconfirmed(error.code, **error.fields) if unsure else error


def _never_left(cause: BaseException | None) -> bool:
    """Whether the connection failed before the request was on its way (or no longer had to be made)."""
    if isinstance(cause, ConnectTimeout | ProxyError) or not isinstance(cause, RequestException):
        return True
    if isinstance(cause, SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(cause)
    reason = getattr(cause.args[0] if cause.args else None, "reason", None)
    return isinstance(cause, NoConnection) and isinstance(reason, NewConnectionError | NameResolutionError)
