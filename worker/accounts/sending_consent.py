"""Allowing an account that is connected to send the digest, by one more consent; reading's own is left as it is."""

from collections.abc import Callable

from sqlalchemy import select

from connectors.errors import NeedsReauthorisation
from models.accounts import Account
from models.enums import Provider
from worker.accounts.providers import google_endpoints, microsoft_endpoints
from worker.accounts.senders import keep_consent
from worker.accounts.store import UnknownAccount
from worker.app.runtime import Runtime
from worker.storage.transactions import reading


def allow_gmail(
    runtime: Runtime,
    user_id: int,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
) -> str:
    """Ask at Google for the consent to send from a connected account to itself; gives its address.

    Raises:
        UnknownAccount: none is connected, or another one was chosen in the browser.
        ConnectorError: with what to do about it; nothing was stored.
    """
    from connectors.gmail.consent import allow_sending

    known = _connected(runtime, user_id, Provider.GMAIL)
    grant = allow_sending(
        google_endpoints(runtime.settings), open_browser=open_browser, port=port, paste=paste, login_hint=_only(known)
    )
    return _keep(runtime, user_id, Provider.GMAIL, known, grant.address, grant.credentials)


def allow_outlook(
    runtime: Runtime,
    user_id: int,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    show_code: Callable[[str, str], object] | None = None,
) -> str:
    """Ask at Microsoft for the consent to send from a connected account to itself; gives its address.

    Raises:
        UnknownAccount: none is connected, or another one was chosen in the browser.
        ConnectorError: with what to do about it; nothing was stored.
    """
    from connectors.outlook.auth import SENDING
    from connectors.outlook.consent import connect

    known = _connected(runtime, user_id, Provider.OUTLOOK)
    grant = connect(
        microsoft_endpoints(runtime.settings),
        open_browser=open_browser,
        port=port,
        paste=paste,
        device=show_code is not None,
        show_code=show_code,
        login_hint=_only(known),
        wanted=SENDING,
    )
    return _keep(runtime, user_id, Provider.OUTLOOK, known, grant.address, grant.credentials)


def _connected(runtime: Runtime, user_id: int, provider: Provider) -> dict[str, int]:
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(Account.address, Account.id)
            .where(Account.user_id == user_id, Account.provider == provider, Account.state != "disconnected")
            .order_by(Account.id)
        )
        found = {row.address: row.id for row in rows}
    if not found:
        raise UnknownAccount(f"No {provider} account is connected to send through. First: keepwarm connect {provider}")
    return found


def _only(known: dict[str, int]) -> str | None:
    return next(iter(known)) if len(known) == 1 else None


def _keep(runtime: Runtime, user_id: int, provider: Provider, known: dict[str, int], address: str, secret: str) -> str:
    chosen = address.lower()
    if chosen not in known:
        raise NeedsReauthorisation(
            f"In the browser {chosen} was chosen, but connected is {', '.join(known)}: nothing was stored. "
            f"Choose that one, or connect this one first: keepwarm connect {provider}"
        )
    keep_consent(runtime, user_id, known[chosen], secret)
    return chosen
