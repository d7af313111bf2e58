"""`connect imap`, `connect caldav`, `connect ical`: servers one names, opened with a password or a secret address."""

from typing import Annotated

import typer

from worker.cli.accounts.sign_in import Later, go_on
from worker.cli.terminal.options import AsJson, mail_address
from worker.cli.terminal.secrets import ask_secret
from worker.cli.terminal.shape import command

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="Your email address there.")]
Login = Annotated[str | None, typer.Option(metavar="NAME", help="Your user name there, if it isn't your address.")]


def add(connect: typer.Typer) -> None:
    """Add the commands of this module to `connect`."""
    command(connect, imap)
    command(connect, caldav)
    command(connect, ical)


def imap(
    ctx: typer.Context,
    address: Address,
    *,
    host: Annotated[
        str | None, typer.Option(metavar="NAME", help="The mail server, if keepwarm doesn't know it.")
    ] = None,
    port: Annotated[int | None, typer.Option(metavar="N", min=1, max=65535, help="Its port: 993, or 143.")] = None,
    starttls: Annotated[
        bool, typer.Option("--starttls", help="Start unencrypted, then switch to TLS (Proton Bridge).")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="No TLS; only for a server on this machine.")] = False,
    login: Login = None,
    later: Later = False,
    as_json: AsJson = False,
) -> None:
    """Connect any other mailbox by IMAP, with an app password. Headers only, read-only.

    The password is asked for, or read as the first line of the input; it is kept sealed. An app password opens the
    whole mailbox; keepwarm can ask for nothing but header fields.
    """
    from connectors.imap.auth import PLAIN, STARTTLS, TLS, Access
    from connectors.services.known import imap_server
    from worker.accounts.connect_servers import connect_imap
    from worker.cli.terminal.call import opened

    whose = mail_address(address, "ADDRESS")
    security = STARTTLS if starttls else PLAIN if plain else TLS
    call = opened(ctx)
    access = Access(
        address=whose,
        host=host or imap_server(whose),
        port=port or (993 if security == TLS else 143),
        security=security,
        user=login or whose,
        password=ask_secret(f"App password of {login or whose}"),
    )
    go_on(call, connect_imap(call.runtime, access, call.user_or_new()), later=later, as_json=as_json)


def caldav(
    ctx: typer.Context,
    address: Address,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="The calendar server, if keepwarm doesn't know it.")
    ] = None,
    login: Login = None,
    later: Later = False,
    as_json: AsJson = False,
) -> None:
    """Connect any other calendar account by CalDAV, with an app password. Read-only.

    The password is asked for, or read as the first line of the input; it is kept sealed.
    """
    from connectors.caldav.auth import Access, address_of
    from connectors.services.known import caldav_server
    from worker.accounts.connect_servers import connect_caldav
    from worker.cli.terminal.call import opened

    whose = mail_address(address, "ADDRESS")
    url = address_of(server) if server else caldav_server(whose)
    call = opened(ctx)
    access = Access(
        address=whose, url=url, user=login or whose, password=ask_secret(f"App password of {login or whose}")
    )
    go_on(call, connect_caldav(call.runtime, access, call.user_or_new()), later=later, as_json=as_json)


def ical(
    ctx: typer.Context,
    url: Annotated[
        str | None,
        typer.Argument(metavar="[URL]", help="The calendar's secret address; asked for if left out, as is safer."),
    ] = None,
    me: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Whose calendar it is.")] = None,
    later: Later = False,
    as_json: AsJson = False,
) -> None:
    """Connect one calendar by its secret address (in Google: 'Secret address in iCal format').

    The address is a password: it is kept sealed. Fetched once an hour at most.
    """
    from worker.accounts.connect_servers import connect_ical
    from worker.cli.terminal.call import opened

    whose = mail_address(me, "--me") if me else None
    call = opened(ctx)
    found = connect_ical(call.runtime, url or ask_secret("Secret address"), whose, call.user_or_new())
    go_on(call, found, later=later, as_json=as_json)
