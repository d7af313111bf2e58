"""Outlook mail and calendar through Microsoft Graph, with the person's own consent."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from models.enums import Provider
from worker.accounts.providers import outlook_organization
from worker.accounts.providers.descriptor import ProviderDescriptor, Sending, SignIn

if TYPE_CHECKING:
    from connectors.base import Connector, Grant, Sender
    from connectors.outlook.auth import MicrosoftEndpoints
    from connectors.outlook.rate_limit import RateLimiter
    from worker.app.runtime import Runtime
    from worker.app.settings import Settings


def _endpoints(settings: "Settings") -> "MicrosoftEndpoints":
    from connectors.outlook.auth import MicrosoftEndpoints

    return MicrosoftEndpoints(
        client_id=settings.microsoft_client_id,
        client_secret=settings.microsoft_client_secret.get_secret_value(),
        authority=settings.microsoft_authority,
        graph_root=settings.graph_root,
    )


def _rate_limits(runtime: "Runtime", account_id: int) -> "RateLimiter":
    from connectors.outlook.rate_limit import RateLimiter
    from worker.accounts.rate_limits import PATIENCE, AccountPause

    watch = runtime.stopwatch
    if runtime.settings.embedded:
        return RateLimiter(clock=watch.seconds, sleep=watch.sleep)
    return RateLimiter(max_wait=PATIENCE, pause=AccountPause(runtime, account_id), sleep=watch.sleep)


def _open(runtime: "Runtime", account: Any) -> "Connector":
    from connectors.outlook.connector import OutlookConnector
    from worker.accounts.open_connectors import rate_limits_of
    from worker.accounts.organization_secrets import open_secret
    from worker.accounts.store import keep_secret

    secret, shared = open_secret(runtime, account.id)
    return OutlookConnector(
        _endpoints(runtime.settings),
        account.address,
        outlook_organization.tokens(secret) if shared else secret,
        save=lambda text: keep_secret(runtime, account.id, text),
        limiter=rate_limits_of(runtime, OUTLOOK, account.id),
        clock=runtime.clock,
    )


def _sign_in(settings: "Settings", how: SignIn) -> "Grant":
    from connectors.outlook.auth import SCOPES

    return _consent(settings, how, SCOPES)


def _allow_sending(settings: "Settings", how: SignIn) -> "Grant":
    from connectors.outlook.auth import SENDING

    return _consent(settings, how, SENDING)


def _consent(settings: "Settings", how: SignIn, wanted: tuple[str, ...]) -> "Grant":
    from connectors.outlook.consent import connect

    return connect(
        _endpoints(settings),
        open_browser=how.open_browser,
        port=how.port,
        paste=how.paste,
        device=how.show_code is not None,
        show_code=how.show_code,
        login_hint=how.login_hint,
        landing=how.landing,
        wanted=wanted,
    )


def _open_sender(runtime: "Runtime", account_id: int, secret: str, save: Callable[[str], None]) -> "Sender":
    from connectors.outlook.sending import OutlookSender
    from worker.accounts.open_connectors import rate_limits_of

    limiter = rate_limits_of(runtime, OUTLOOK, account_id)
    return OutlookSender(_endpoints(runtime.settings), secret, save=save, limiter=limiter)


def _notify_to(settings: "Settings") -> str:
    url = settings.push_url.get_secret_value()
    return f"{url}/microsoft" if url else ""


OUTLOOK = ProviderDescriptor(
    provider=Provider.OUTLOOK,
    label="Outlook",
    open=_open,
    sign_in=_sign_in,
    device_codes=True,
    sending=Sending(allow=_allow_sending, open=_open_sender),
    organization=outlook_organization.ORGANIZATION,
    rate_limits=_rate_limits,
    withdraw="Only you can withdraw consent: at account.live.com/consent/Manage, or myapps.microsoft.com",
    notify_to=_notify_to,
)
