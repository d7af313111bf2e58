"""Calendars by their secret addresses."""

from typing import TYPE_CHECKING, Any

from models.enums import Provider
from worker.accounts.providers.descriptor import ProviderDescriptor

if TYPE_CHECKING:
    from connectors.base import Connector
    from worker.app.runtime import Runtime


def _open(runtime: "Runtime", account: Any) -> "Connector":
    from connectors.ical.connector import IcalConnector
    from worker.accounts.store import secret_of
    from worker.app.users import used_by_one

    secret = secret_of(runtime, account.id)
    return IcalConnector(secret, private=used_by_one(runtime.engine), clock=runtime.clock)


ICAL = ProviderDescriptor(
    provider=Provider.ICAL,
    label="calendar addresses",
    open=_open,
    sees_sent_mail=False,
    withdraw="keepwarm has forgotten the address. To make it useless for others too, reset it where you copied it.",
)
