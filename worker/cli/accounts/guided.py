"""`connect ADDRESS`: find out how an address is connected, say so, and do it."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from models.enums import Provider
from worker.cli.accounts.sign_in import Later, NoBrowser
from worker.cli.terminal.options import AsJson, mail_address
from worker.cli.terminal.secrets import ask_secret

if TYPE_CHECKING:
    from connectors.services.find import Found
    from connectors.services.known import Service
    from worker.accounts.connect import Connected
    from worker.cli.terminal.call import Call


def any_address(
    ctx: typer.Context,
    address: Annotated[str | None, typer.Argument(metavar="[ADDRESS]", help="Your email address.")] = None,
    *,
    no_browser: NoBrowser = False,
    device: Annotated[bool, typer.Option("--device", help="Microsoft: sign in with a code on another device.")] = False,
    later: Later = False,
    as_json: AsJson = False,
) -> None:
    """Connect an address: keepwarm finds out how, and leads you through it."""
    from connectors.services.known import Way
    from worker.accounts.find_service import find_service
    from worker.cli.accounts.sign_in import sign_in_to
    from worker.cli.accounts.ways import FILES
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say

    whose = mail_address(address or _asked("Your email address"), "ADDRESS").lower()
    call = opened(ctx)
    say(f"Looking for the mail service of {whose.rpartition('@')[2]} ...")
    found = find_service(call.runtime, whose)
    _say_ways(call, whose, found)
    match found.service.way:
        case Way.GOOGLE if call.runtime.settings.google_client_id:
            sign_in_to(call, Provider.GMAIL, whose, no_browser=no_browser, later=later, as_json=as_json)
        case Way.MICROSOFT:
            sign_in_to(
                call, Provider.OUTLOOK, whose, no_browser=no_browser, device=device, later=later, as_json=as_json
            )
        case Way.FILES:
            say(f"{found.service.name} lets no program read email. {FILES}")
            raise typer.Exit(1)
        case _:
            _with_password(call, whose, found, later=later, as_json=as_json)


def _say_ways(call: "Call", whose: str, found: "Found") -> None:
    from worker.cli.accounts.ways import ways_of
    from worker.cli.terminal.out import say

    say(f"{whose} is at {found.service.name} ({found.how}). You can connect it like this:")
    ways = ways_of(found.service, registered=bool(call.runtime.settings.google_client_id))
    for number, way in enumerate(ways, 1):
        say(f"  {number}. {way}")
    say("The first one starts now. Ctrl-C stops it; nothing is saved before it has worked.")


def _with_password(call: "Call", whose: str, found: "Found", *, later: bool, as_json: bool) -> None:
    from connectors.imap.auth import Access
    from worker.accounts.connect_servers import connect_imap
    from worker.cli.accounts.ways import where_password
    from worker.cli.terminal.out import say

    service = found.service
    if found.unproven and not _agreed(found.unproven, whose):
        say(
            f"Nothing was sent to {found.unproven}. "
            f"If you know your server: `keepwarm connect imap {whose} --host NAME`."
        )
        raise typer.Exit(1)
    say(where_password(service))
    password = ask_secret(f"App password of {whose}").replace("\u00a0", " ")
    if service.name == "Google":  # shown in four groups
        password = "".join(password.split())
    say(f"Signing in at {service.imap} ...")
    access = Access(
        address=whose, host=service.imap, port=service.port, security=service.security, user=service.login,
        password=password,
    )  # fmt: skip
    mail = connect_imap(call.runtime, access, call.user_or_new())
    say(f"Connected the email of {mail.address}.")
    _calendar(call, service, mail, password)
    _finish(call, mail, later=later, as_json=as_json)


def _calendar(call: "Call", service: "Service", mail: "Connected", password: str) -> None:
    """Connect the calendar by what is known of it; whatever is in the way never stops the email."""
    from connectors.caldav.auth import Access
    from connectors.errors import ConnectorError
    from worker.accounts.connect_servers import connect_caldav, connect_ical
    from worker.cli.terminal.out import say
    from worker.wording.errors.sentence import sentence

    try:
        if service.caldav:
            say("Looking for your calendars ...")
            access = Access(address=mail.address, url=service.caldav, user=service.login, password=password)
            say(f"Connected them. {connect_caldav(call.runtime, access, mail.user_id).evidence}")
        elif service.calendar:
            say(f"Your calendar's secret address is here: {service.calendar}.")
            url = ask_secret("Secret address (press Enter to leave the calendar out)")
            if url:
                say(f"Connected it. {connect_ical(call.runtime, url, mail.address, mail.user_id).evidence}")
        else:
            say(f"To add a calendar: `keepwarm connect caldav {mail.address} --server URL`.")
    except ConnectorError as error:
        say(f"Only the email is connected. {sentence(error)}")


def _finish(call: "Call", mail: "Connected", *, later: bool, as_json: bool) -> None:
    from worker.cli.accounts.syncing import read_all
    from worker.cli.terminal.out import put_json, say

    if as_json:
        put_json(mail)
    if later:
        say("Read it with `keepwarm sync`.")
        return
    say("Reading, the email you sent first ...")
    read_all(call, mail.user_id, greet=True)
    say("Done. See `keepwarm people` and `keepwarm digest`; `keepwarm run` keeps everything up to date.")


def _asked(what: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, err=True)).strip()
    return sys.stdin.readline().strip()


def _agreed(host: str, whose: str) -> bool:
    """Ask whether a server of another domain, which the DNS alone names, is the right one; without a person: no."""
    domain = whose.rpartition("@")[2]
    return sys.stdin.isatty() and typer.confirm(
        f"{domain} says its mail is at {host}. Is that your provider?", err=True
    )
