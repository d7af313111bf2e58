"""Sending one mail through an Outlook account that allowed it: POST /me/sendMail with MIME, once.

Graph answers 202 and nothing else (Microsoft Learn, user-sendmail). It drops headers of the MIME it is given, such as
Auto-Submitted (microsoftgraph/msgraph-sdk-dotnet issue 2209), and writes the mailbox's own name into From.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import ClassVar

import httpx

from connectors.errors import AccessDenied, ConnectorError, ProviderUnavailable, ScopeMissing, Unconfirmed
from connectors.outlook.api.http import http_client
from connectors.outlook.auth import SENDING, CachedTokens, MicrosoftEndpoints
from connectors.outlook.errors import Unauthorised, graph_error
from connectors.outlook.rate_limit import RateLimiter
from models.enums import Provider


class OutlookSender:
    """Sends as one account; nothing is repeated here, for a mail that goes out twice cannot be taken back."""

    provider: ClassVar[Provider] = Provider.OUTLOOK

    def __init__(
        self,
        endpoints: MicrosoftEndpoints,
        credentials: str,
        *,
        save: Callable[[str], None],
        limiter: RateLimiter | None = None,
    ) -> None:
        """Send with `credentials` (Grant.credentials of a consent to SENDING); `save` gets new ones.

        Raises:
            TokenRevoked: the credentials are unreadable.
        """
        self.http = http_client()
        self.url = f"{endpoints.graph_root.rstrip('/')}/me/sendMail"
        self.tokens = CachedTokens(endpoints, credentials, save=save, http=self.http, wanted=SENDING)
        self.limiter = limiter or RateLimiter()

    def send(self, mail: bytes) -> None:
        """Hand over one mail.

        Raises:
            Unconfirmed: Microsoft may have taken it.
            ConnectorError: it has not.
        """
        try:
            self._post(mail, self.tokens.bearer())
        except Unauthorised as refused:  # it was not even looked at: a new token may do
            self._post(mail, self.tokens.renew(refused.claims))

    def close(self) -> None:
        """Leave the connections open: they are the process's."""

    def _post(self, mail: bytes, bearer: str) -> None:
        headers = {"Content-Type": "text/plain", "Authorization": f"Bearer {bearer}"}
        with self.limiter.slot():
            try:
                answer = self.http.post(self.url, content=b64encode(mail), headers=headers)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as failure:
                raise ProviderUnavailable("microsoft.unreachable") from failure
            except httpx.RequestError as failure:
                raise Unconfirmed("microsoft.send_unconfirmed") from failure
            if answer.status_code != 202:
                raise _refusal(answer)


def _refusal(answer: httpx.Response) -> ConnectorError:
    if answer.is_success:  # a proxy's page, or a Graph that has changed
        return Unconfirmed("microsoft.send_unconfirmed")
    error = graph_error(answer.status_code, answer.headers, answer.content, scope=SENDING[-1])
    if isinstance(error, AccessDenied):
        return ScopeMissing("microsoft.sending_not_allowed", scope=SENDING[-1])
    # a status below 500 says for certain that nothing was done
    unsure = isinstance(error, ProviderUnavailable) and answer.status_code >= 500
    return Unconfirmed(error.code, **error.fields) if unsure else error
