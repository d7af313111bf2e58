"""`tokens`: what programs show to read, or act, for you."""

from typing import Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command, group


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    tokens = group("tokens", help="Tokens with which programs may read, or act, for you.")
    command(tokens, add_token, "add")
    command(tokens, list_all, "list")
    command(tokens, revoke)
    app.add_typer(tokens)


def add_token(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, such as: dashboard.")],
    act: Annotated[bool, typer.Option("--act", help="It may also take actions, such as snooze.")] = False,
    feed: Annotated[bool, typer.Option("--feed", help="It only opens the address book, for a phone.")] = False,
) -> None:
    """Make a token, and print it once. Anyone who has it may read your history through the API."""
    from worker.app.tokens import Right
    from worker.app.tokens import add_token as make
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say

    if act and feed:
        raise typer.BadParameter("A token for a phone can't act. Make two.", param_hint="--act")
    rights = {Right.FEED} if feed else {Right.READ, Right.ACT} if act else {Right.READ}
    with deciding(ctx) as desk:
        token = make(desk.connection, desk.user_id, name, frozenset(rights), desk.now)
        settings = desk.call.runtime.settings
    port = settings.console.rpartition(":")[2]
    home = settings.public_url or f"http://127.0.0.1:{port if port.isdecimal() else '8484'}"
    print(f"{home}/feeds/{token}/contacts.vcf" if feed else token)
    if feed:
        say(f"By CardDAV (iPhone, DAVx5): the server {home}, any user name, and as the password {token}")
    say("It isn't shown again. To revoke it: keepwarm tokens revoke " + token.split("_")[1])


def list_all(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List your tokens, and what each may do."""
    from worker.app.tokens import list_tokens
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import plain, put_json, safe, say, screen, table
    from worker.wording.dates import date

    with looking(ctx) as desk:
        found = list_tokens(desk.connection, desk.user_id)
        now, zone = desk.now, desk.zone
    if as_json:
        put_json([plain({"id": one.id, "name": one.name, "may": one.rights, "made_at": one.made_at}) for one in found])
        return
    if not found:
        say("You have no tokens. Make one with `keepwarm tokens add NAME`.")
        return
    rows = table("id", "name", "may", "made")
    for one in found:
        rows.add_row(one.id, safe(one.name, 80), " ".join(one.rights), date(one.made_at, now, zone))
    screen().print(rows)


def revoke(
    ctx: typer.Context, token: Annotated[str, typer.Argument(metavar="ID", help="From `keepwarm tokens list`.")]
) -> None:
    """Revoke a token: whatever shows it is refused from now on."""
    from worker.app.tokens import revoke_token
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say

    with deciding(ctx) as desk:
        revoke_token(desk.connection, desk.user_id, token)
    say("Revoked.")
