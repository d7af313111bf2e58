"""`tend`: how many relationships you keep up with at once, as your own past shows, or as you say."""

from typing import Annotated

import typer

from worker.cli.terminal.shape import command


def add(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, tend)


def tend(
    ctx: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", min=1, max=5000, help="How many you want to keep up with.")
    ] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="Go by your own past again.")] = False,
) -> None:
    """Show or set how many relationships you keep up with at once. With more, the digest suggests who could rest."""
    from worker.cli.terminal.call import deciding, looking
    from worker.cli.terminal.out import say
    from worker.decisions.tending import set_tended
    from worker.judgement.keep.relationships import with_histories
    from worker.network.tended import said_to_tend, tended_by

    if number is not None and off:
        raise typer.BadParameter("Give a number or --off, not both.")
    if number is not None or off:
        with deciding(ctx) as desk:
            set_tended(desk.connection, desk.user_id, number, desk.now)
    with looking(ctx) as desk:
        said = said_to_tend(desk.connection, desk.user_id)
        usual = tended_by(with_histories(desk.connection, desk.user_id, desk.call.rules, desk.now), desk.now)
    if said is not None:
        say(f"You want to keep up with {said} people at once. `keepwarm tend --off` goes by your own past again.")
    elif usual is not None:
        say(f"You usually keep up with about {usual} people at once.")
    else:
        say("There's too little past yet to tell how many people you keep up with at once.")
