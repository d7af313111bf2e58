"""The tree of commands: each module is loaded when one of its commands is called, and what it needs when that runs."""

from importlib import import_module
from typing import Annotated, Any

import typer

from worker import __version__
from worker.cli.terminal.shape import Debug, Keepwarm, Now, User

#: Where each command is written. Loading all of them took longer than many a command.
MODULES = {
    "accounts.accounts": ("connect", "disconnect"),
    "accounts.retry": ("retry",),
    "accounts.setup": ("setup",),
    "accounts.status": ("status",),
    "accounts.syncing": ("sync",),
    "admin.console": ("run", "demo"),
    "admin.house": ("doctor", "db", "users"),
    "admin.organisation": ("organisation",),
    "admin.rules": ("rules",),
    "admin.team": ("who-knows", "team"),
    "growing.introductions": ("introductions",),
    "growing.pass_on": ("pass-on", "fill"),
    "growing.roots": ("roots",),
    "growing.season": ("season",),
    "growing.tend": ("tend",),
    "people.addresses": ("merges", "keep", "me"),
    "people.deciding": ("ask", "snooze", "mute", "rest", "merge", "split", "block", "forget"),
    "people.people": ("people", "show", "explain"),
    "programs.contacts": ("contacts",),
    "programs.mcp": ("mcp",),
    "programs.notify": ("notify",),
    "programs.tokens": ("tokens",),
    "reports.backtest": ("backtest",),
    "reports.digest": ("digest",),
    "reports.exporting": ("export",),
}
WHERE = {name: module for module, names in MODULES.items() for name in names}


class Commands(Keepwarm):
    """The program with its commands, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """List the commands in the order of use."""
        del ctx
        return self.in_order(WHERE)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of this name; where there is none, all are loaded, so that one like it can be named."""
        for module in [WHERE[cmd_name]] if cmd_name in WHERE else MODULES:
            self._load(module)
        return super().get_command(ctx, cmd_name)

    def _load(self, module: str) -> None:
        if not self.commands.keys() >= set(MODULES[module]):
            some = typer.Typer()
            import_module(f"worker.cli.{module}").add(some)
            self.commands.update(typer.main.get_group(some).commands)


def _version(asked: bool) -> None:
    if asked:
        print(f"keepwarm {__version__}")
        raise typer.Exit


app = typer.Typer(name="keepwarm", cls=Commands, pretty_exceptions_enable=False)


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
        from worker.cli.admin.console import open_console

        open_console(ctx, browser=not no_browser)
