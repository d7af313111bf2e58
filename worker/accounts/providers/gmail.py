"""Gmail and Google Calendar through Google's APIs, with the person's own consent."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from models.enums import Provider
from worker.accounts.providers import gmail_organization
from worker.accounts.providers.descriptor import ProviderDescriptor, Sending, SignIn
from worker.accounts.providers.google_endpoints import endpoints_of

if TYPE_CHECKING:
    from connectors.base import Connector, Grant, Sender
    from connectors.gmail.rate_limit import RateLimits
    from worker.app.runtime import Runtime
    from worker.app.settings import Settings

TESTING = (
    "A consent screen left in 'Testing' ends every sign-in after seven days. In the Google Cloud console, under "
    "'Audience', publish the app ('In production'; for yourself no verification is needed), or make it 'Internal' in "
    "a Workspace of your own. Then connect once more."
)


def _rate_limits(runtime: "Runtime", _account_id: int) -> "RateLimits":
    from connectors.gmail.rate_limit import RateLimits, Units

    budget = Units(per_minute=runtime.settings.google_units_per_minute)
    sleep = runtime.stopwatch.sleep
    if runtime.settings.embedded:
        return RateLimits.of(budget, clock=runtime.stopwatch.seconds, sleep=sleep)
    # a process with other accounts to read does not wait for one's units
    return RateLimits.of(budget, max_wait=0, clock=lambda: runtime.clock().timestamp(), sleep=sleep)


def _open(runtime: "Runtime", account: Any) -> "Connector":
    from connectors.gmail.connector import GmailConnector
    from worker.accounts.open_connectors import rate_limits_of
    from worker.accounts.organization_secrets import open_secret
    from worker.accounts.store import keep_secret

    secret, shared = open_secret(runtime, account.id)
    return GmailConnector(
        endpoints_of(runtime.settings),
        gmail_organization.credentials(runtime.settings, secret, account.address) if shared else secret,
        save=lambda text: keep_secret(runtime, account.id, text),
        limits=rate_limits_of(runtime, GMAIL, account.id),
        clock=runtime.clock,
    )


def _sign_in(settings: "Settings", how: SignIn) -> "Grant":
    from connectors.gmail.consent import connect

    return connect(
        endpoints_of(settings),
        open_browser=how.open_browser,
        port=how.port,
        paste=how.paste,
        login_hint=how.login_hint,
        landing=how.landing,
    )


def _allow_sending(settings: "Settings", how: SignIn) -> "Grant":
    from connectors.gmail.consent import allow_sending

    return allow_sending(
        endpoints_of(settings),
        open_browser=how.open_browser,
        port=how.port,
        paste=how.paste,
        login_hint=how.login_hint,
        landing=how.landing,
    )


def _open_sender(runtime: "Runtime", account_id: int, secret: str, save: Callable[[str], None]) -> "Sender":
    from connectors.gmail.sending import GmailSender
    from worker.accounts.open_connectors import rate_limits_of

    limits = rate_limits_of(runtime, GMAIL, account_id)
    return GmailSender(endpoints_of(runtime.settings), secret, save=save, limits=limits)


def _revoke(settings: "Settings", secret: str) -> object:
    from connectors.gmail.auth import revoke

    return revoke(endpoints_of(settings), secret)


GMAIL = ProviderDescriptor(
    provider=Provider.GMAIL,
    label="Gmail",
    open=_open,
    sign_in=_sign_in,
    sending=Sending(allow=_allow_sending, open=_open_sender),
    organization=gmail_organization.ORGANIZATION,
    rate_limits=_rate_limits,
    revoke=_revoke,
    withdraw="Google couldn't be reached. Remove keepwarm yourself at https://myaccount.google.com/connections.",
    notify_to=lambda settings: settings.google_pubsub_topic if settings.push_url.get_secret_value() else "",
    audited=True,
    advice=lambda settings: TESTING if settings.google_client_id else "",
    trial_days=7,
)
