"""How requests reach Google: an authorized session that the official client takes for its `http`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httplib2
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession
from requests import Session
from requests.exceptions import RequestException

from connectors.errors import ConnectorError, ProviderUnavailable
from connectors.gmail.auth import HeldCredentials
from connectors.gmail.errors import sign_in_error, unreachable

#: Seconds to wait for the connection, and for each piece of an answer.
TIMEOUT = (10.0, 60.0)
_GARBLED = "google.sign_in_garbled"


class Transport(httplib2.Http):
    """Requests under one account's credentials; `requests` underneath, so proxies and certificates are honored.

    httplib2, the client's own choice, knows no proxy without another package and reads certificates at import time. The
    credentials stay out of the client's sight, or it would refresh them within batches by httplib2 all the same.
    """

    def __init__(
        self,
        stored: "HeldCredentials",
        *,
        ca_bundle: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Begin with `stored` credentials; `ca_bundle` is a file of certificates to trust instead of the usual ones."""
        super().__init__()
        self.stored = stored
        self.clock = clock
        self.clock_skew = timedelta(0)
        self._signing_in = Session()
        self._renewal = stored.request(self._signing_in)
        self._session = AuthorizedSession(stored.credentials, auth_request=self._renewal)
        self._session.verify = self._signing_in.verify = ca_bundle or True
        # neither redirects; a 307 would carry the client's secret and the refresh token wherever it says
        self._session.max_redirects = self._signing_in.max_redirects = 0

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,  # noqa: ARG002 - Google's APIs do not redirect
        connection_type: Any = None,  # noqa: ARG002 - as redirections
    ) -> tuple[httplib2.Response, bytes]:
        """Make one request as httplib2 would.

        Raises:
            ConnectorError: no answer came, or the grant has ended.
        """
        with self._translating_errors(uri):
            answer = self._session.request(method, uri, data=body, headers=dict(headers or {}), timeout=TIMEOUT)
        self._measure_clock_skew(answer.headers.get("date"))
        shown = httplib2.Response({name.lower(): value for name, value in answer.headers.items()})
        shown.status = answer.status_code
        shown["status"] = str(answer.status_code)
        shown.reason = answer.reason
        return shown, answer.content

    def authorisation(self) -> str:
        """The header that a part of a batch carries, with a token that is good for now.

        Raises:
            ConnectorError: there is none available.
        """
        headers: dict[str, str] = {}
        with self._translating_errors(self.stored.token_uri):
            self.stored.credentials.before_request(self._renewal, "POST", "", headers)
        return headers["authorization"]

    def discard_token(self) -> None:
        """Have the token renewed before it is used again: a part of a batch was refused with it."""
        self.stored.credentials.token = None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
        self._signing_in.close()

    @contextmanager
    def _translating_errors(self, uri: str) -> Iterator[None]:
        host = uri.split("/")[2]
        try:
            yield
        except RefreshError as failure:
            raise _refresh_error(failure, host, self.stored) from failure
        except TransportError as failure:
            cause = failure.args[0] if failure.args and isinstance(failure.args[0], Exception) else failure
            raise unreachable(cause, host) from failure
        except RequestException as failure:
            raise unreachable(failure, host) from failure
        except (ValueError, KeyError, TypeError, AttributeError) as failure:  # google-auth, where a proxy answers 200
            raise ProviderUnavailable(_GARBLED) from failure
        finally:
            self.stored.save_if_refreshed()

    def _measure_clock_skew(self, date: str | None) -> None:
        if date:
            try:
                self.clock_skew = self.clock() - parsedate_to_datetime(date)
            except (ValueError, TypeError):
                self.clock_skew = timedelta(0)


def _refresh_error(failure: RefreshError, host: str, stored: "HeldCredentials") -> ConnectorError:
    """Distinguish a grant that has ended, which Google says in JSON, from a token endpoint that is failing."""
    answer = failure.args[1] if len(failure.args) > 1 else None
    if failure.retryable:
        return unreachable(failure, host)
    if isinstance(answer, dict) and answer.get("error"):
        error, description, subtype = (
            str(answer.get(name, "")) for name in ("error", "error_description", "error_subtype")
        )
        return stored.refusal(error, description) or sign_in_error(error, description, subtype)
    if isinstance(answer, str) and (named := stored.refusal("", answer)):  # IAM answers in the style of an API
        return named
    if "eauthentication" in str(failure):  # google-auth's own words for invalid_rapt
        return sign_in_error("", str(failure))
    return ProviderUnavailable(_GARBLED)
