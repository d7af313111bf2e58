"""The table of providers: everything else in worker asks a descriptor, and never which provider it is."""

from worker.accounts.providers.archive import ARCHIVE
from worker.accounts.providers.caldav import CALDAV
from worker.accounts.providers.descriptor import ProviderDescriptor, Sending, SignIn
from worker.accounts.providers.gmail import GMAIL
from worker.accounts.providers.ical import ICAL
from worker.accounts.providers.imap import IMAP
from worker.accounts.providers.outlook import OUTLOOK

__all__ = ["PROVIDERS", "ProviderDescriptor", "Sending", "SignIn"]

#: By the value of models.enums.Provider, in the order in which help pages name them.
PROVIDERS: dict[str, ProviderDescriptor] = {one.provider: one for one in (GMAIL, OUTLOOK, IMAP, CALDAV, ICAL, ARCHIVE)}
