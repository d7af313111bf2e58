"""`connect gmail` and `connect outlook`: one consent in a browser, here or on another machine."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from models.enums import Provider
from worker.accounts.providers import SignIn
from worker.cli.terminal.options import AsJson, mail_address
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.accounts.connect import Connected
    from worker.cli.terminal.call import Call

NoBrowser = Annotated[
    bool,
    typer.Option("--no-browser", help="Print the address to open; you can paste the address you land on here."),
]
Port = Annotated[int, typer.Option(metavar="N", help="Port of this machine that receives the answer.")]
Later = Annotated[
    bool, typer.Option("--later", help="Only connect. Read it later with `keepwarm sync` or `keepwarm run`.")
]

SendDigest = Annotated[
    bool | None,
    typer.Option(
        "--send-digest/--no-send-digest",
        help="For a connected account: let it email you the digest, or stop that.",
    ),
]


Account = Annotated[
    str | None,
    typer.Option(
        "--account", metavar="ADDRESS", help="Connect this account, whichever one the browser is signed in to."
    ),
]


def add(connect: typer.Typer) -> None:
    """Add the commands of this module to `connect`."""
    command(connect, gmail)
    command(connect, outlook)


def gmail(
    ctx: typer.Context,
    *,
    account: Account = None,
    no_browser: NoBrowser = False,
    port: Port = 0,
    later: Later = False,
    send_digest: SendDigest = None,
    as_json: AsJson = False,
) -> None:
    """Connect a Google account (email and calendars). Metadata only, read-only."""
    how = SignIn(_opener(no_browser=no_browser), port, _paste if no_browser else None, login_hint=_address(account))
    _sign_in(ctx, Provider.GMAIL, how, later=later, send_digest=send_digest, as_json=as_json)


def outlook(
    ctx: typer.Context,
    *,
    account: Account = None,
    no_browser: NoBrowser = False,
    port: Port = 0,
    device: Annotated[bool, typer.Option("--device", help="Sign in with a code on another device.")] = False,
    later: Later = False,
    send_digest: SendDigest = None,
    as_json: AsJson = False,
) -> None:
    """Connect an Outlook account, personal or from work or school. Metadata only, read-only."""
    paste = _paste if no_browser and not device else None
    how = SignIn(_opener(no_browser=no_browser), port, paste, _show_code if device else None, _address(account))
    _sign_in(ctx, Provider.OUTLOOK, how, later=later, send_digest=send_digest, as_json=as_json)


def sign_in_to(
    call: "Call",
    provider: Provider,
    address: str | None,
    *,
    no_browser: bool,
    later: bool,
    as_json: bool,
    device: bool = False,
) -> None:
    """Connect one account through the browser, or with a code on another device, and read it."""
    from worker.accounts.connect import connect_account
    from worker.cli.terminal.out import say

    paste = _paste if no_browser and not device else None
    how = SignIn(
        _opener(no_browser=no_browser), paste=paste, show_code=_show_code if device else None, login_hint=address
    )
    say(
        "Waiting until you have entered the code ..."
        if device
        else "Waiting until you have signed in in the browser ..."
    )
    found = connect_account(call.runtime, provider, how, call.user_or_new())
    go_on(call, found, later=later, as_json=as_json, greet=True)


def _sign_in(
    ctx: typer.Context, provider: Provider, how: SignIn, *, later: bool, send_digest: bool | None, as_json: bool
) -> None:
    from worker.accounts.connect import connect_account
    from worker.accounts.sending_consent import allow_sending
    from worker.cli.terminal.call import opened

    call = opened(ctx)
    if send_digest is False:
        _stop_sending(call)
    elif send_digest:
        _say_sending(allow_sending(call.runtime, _user_of(call), provider, how))
    else:
        found = connect_account(call.runtime, provider, how, call.user_or_new())
        go_on(call, found, later=later, as_json=as_json)


def _address(account: str | None) -> str | None:
    return None if account is None else mail_address(account, "--account").lower()


def _opener(*, no_browser: bool) -> Callable[[str], object]:
    import webbrowser

    def show(url: str) -> None:
        if no_browser or not webbrowser.open(url):
            print(f"Open: {url}", flush=True)

    return show


def _paste() -> str:
    """Take the address the browser landed on, once one is pasted; a closed input leaves it to the redirect."""
    from worker.cli.terminal.out import say

    for line in sys.stdin:
        if "code=" in line or "error=" in line:
            return line.strip()
        if line.strip():
            say("That isn't the address the browser landed on. Copy the whole address it shows now.")
    return ""


def _show_code(uri: str, code: str) -> None:
    from worker.cli.terminal.out import harmless

    print(harmless(f"Open: {uri}\nCode: {code}"), flush=True)


def go_on(call: "Call", found: "Connected", *, later: bool, as_json: bool, greet: bool = False) -> None:
    """Say what was connected, and read it unless that is for later."""
    from worker.cli.accounts.syncing import read_all
    from worker.cli.terminal.out import put_json, say

    say(f"Connected {found.address}." + (f" {found.evidence}" if found.evidence else ""))
    if as_json:
        put_json(found)
    if later:
        say("Read it with `keepwarm sync`.")
        return
    read_all(call, found.user_id, found.account_id, greet=greet)


def _user_of(call: "Call") -> int:
    from worker.storage.transactions import reading

    with reading(call.runtime.engine) as connection:
        return call.user_id(connection)


def _say_sending(address: str) -> None:
    from worker.cli.terminal.out import say

    say(f"The digest is now emailed from {address} to itself, and to nobody else.")


def _stop_sending(call: "Call") -> None:
    from worker.accounts.senders import drop_consent
    from worker.cli.terminal.out import say

    gone = drop_consent(call.runtime, _user_of(call))
    if gone is None:
        say("No account was sending the digest.")
        return
    say(f"{gone.address} no longer sends the digest, and its permission to send is deleted. Reading goes on.")
