"""Mailboxes of any provider by IMAP, opened with a password."""

from typing import TYPE_CHECKING, Any

from models.enums import Provider
from worker.accounts.providers.descriptor import ProviderDescriptor

if TYPE_CHECKING:
    from connectors.base import Connector
    from worker.app.runtime import Runtime


def _open(runtime: "Runtime", account: Any) -> "Connector":
    from connectors.imap.connector import ImapConnector
    from worker.accounts.store import secret_of
    from worker.app.users import used_by_one

    return ImapConnector(secret_of(runtime, account.id), private=used_by_one(runtime.engine))


IMAP = ProviderDescriptor(
    provider=Provider.IMAP,
    label="IMAP mailboxes",
    open=_open,
    listens=True,
    withdraw="keepwarm has forgotten the password. Withdraw the app password in your account's security settings.",
)
