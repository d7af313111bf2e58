"""Workspaces connected by their administrator: domain-wide delegation."""

from typing import TYPE_CHECKING

from worker.accounts.providers.descriptor import ForOrganizations
from worker.accounts.providers.google_endpoints import endpoints_of
from worker.wording.errors.sentence import write

if TYPE_CHECKING:
    from connectors.gmail.delegated import DelegatedCredentials, Directory
    from worker.app.settings import Settings


def credentials(settings: "Settings", secret: str, address: str) -> "DelegatedCredentials":
    """Return what reads one person's mailbox.

    Raises:
        ConnectorError: the secret can't be used.
    """
    from connectors.gmail.delegated import DelegatedCredentials, service_account_of

    return DelegatedCredentials(endpoints_of(settings), service_account_of(secret), address)


def _directory(settings: "Settings", secret: str) -> "Directory":
    from connectors.gmail.delegated import Directory, service_account_of

    return Directory(endpoints_of(settings), service_account_of(secret))


def _probe(settings: "Settings", secret: str, address: str) -> None:
    """Ask for the mailbox's own address, and nothing else."""
    from contextlib import closing

    from connectors.gmail.api.calls import Calls
    from connectors.gmail.api.client import GmailClient
    from connectors.gmail.api.transport import Transport
    from connectors.gmail.auth import MAIL_SCOPE
    from connectors.gmail.rate_limit import RateLimits, Units

    endpoints, limits = endpoints_of(settings), RateLimits.of(Units())
    delegated = credentials(settings, secret, address)
    with closing(Transport(delegated, ca_bundle=endpoints.ca_bundle)) as transport:
        GmailClient(Calls(transport, limits.mail, scope=MAIL_SCOPE), endpoints, limits.units, listing=1).address()


def _check(settings: "Settings", secret: str, people: list[str]) -> None:
    """Read the address of the first mailbox there is: that one is missing says nothing of the delegation."""
    from connectors.errors import AccessDenied, ProtocolError

    for address in people:
        try:
            _probe(settings, secret, address)
        except (AccessDenied, ProtocolError):
            continue
        return


ORGANIZATION = ForOrganizations(
    directory=_directory,
    probe=_probe,
    check=_check,
    advice=lambda _settings, _secret: write("organization.every_person", {}),
)
