"""`setup google`: a Google project of one's own, step by step, checked before the browser opens."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from models.enums import Provider
from worker.cli.accounts.sign_in import NoBrowser, sign_in_to
from worker.cli.terminal.shape import command, group

CONSOLE = "https://console.cloud.google.com"
STEPS = (
    f"Create a project: {CONSOLE}/projectcreate",
    (
        "Switch on two APIs, and press Enable on each page:\n"
        f"  {CONSOLE}/apis/library/gmail.googleapis.com\n"
        f"  {CONSOLE}/apis/library/calendar-json.googleapis.com"
    ),
    (
        f"Choose the audience: {CONSOLE}/auth/audience\n"
        "  Internal, if you are on Google Workspace. Otherwise External, and then press 'Publish app' before you\n"
        "  connect: while its status is 'Testing', Google ends every sign-in after 7 days. For yourself you need no\n"
        "  verification; Google just shows a warning page once."
    ),
    f"Add these scopes ('Manually add scopes'): {CONSOLE}/auth/scopes\n{{scopes}}",
    f"Create a client of the type 'Desktop app', and download its JSON file: {CONSOLE}/auth/clients",
)


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    setup = group("setup", help="Set up what a provider wants before you can connect.")
    setup.callback()(_commands)
    command(setup, google)
    app.add_typer(setup)


def _commands() -> None:
    """Keep it a group, though it has one command."""


def google(
    ctx: typer.Context,
    client: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The client's JSON file, as downloaded from Google.")
    ] = None,
    *,
    no_browser: NoBrowser = False,
    later: Annotated[bool, typer.Option("--later", help="Only set up; connect with `keepwarm connect gmail`.")] = False,
) -> None:
    """Set up your own Google project, so that Google itself limits keepwarm to headers. About 20 minutes."""
    from connectors.gmail.client_file import check_client, read_client
    from worker.accounts.providers.google_endpoints import endpoints_of
    from worker.app.home_file import keep_settings, shadowed
    from worker.app.settings import Settings
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say

    if client is None:
        _lead()
        client = Path(_asked("Path of the downloaded file"))
    id_, secret = read_client(client)
    values = {"KEEPWARM_GOOGLE_CLIENT_ID": id_, "KEEPWARM_GOOGLE_CLIENT_SECRET": secret}
    settings = Settings().model_copy(update={"google_client_id": id_, "google_client_secret": _sealed(secret)})
    say("Asking Google whether it knows this client ...")
    check_client(endpoints_of(settings))
    say(f"It does. Saved in {keep_settings(settings, values)}; you can delete {client} now.")
    for name in shadowed(values):
        say(f"{name} is also set in the environment, with another value that comes first. Unset it there.")
    if later:
        say("Connect with `keepwarm connect gmail`.")
        return
    say("If your project is External, press 'Publish app' before you go on: in 'Testing', sign-ins end after 7 days.")
    if sys.stdin.isatty():
        typer.confirm("Is it published, or Internal?", abort=True, err=True)
    sign_in_to(opened(ctx), Provider.GMAIL, None, no_browser=no_browser, later=False, as_json=False)


def _lead() -> None:
    """Say the steps, one after the other where someone presses Enter."""
    from connectors.gmail.auth import SCOPES
    from worker.cli.terminal.out import say

    for number, step in enumerate(STEPS, 1):
        say(f"{number}. {step.format(scopes=chr(10).join(f'  {scope}' for scope in SCOPES))}")
        if sys.stdin.isatty():
            typer.prompt("Done? Press Enter", default="", show_default=False, err=True)


def _asked(what: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, err=True)).strip()
    return sys.stdin.readline().strip()


def _sealed(secret: str) -> object:
    from pydantic import SecretStr

    return SecretStr(secret)
