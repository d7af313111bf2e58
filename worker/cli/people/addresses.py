"""Whose addresses are whose: `me` for your own, `keep` for people taken for machines, `merges` for merged ones."""

from typing import Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command, group

Off = Annotated[bool, typer.Option("--off", help="Undo it.")]
Mine = Annotated[str, typer.Argument(metavar="ADDRESS", help="An email address.")]


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    me = group("me", help="Your own addresses: what is sent from them is yours, and they are no one else's.")
    command(me, list_own, "list")
    command(me, add_address, "add")
    command(me, remove, "remove")
    app.add_typer(me)
    for each in (keep, merges):
        command(app, each)


def list_own(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List your own addresses, and why keepwarm takes them for yours."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, safe, screen, table
    from worker.decisions.own import own_addresses

    with looking(ctx) as desk:
        own = own_addresses(desk.connection, desk.user_id)
    if as_json:
        put_json([{"address": address, "why": why} for address, why in own])
        return
    found = table("address", "why")
    for address, why in own:
        found.add_row(safe(address, 200), safe(why, 200))
    screen().print(found)


def add_address(ctx: typer.Context, address: Mine) -> None:
    """Say that an address is yours; everything already read is counted again."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.own import add_own

    with deciding(ctx) as desk:
        found = add_own(desk.connection, desk.user_id, address, desk.now)
    say(f"{found} is yours. If it isn't: keepwarm me remove {found}")


def remove(ctx: typer.Context, address: Mine) -> None:
    """Say that an address isn't yours; everything already read is counted again."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.own import remove_own

    with deciding(ctx) as desk:
        found = remove_own(desk.connection, desk.user_id, address, desk.now)
    say(f"{found} isn't yours any more. To undo this: keepwarm me add {found}")


def keep(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="PERSON|ADDRESS", help="A name, or an address.")],
    off: Off = False,
) -> None:
    """Keep someone who was taken for a machine, a help desk or a mailing list."""
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.own import keep as take_in
    from worker.decisions.own import unkeep

    with deciding(ctx) as desk:
        if off:
            done = unkeep(desk.connection, desk.user_id, who, desk.now)
            say(f"{who} is no longer kept." if done else f"{who} wasn't kept.")
            return
        found = ", ".join(take_in(desk.connection, desk.user_id, who, desk.now))
    say(f"{found} counts as a person now. To undo this: keepwarm keep {found.partition(',')[0]} --off")


def merges(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the addresses keepwarm treats as one person by itself, and why; `split` undoes one."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, safe, say, screen, table
    from worker.identity.merges import automatic_merges

    with looking(ctx) as desk:
        found = automatic_merges(desk.connection, desk.user_id)
    if as_json:
        put_json([one._asdict() for one in found])
        return
    if not found:
        say("keepwarm hasn't merged anyone by itself.")
        return
    rows = table("person", "address", "why", "undo")
    for one in found:
        name = f"{one.name} <{one.person}>" if one.name else one.person
        undo = f"keepwarm split {one.person} {one.address}"
        rows.add_row(*(safe(text, 300) for text in (name, one.address, one.why, undo)))
    screen().print(rows)
