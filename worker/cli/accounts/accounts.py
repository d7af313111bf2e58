"""`connect` and `disconnect`: what keepwarm listens to, and what it no longer does."""

from errno import ENOENT
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.accounts import servers, sign_in
from worker.cli.terminal.options import AsJson, Yes, mail_address
from worker.cli.terminal.shape import command, group


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    connect = group("connect", help="Connect an account once; from then on it is listened to.")
    command(connect, archive)
    sign_in.add(connect)
    servers.add(connect)
    app.add_typer(connect)
    command(app, disconnect)


def archive(
    ctx: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="mbox, Maildir, folders of .eml, .ics, Takeout .zip, or keepwarm's own export."
        ),
    ],
    me: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Whose mail it is, if it does not say so itself.")
    ] = None,
    later: Annotated[bool, typer.Option("--later", help="Only connect; `keepwarm sync` reads it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Connect files on this machine: no sign-in, nothing is changed in them, nothing leaves the machine."""
    from worker.accounts.connect_archive import connect_archive
    from worker.cli.accounts.syncing import read_all
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import put_json, say

    mine = [mail_address(address, "--me") for address in me or ()]
    for path in paths:
        if not path.expanduser().exists():
            raise FileNotFoundError(ENOENT, "There is no such file or folder", str(path))
    call = opened(ctx)
    found = connect_archive(call.runtime, paths, me=mine, user_id=call.user_or_new())
    say(f"Connected: {found.streams} {'file' if found.streams == 1 else 'files'} of {found.address} ({found.evidence})")
    if as_json:
        put_json(found)
    if later:
        say("Now read it: keepwarm sync")
        return
    read_all(call, found.user_id, found.account_id)


def disconnect(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its address, or provider:address.")],
    keep_history: Annotated[
        bool | None,
        typer.Option(
            "--keep-history/--erase", help="Keep what was heard through it (the default), or erase it for good."
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Let an account go: its sign-in is destroyed; its history stays unless you say --erase."""
    from worker.accounts.connect import disconnect_account
    from worker.accounts.store import find_account
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.storage.transactions import reading
    from worker.sync.recompute import recompute

    call = opened(ctx)
    erase = keep_history is False
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
        account_id = find_account(connection, user_id, account)
    if erase and not yes:
        typer.confirm(f"Erase everything that only {account} told? This cannot be undone.", abort=True, err=True)
    left = disconnect_account(call.runtime, user_id, account_id, erase=erase)
    recompute(call.runtime, user_id)
    say(f"{account} is disconnected; {'what only it told is erased' if erase else 'its history is kept'}.")
    if left:
        say(left)
