"""`team` and `who-knows`: what colleagues show each other, if both have agreed."""

from typing import Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command, group


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    team = group("team", help="Share with colleagues, who share with you, at which firms you know people.")
    command(team, on)
    command(team, off)
    app.add_typer(team)
    command(app, who_knows, "who-knows")


def on(ctx: typer.Context) -> None:
    """Agree that colleagues who also agree learn how deep your relationships at a firm are, in one word."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.organizations.team import share

    with deciding(ctx) as desk:
        team = share(desk.connection, desk.user_id, desk.now)
    say(
        f"Colleagues of {team} who share as well can now ask who knows someone at a firm. They see your name and one "
        "word, such as 'rooted': never who it is, nor any subject, number or date."
    )


def off(ctx: typer.Context) -> None:
    """Stop sharing at once."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.organizations.team import stop_sharing

    with deciding(ctx) as desk:
        was = stop_sharing(desk.connection, desk.user_id)
    say("Nothing is shown to colleagues any more." if was else "Nothing was being shared.")


def who_knows(
    ctx: typer.Context,
    firm: Annotated[str, typer.Argument(metavar="FIRM", help="Its domain, such as acme.com, or acme.")],
    as_json: AsJson = False,
) -> None:
    """Ask which colleagues know someone at a firm; only those who share are answered, and name themselves."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, safe, say, screen, table
    from worker.organizations.team import who_knows as ask

    with looking(ctx) as desk:
        found = ask(desk.connection, desk.user_id, firm)
    if as_json:
        put_json([{"name": one.name, "address": one.address, "stage": one.stage.value} for one in found])
        return
    if not found:
        say(f"No colleague who shares knows anyone at {firm}.")
        return
    rows = table("colleague", "", "how well")
    for one in found:
        rows.add_row(safe(one.name), safe(one.address), one.stage.value)
    screen().print(rows)
