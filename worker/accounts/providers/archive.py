"""Files on this machine: mbox, Maildir, calendars, Takeout and exports."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.enums import Provider
from worker.accounts.providers.descriptor import ProviderDescriptor

if TYPE_CHECKING:
    from connectors.base import Connector
    from worker.app.runtime import Runtime


def _open(runtime: "Runtime", account: Any) -> "Connector":
    from connectors.archive.connector import ArchiveConnector

    return ArchiveConnector([Path(path) for path in json.loads(account.sources)], now=runtime.clock())


ARCHIVE = ProviderDescriptor(
    provider=Provider.ARCHIVE,
    label="files",
    open=_open,
    local=True,
    sees_sent_mail=False,
)
