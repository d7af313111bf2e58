"""`connect` and `disconnect`: the accounts keepwarm reads."""

from errno import ENOENT
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from worker.cli.accounts import guided, servers, sign_in
from worker.cli.terminal.options import AsJson, Yes, mail_address
from worker.cli.terminal.shape import command

HELP = "Connect an account. You do this once; keepwarm keeps it up to date."
#: The command that an address stands for.
ADDRESS = "ADDRESS"


class Connecting(TyperGroup):
    """`connect`: an address in place of a command, or nothing at all, means that keepwarm finds the way."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in front where none is named."""
        named = next((word for word in args if not word.startswith("-")), None)
        asked_for_help = {"--help", "-h"} & set(args)
        if (named is None and not asked_for_help) or (named is not None and "@" in named):
            args = [ADDRESS, *args]
        return list(super().parse_args(ctx, args))


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    connect = typer.Typer(name="connect", cls=Connecting, help=HELP, no_args_is_help=False)
    command(connect, guided.any_address, ADDRESS)
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
            metavar="PATH...",
            help="mbox, Maildir, MH, .eml, .emlx, .msg, .ics, Takeout .zip or .tgz, or a keepwarm export.",
        ),
    ],
    me: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Your address, if keepwarm can't tell from the files.")
    ] = None,
    later: Annotated[bool, typer.Option("--later", help="Only connect. Read it later with `keepwarm sync`.")] = False,
    as_json: AsJson = False,
) -> None:
    """Connect files on this machine. No sign-in; they are only read, and nothing leaves the machine."""
    from worker.accounts.connect_archive import connect_archive
    from worker.cli.accounts.syncing import read_all
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import put_json, say
    from worker.wording.lists import numbered

    mine = [mail_address(address, "--me") for address in me or ()]
    for path in paths:
        if not path.expanduser().exists():
            raise FileNotFoundError(ENOENT, "There is no such file or folder", str(path))
    call = opened(ctx)
    found = connect_archive(call.runtime, paths, me=mine, user_id=call.user_or_new())
    say(f"Connected {numbered(found.streams, 'file')} of {found.address} ({found.evidence}).")
    if as_json:
        put_json(found)
    if later:
        say("Read it with `keepwarm sync`.")
        return
    read_all(call, found.user_id, found.account_id)


def disconnect(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's address, or provider:address.")],
    keep_history: Annotated[
        bool | None,
        typer.Option("--keep-history/--erase", help="Keep its history (the default), or erase it for good."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Disconnect an account and delete its sign-in. Its history is kept unless you add --erase."""
    from worker.accounts.connect import disconnect_account
    from worker.accounts.store import find_account
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.decisions.erase.person import drop_unknown_lines
    from worker.storage.engine import scrub
    from worker.storage.transactions import reading, writing
    from worker.sync.recompute import recompute

    call = opened(ctx)
    erase = keep_history is False
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
        account_id = find_account(connection, user_id, account)
    if erase and not yes:
        typer.confirm(f"Erase everything that came only from {account}? This can't be undone.", abort=True, err=True)
    left = disconnect_account(call.runtime, user_id, account_id, erase=erase)
    recompute(call.runtime, user_id)
    if erase:
        with writing(call.runtime.engine) as connection:
            drop_unknown_lines(connection, user_id)
        scrub(call.runtime.engine)
    say(f"Disconnected {account}. {'What came only from it has been erased' if erase else 'Its history is kept'}.")
    if left:
        say(left)
