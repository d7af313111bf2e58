"""The tree of commands; each module names its own, and imports what it needs only when a command runs."""

from typing import Annotated

import typer

from worker import __version__
from worker.cli.accounts import accounts, retry, status, syncing
from worker.cli.admin import house, rules
from worker.cli.growing import introductions, pass_on, roots
from worker.cli.people import addresses, deciding, people
from worker.cli.reports import backtest, digest, exporting
from worker.cli.terminal.shape import Debug, Keepwarm, Now, User


def _version(asked: bool) -> None:
    if asked:
        print(f"keepwarm {__version__}")
        raise typer.Exit


app = typer.Typer(name="keepwarm", cls=Keepwarm, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def keepwarm(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    now: Now = None,
    user: User = None,
    debug: Debug = False,
) -> None:
    """Keep your professional relationships warm, without logging anything yourself."""


for module in (
    accounts,
    syncing,
    status,
    people,
    digest,
    deciding,
    addresses,
    introductions,
    roots,
    pass_on,
    exporting,
    backtest,
    rules,
    retry,
    house,
):
    module.add(app)
