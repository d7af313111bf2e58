"""Tenants connected by their administrator: application permissions."""

from typing import TYPE_CHECKING

from worker.accounts.providers.descriptor import ForOrganizations
from worker.wording.errors.sentence import write

if TYPE_CHECKING:
    from connectors.outlook.app_only import AppTokens, Tenant
    from worker.app.settings import Settings


def application(settings: "Settings", tenant: str, client: str | None, pem: str, name: str) -> str:
    """Make the secret of a tenant's application, with a certificate, or the client secret of the settings.

    Args:
        settings: where Microsoft is, and the application, unless `client` names it.
        tenant: its directory id.
        client: the application's id.
        pem: its private key and certificate in one text, "" for the client secret.
        name: what the file of `pem` is called.

    Raises:
        ProtocolError: there is no proof of who the application is, or two.
    """
    import re

    from connectors.errors import ProtocolError
    from connectors.outlook.app_only import Application

    secret = settings.microsoft_client_secret.get_secret_value()
    if bool(pem) == bool(secret):
        raise ProtocolError("organization.one_secret")
    key = re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", pem, re.DOTALL)
    certificate = re.search(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", pem, re.DOTALL)
    if pem and not (key and certificate):
        raise ProtocolError("organization.not_a_certificate", name=name)
    return Application(
        tenant=tenant, client_id=client or settings.microsoft_client_id, secret=secret,
        private_key=key[0] if key else "", certificate=certificate[0] if certificate else "",
        authority=settings.microsoft_authority.rpartition("/")[0], graph_root=settings.graph_root,
    ).encoded()  # fmt: skip


def tokens(secret: str) -> "AppTokens":
    """Return the access tokens of a tenant.

    Raises:
        ConnectorError: the secret can't be used.
    """
    from connectors.outlook.app_only import application_of, tokens_of

    return tokens_of(application_of(secret))


def _tenant(_settings: "Settings", secret: str) -> "Tenant":
    from connectors.outlook.app_only import Tenant, application_of

    return Tenant(application_of(secret))


def _check(settings: "Settings", secret: str, people: list[str]) -> None:
    """See whether the first mailbox there is may be read: a missing or unlicensed one says nothing of the rest."""
    from connectors.errors import AccessDenied, ProtocolError

    for address in people:
        try:
            _tenant(settings, secret).probe(address)
        except (AccessDenied, ProtocolError):
            continue
        return


def _advice(_settings: "Settings", secret: str) -> str | None:
    from connectors.outlook.app_only import EVERY_MAILBOX

    wide = sorted(tokens(secret).roles() & EVERY_MAILBOX)
    return write("organization.every_mailbox", {"role": wide[0]}) if wide else None


ORGANIZATION = ForOrganizations(
    directory=_tenant,
    probe=lambda settings, secret, address: _tenant(settings, secret).probe(address),
    check=_check,
    advice=_advice,
)
