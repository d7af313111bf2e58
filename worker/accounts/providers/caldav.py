"""Calendars of any provider by CalDAV, opened with a password."""

from typing import TYPE_CHECKING, Any

from models.enums import Provider
from worker.accounts.providers.descriptor import ProviderDescriptor

if TYPE_CHECKING:
    from connectors.base import Connector
    from worker.app.runtime import Runtime


def _open(runtime: "Runtime", account: Any) -> "Connector":
    from connectors.caldav.connector import CaldavConnector
    from worker.accounts.store import secret_of
    from worker.app.users import used_by_one

    secret = secret_of(runtime, account.id)
    return CaldavConnector(secret, private=used_by_one(runtime.engine), clock=runtime.clock)


CALDAV = ProviderDescriptor(
    provider=Provider.CALDAV,
    label="CalDAV calendars",
    open=_open,
    sees_sent_mail=False,
    withdraw="keepwarm has forgotten the password. Withdraw the app password in your account's security settings.",
)
