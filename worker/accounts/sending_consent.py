"""Allowing a connected account to send the digest, by one more consent; the one for reading stays as it is."""

from dataclasses import replace

from sqlalchemy import select

from connectors.errors import NeedsReauthorisation
from models.accounts import Account
from models.enums import Provider
from worker.accounts.providers import PROVIDERS, SignIn
from worker.accounts.senders import keep_consent
from worker.accounts.store import UnknownAccount
from worker.app.runtime import Runtime
from worker.storage.transactions import reading


def allow_sending(runtime: Runtime, user_id: int, provider: Provider, how: SignIn) -> str:
    """Ask the provider for the consent to send from a connected account to itself.

    Returns:
        The account's address.

    Raises:
        UnknownAccount: none is connected, another one was chosen, or the provider's accounts cannot send.
        ConnectorError: with what to do about it; nothing was stored.
    """
    sending = PROVIDERS[provider].sending
    if sending is None:
        raise UnknownAccount("account.cannot_send", provider=PROVIDERS[provider].label)
    known = _connected(runtime, user_id, provider)
    grant = sending.allow(runtime.settings, replace(how, login_hint=_only(known)))
    return _keep(runtime, user_id, provider, known, grant.address, grant.credentials)


def _connected(runtime: Runtime, user_id: int, provider: Provider) -> dict[str, int]:
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(Account.address, Account.id)
            .where(Account.user_id == user_id, Account.provider == provider, Account.state != "disconnected")
            .order_by(Account.id)
        )
        found = {row.address: row.id for row in rows}
    if not found:
        raise UnknownAccount("account.none_to_send", provider=provider)
    return found


def _only(known: dict[str, int]) -> str | None:
    return next(iter(known)) if len(known) == 1 else None


def _keep(runtime: Runtime, user_id: int, provider: Provider, known: dict[str, int], address: str, secret: str) -> str:
    chosen = address.lower()
    if chosen not in known:
        connected = ", ".join(known)
        raise NeedsReauthorisation("account.other_chosen", chosen=chosen, connected=connected, provider=provider)
    keep_consent(runtime, user_id, known[chosen], secret)
    return chosen
