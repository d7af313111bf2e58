"""What opens an IMAP mailbox: the server, how it is secured, and a password; kept sealed as one secret."""

import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from secrets import token_hex

from connectors.base import Grant
from connectors.errors import NeedsReauthorisation, ProtocolError, ProviderUnavailable, TokenRevoked
from connectors.imap.api.client import Client
from connectors.imap.api.wire import Wire
from connectors.network import dial, trust
from connectors.sealed import Sealable, read_secret

#: TLS from the beginning, by STARTTLS, or none at all; the last only on this machine.
TLS, STARTTLS, PLAIN = "tls", "starttls", "plain"
SECURITIES = (TLS, STARTTLS, PLAIN)
#: What a person must know of an app password: the mailbox's servers know none that opens less.
TRADE = (
    "This password opens the whole mailbox. keepwarm asks for header fields only and can't ask for anything else; "
    "you can withdraw the password at your provider at any time."
)
#: Servers where some accounts sign in with the part before the "@" only.
_LOCAL_PART = ("mail.me.com",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Sealable):
    """One mailbox: `address` is the person's, `user` what the server calls them.

    `attempt` is new whenever the person connects: what a server refused before is then asked once more.
    """

    address: str
    host: str
    port: int = 993
    security: str = TLS
    user: str
    password: str = field(repr=False)
    attempt: str = ""


def access_of(secret: str) -> Access:
    """Read what `encoded` gave.

    Raises:
        ProtocolError: this is something else.
    """
    return read_secret(secret, Access, "imap.sign_in_unreadable")


def signed_in(access: Access, *, private: bool = True) -> Client:
    """Connect and sign in; without `private` only to servers in public networks (connectors.network).

    Raises:
        NeedsReauthorisation: the server does not take the user name or the password.
        ConnectorError: it can't be reached, or offers no encrypted connection.
    """
    connection, endpoint = dial(access.host, access.port, private=private)
    with ExitStack() as undo:
        undo.callback(connection.close)
        if access.security == PLAIN and not endpoint.loopback:
            raise ProtocolError("imap.loopback_only", host=access.host)
        # A bridge on this machine shows a certificate of its own making, and no one stands between.
        context = _unverified() if endpoint.loopback and access.security == STARTTLS else trust()
        try:
            if access.security == TLS:
                connection = context.wrap_socket(connection, server_hostname=access.host)
            client = Client(Wire(connection))
            undo.callback(client.drop)
            client.greeted()
            if access.security == STARTTLS:
                client.secure(context, access.host)
            client.sign_in(access.user, access.password)
        except ssl.SSLCertVerificationError as error:
            raise ProtocolError("imap.untrusted", host=access.host, why=error.verify_message) from error
        except OSError as error:
            raise ProviderUnavailable("imap.broken", host=access.host) from error
        undo.pop_all()
    return client


def connect(access: Access, *, private: bool = True) -> Grant:
    """Sign in once to see that it works, and give what is to be kept.

    Raises:
        ConnectorError: with what to do about it.
    """
    try:
        signed_in(access, private=private).close()
    except TokenRevoked:
        local = access.user.partition("@")[0]
        if local == access.user or not access.host.endswith(_LOCAL_PART):
            raise
        access = replace(access, user=local)
        signed_in(access, private=private).close()
    access = replace(access, attempt=token_hex(8))
    return Grant(address=access.address, scopes=("imap",), credentials=access.encoded(), notes=(TRADE,))


def checked(access: Access) -> Access:
    """Return `access` if its parts can be ones at all.

    Raises:
        NeedsReauthorisation: with what is wrong.
    """
    if access.security not in SECURITIES:
        raise NeedsReauthorisation("imap.bad_security", security=access.security)
    if not access.user or not access.password or "\0" in access.user + access.password:
        raise NeedsReauthorisation("imap.password_needed")
    return access


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
