"""`doctor`, `db` and `users`: looking after the installation."""

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.options import AsJson, Yes, mail_address, time_zone
from worker.cli.terminal.shape import command, group

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from worker.app.settings import Settings


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, doctor)
    db = group("db", help="Upgrade or copy the database.")
    command(db, upgrade)
    command(db, copy)
    app.add_typer(db)
    users = group("users", help="Manage the people who share this installation.")
    command(users, add_user, "add")
    command(users, list_users, "list")
    command(users, remove_user, "remove")
    app.add_typer(users)


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check the installation: settings, keys, database, queue, clock and providers."""
    from worker.cli.admin.checks.check import Level
    from worker.cli.admin.checks.examine import examine
    from worker.cli.terminal.out import put_json, safe, screen, table
    from worker.cli.terminal.shape import Shared

    found = examine(ctx.find_root().ensure_object(Shared).now)
    if as_json:
        put_json([{"check": one.name, "level": one.level.value, "says": one.sentence} for one in found])
    else:
        marks = {Level.FINE: ("✓", "green"), Level.ADVICE: ("!", "yellow"), Level.WRONG: ("✗", "red")}
        rows = table("", "", "")
        for one in found:
            mark, colour = marks[one.level]
            rows.add_row(safe(mark, style=colour), safe(one.name, style="bold"), safe(one.sentence, 400))
        screen().print(rows)
    if any(one.level is Level.WRONG for one in found):
        raise typer.Exit(1)


def upgrade() -> None:
    """Upgrade the database to this version, or create it."""
    from worker.app.settings import Settings
    from worker.cli.terminal.out import say
    from worker.storage.engine import open_database
    from worker.storage.migrations import SchemaMismatch, check_schema
    from worker.storage.migrations import upgrade as bring_up

    settings = Settings()
    engine = open_database(settings.database)
    try:
        try:
            check_schema(engine)
        except SchemaMismatch as error:
            if error.code == "app.newer_schema":
                raise
            bring_up(engine)
            check_schema(engine)
            say("The database is now up to date.")
        else:
            say("The database was already up to date.")
        _bind_sign_ins(settings, engine)
    finally:
        engine.dispose()


def _bind_sign_ins(settings: "Settings", engine: "Engine") -> None:
    """Seal again what an earlier version has sealed without binding it to its account, if the keys are at hand."""
    from sqlalchemy import select

    from models.accounts import Secret
    from worker.app.secrets.key_rotation import reseal_all
    from worker.app.secrets.vault import WrongKey, open_vault
    from worker.cli.terminal.out import say
    from worker.storage.transactions import reading
    from worker.wording.errors.sentence import sentence

    with reading(engine) as connection:
        if connection.scalar(select(Secret.account_id).limit(1)) is None:
            return  # nothing is sealed, and no key shall be made for it
    try:
        reseal_all(engine, open_vault(settings))
    except WrongKey as error:
        say(f"The saved sign-ins are unchanged. {sentence(error)}")


def copy(
    target: Annotated[
        str, typer.Argument(metavar="URL", help="An empty database: postgresql+psycopg://... or sqlite:///...")
    ],
) -> None:
    """Copy everything to another database, for example from SQLite to PostgreSQL. Stop keepwarm first."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    from worker.app.settings import Settings
    from worker.cli.terminal.out import say
    from worker.storage.copying import copy as move
    from worker.storage.engine import open_database

    try:
        new = open_database(target)
    except (ArgumentError, NoSuchModuleError) as error:
        raise typer.BadParameter(f"{target!r} isn't a database address keepwarm can use.", param_hint="URL") from error
    old = open_database(Settings().database)
    try:
        counts = move(old, new)
    finally:
        old.dispose()
        new.dispose()
    say(f"Copied {sum(counts.values()):,} rows. To use the copy, set KEEPWARM_DATABASE_URL={new.url}")


def add_user(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Their email address.")],
    name: Annotated[str, typer.Option(help="Their name, for the digest's greeting.")] = "",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Their time zone, such as Europe/Berlin.")] = "UTC",
) -> None:
    """Add a user. Connecting the first account adds one by itself."""
    from worker.app.users import add_user as welcome
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.storage.transactions import writing

    time_zone(zone, "--zone")
    mail_address(address, "ADDRESS")
    call = opened(ctx)
    with writing(call.runtime.engine) as connection:
        welcome(connection, address, call.now, name=name, zone=zone)
    say(f"Added {address}. Next: `keepwarm connect gmail --user {address}`.")


def list_users(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List all users, with the account numbers that metrics and logs show."""
    from sqlalchemy import select

    from models.accounts import Account, User
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import put_json, safe, screen, table
    from worker.decisions.preferences import preferences_of
    from worker.storage.transactions import reading

    with reading(opened(ctx).runtime.engine) as connection:
        users = connection.execute(select(User.id, User.address, User.name, User.zone).order_by(User.address)).all()
        found = [(row.address, row.name, row.zone, str(preferences_of(connection, row.id))) for row in users]
        owned = connection.execute(select(Account.user_id, Account.id, Account.provider).order_by(Account.id)).all()
    accounts = [{one.id: one.provider for one in owned if one.user_id == row.id} for row in users]
    if as_json:
        people = [dict(zip(("address", "name", "zone", "digest"), one, strict=True)) for one in found]
        put_json([one | {"accounts": own} for one, own in zip(people, accounts, strict=True)])
        return
    rows = table("address", "name", "zone", "digest", "accounts")
    for (address, name, zone, digest), own in zip(found, accounts, strict=True):
        rows.add_row(safe(address), safe(name), zone, digest, ", ".join(f"{id_} {kind}" for id_, kind in own.items()))
    screen().print(rows)


def remove_user(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The user to erase.")],
    yes: Yes = False,
) -> None:
    """Erase a user with their accounts, sign-ins and history."""
    from sqlalchemy import delete

    from models.accounts import User
    from worker.app.users import the_user
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.storage.engine import scrub
    from worker.storage.transactions import reading, writing

    engine = opened(ctx).runtime.engine
    with reading(engine) as connection:
        user_id = the_user(connection, address)
    if not yes:
        typer.confirm(f"Erase {address} and everything of theirs? This can't be undone.", abort=True, err=True)
    with writing(engine) as connection:
        connection.execute(delete(User).where(User.id == user_id))
    scrub(engine)
    say(f"Erased {address}.")
