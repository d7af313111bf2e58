"""The tree of commands; each module names its own, and imports what it needs only when a command runs."""

from typing import Annotated

import typer

from worker import __version__
from worker.cli.accounts import accounts, retry, setup, status, syncing
from worker.cli.admin import console, house, organisation, rules, team
from worker.cli.growing import introductions, pass_on, roots, season, tend
from worker.cli.people import addresses, deciding, people
from worker.cli.programs import contacts, mcp, notify, tokens
from worker.cli.reports import backtest, digest, exporting
from worker.cli.terminal.shape import Debug, Keepwarm, Now, User


def _version(asked: bool) -> None:
    if asked:
        print(f"keepwarm {__version__}")
        raise typer.Exit


app = typer.Typer(name="keepwarm", cls=Keepwarm, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def keepwarm(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    now: Now = None,
    user: User = None,
    debug: Debug = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print where the console is.")] = False,
) -> None:
    """Keep your professional relationships warm, without logging anything yourself.

    Without a command it opens the console in your browser and keeps everything up to date.
    """
    del version, now, user, debug  # noted by callbacks of their own
    if ctx.invoked_subcommand is None:
        console.open_console(ctx, browser=not no_browser)


for module in (
    accounts,
    setup,
    syncing,
    status,
    people,
    digest,
    deciding,
    addresses,
    introductions,
    roots,
    pass_on,
    season,
    tend,
    exporting,
    backtest,
    rules,
    retry,
    console,
    organisation,
    team,
    house,
    tokens,
    contacts,
    mcp,
    notify,
):
    module.add(app)
