"""`keepwarm` by itself and `run`: the console in the browser, and everything kept up to date behind it."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from pathlib import Path

    from worker.app.settings import Settings
    from worker.cli.terminal.call import Call


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, run)
    command(app, demo)


def demo(
    ctx: typer.Context,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print where the console is.")] = False,
) -> None:
    """Open the console on a made-up life, offline. Nothing of yours is read, and nothing is kept."""
    import tempfile
    from pathlib import Path

    from worker.accounts.connect_archive import connect_archive
    from worker.app.logs import set_up
    from worker.app.runtime import open_runtime
    from worker.cli.terminal.call import Call
    from worker.cli.terminal.out import say
    from worker.demo.cast import OWNER
    from worker.demo.files import write_life
    from worker.service.one_shot import sync

    set_up(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="keepwarm-demo-") as place:
        runtime = open_runtime(_of_its_own(Path(place)))
        ctx.call_on_close(runtime.engine.dispose)
        say("Making up a life and reading it; this takes a few seconds.")
        found = connect_archive(runtime, write_life(Path(place), runtime.clock()), me=[OWNER[1]])
        sync(runtime, found.user_id)
        call = Call(runtime, runtime.clock(), None)
        _keep_running(call, partial(show_link, call, found.user_id, browser=not no_browser), logging.WARNING)


def _of_its_own(home: "Path") -> "Settings":
    """Return settings that share nothing with this machine's installation, whatever the environment says."""
    from pydantic import SecretStr

    from worker.app.settings import Settings

    return Settings(
        home=home, database_url="", broker_url="memory://", secret_keys=SecretStr(""), smtp_url=SecretStr(""),
        metrics="", push="", public_url="", google_client_id="", microsoft_client_id="", oidc_issuer="",
    )  # fmt: skip


def open_console(ctx: typer.Context, *, browser: bool) -> None:
    """Open the console with a link that signs in once; where one is running already, only the link is new."""
    from worker.cli.terminal.call import opened
    from worker.service.console import running_console

    call = opened(ctx)
    link = partial(show_link, call, call.user_or_new(), browser=browser)
    running = running_console(call.runtime.settings)
    if running:
        link(running)
    else:
        _keep_running(call, link, logging.WARNING)


def show_link(call: "Call", user_id: int | None, address: str, *, browser: bool) -> None:
    """Make a link that signs in once, print it, and open it in the browser."""
    import webbrowser

    from worker.cli.terminal.out import say
    from worker.storage.transactions import writing
    from worker.web.console.access.links import LINK, make_link

    with writing(call.runtime.engine) as connection:
        word = make_link(connection, user_id, LINK, call.runtime.clock())
    url = f"{address}/enter?word={word}"
    print(f"Open: {url}", flush=True)
    say("The link works once, for 15 minutes. Stop keepwarm any time with Ctrl-C; nothing is lost.")
    if browser:
        webbrowser.open(url)


def _keep_running(call: "Call", at: Callable[[str], object], level: int, *, workers: bool = True) -> None:
    """Run everything in this process, the console included; `at` gets its address."""
    from worker.app.logs import set_up
    from worker.cli.admin.checks.examine import examine
    from worker.service.console import Shown
    from worker.service.run import run as run_everything

    set_up(level)
    run_everything(call.runtime, workers=workers, console=Shown(examine, at))


def run(
    ctx: typer.Context,
    no_workers: Annotated[
        bool,
        typer.Option(
            "--no-workers", help="Only schedule; workers run separately (`dramatiq worker.service.worker_process`)."
        ),
    ] = False,
) -> None:
    """Keep everything up to date until you stop it: scheduler, workers and console in one process."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say

    call = opened(ctx)
    say("Running. Stop it any time with Ctrl-C; nothing is lost.")

    def at(address: str) -> None:
        say(f"The console is at {address}. `keepwarm` gives you a link that signs you in.")

    _keep_running(call, at, logging.INFO, workers=not no_workers)
