"""`organisation`: an administrator connects everyone's mailbox once; each person is notified, and can say no."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.enums import Provider
from worker.cli.terminal.options import AsJson, Yes, mail_address
from worker.cli.terminal.shape import command, group

if TYPE_CHECKING:
    from worker.cli.terminal.call import Call
    from worker.organizations.allowed import Allowed

Admin = Annotated[
    str, typer.Option(metavar="ADDRESS", help="The administrator who decided this; every notice names them.")
]
Allow = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Whose mailboxes may be read: a file with one address a line.")
]
Group = Annotated[str | None, typer.Option(metavar="NAME", help="Or the people of this group (Microsoft: its id).")]
Everyone = Annotated[bool, typer.Option("--everyone", help="Or everybody in the directory.")]


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    organisation = group("organisation", help="Connect an organization once; its people are notified and can say no.")
    connect = group("connect", help="Connect the mailboxes of an organization.")
    command(connect, google)
    command(connect, microsoft)
    organisation.add_typer(connect)
    command(organisation, status)
    command(organisation, refresh)
    command(organisation, leave)
    command(organisation, join)
    command(organisation, disconnect)
    app.add_typer(organisation)


def google(
    ctx: typer.Context,
    *,
    admin: Admin,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The service account's key file.")] = None,
    service_account: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Or its address: then Google's IAM signs, without a key file.")
    ] = None,
    allow: Allow = None,
    group: Group = None,
    everyone: Everyone = False,
) -> None:
    """Connect a Google Workspace by a service account with domain-wide delegation."""
    from connectors.gmail.delegated import ServiceAccount, read_key
    from worker.cli.terminal.call import opened

    who = mail_address(admin, "--admin").lower()
    if (key is None) == (service_account is None):
        raise typer.BadParameter("Give one of --key FILE and --service-account ADDRESS.", param_hint="--key")
    if key is not None:
        secret = read_key(key.expanduser().read_text(encoding="utf-8", errors="replace"), key.name, who)
    else:
        secret = ServiceAccount(email=mail_address(service_account or "", "--service-account"), admin=who)
    listed = _allowed(allow, group, everyone=everyone)
    _connect(opened(ctx), Provider.GMAIL, who.rpartition("@")[2], who, secret.encoded(), listed)


def microsoft(
    ctx: typer.Context,
    *,
    admin: Admin,
    tenant: Annotated[str, typer.Option(metavar="ID", help="The directory (tenant) id.")],
    client: Annotated[
        str | None, typer.Option(metavar="ID", help="The application's id; KEEPWARM_MICROSOFT_CLIENT_ID if left out.")
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Its private key and certificate (PEM); else KEEPWARM_MICROSOFT_CLIENT_SECRET."
        ),
    ] = None,
    allow: Allow = None,
    group: Group = None,
    everyone: Everyone = False,
) -> None:
    """Connect a Microsoft 365 tenant by application permissions: Mail.ReadBasic.All and Calendars.ReadBasic.All."""
    from worker.accounts.providers.outlook_organization import application
    from worker.cli.terminal.call import opened

    who = mail_address(admin, "--admin").lower()
    call = opened(ctx)
    pem = certificate.expanduser().read_text(encoding="utf-8") if certificate else ""
    secret = application(call.runtime.settings, tenant, client, pem, certificate.name if certificate else "")
    listed = _allowed(allow, group, everyone=everyone)
    _connect(call, Provider.OUTLOOK, tenant.lower(), who, secret, listed)


def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show each organization, the people it names, and those not read, with the reason."""
    from sqlalchemy import select

    from models.organizations import Member, Organization
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import put_json, safe, say, screen, table
    from worker.storage.transactions import reading

    with reading(opened(ctx).runtime.engine) as connection:
        organizations = connection.execute(select(Organization).order_by(Organization.name)).all()
        members = connection.execute(select(Member).order_by(Member.address)).all()
    if as_json:
        put_json([
            {"name": one.name, "provider": one.provider, "decided_by": one.decided_by, "trouble": one.trouble,
             "people": [{"address": each.address, "state": each.state, "why": each.trouble}
                        for each in members if each.organization_id == one.id]}
            for one in organizations
        ])  # fmt: skip
        return
    if not organizations:
        say("No organization is connected.")
    for one in organizations:
        say(
            f"{one.name} ({one.provider}), by decision of {one.decided_by}."
            + (f" {one.trouble}" if one.trouble else "")
        )
        rows = table("address", "state", "why")
        for each in members:
            if each.organization_id == one.id:
                rows.add_row(safe(each.address), each.state, safe(each.trouble, 120))
        screen().print(rows)


def refresh(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="The domain, or the tenant's id.")]
) -> None:
    """Compare an organization with its allow-list now; `keepwarm run` does it twice a day."""
    from worker.cli.terminal.call import opened
    from worker.organizations.connect import find_organization

    call = opened(ctx)
    _look_after(call, find_organization(call.runtime, name), name)


def leave(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The person who doesn't want to be read.")],
    yes: Yes = False,
) -> None:
    """Say no: nothing more is read of a person, and all that was read is erased, whatever an administrator decides."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.organizations.opting import opt_out
    from worker.organizations.record import due_organizations
    from worker.organizations.upkeep import look_after
    from worker.storage.transactions import reading, writing

    whose = mail_address(address, "ADDRESS").lower()
    if not yes:
        typer.confirm(f"Erase all that was read of {whose}, and read nothing more? This can't be undone.",
                      abort=True, err=True)  # fmt: skip
    call = opened(ctx)
    with writing(call.runtime.engine) as connection:
        opt_out(connection, whose, call.now)
    with reading(call.runtime.engine) as connection:
        waiting = due_organizations(connection, call.now)
    for organization in waiting:
        look_after(call.runtime, organization)
    say(f"Nothing is read of {whose} any more, and what was read is erased. No list brings it back.")


def join(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The person who takes their no back.")],
) -> None:
    """Withdraw a no: whoever an allow-list names is notified again, and read from then on."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.organizations.opting import opt_in
    from worker.storage.transactions import writing

    whose = mail_address(address, "ADDRESS").lower()
    with writing(opened(ctx).runtime.engine) as connection:
        opt_in(connection, whose)
    say(f"{whose} can be read again if an allow-list names them. See `keepwarm organisation status`.")


def disconnect(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The domain, or the tenant's id.")],
    *,
    erase: Annotated[bool, typer.Option("--erase", help="Also erase all that was read.")] = False,
    yes: Yes = False,
) -> None:
    """Read no mailbox of an organization any more, and delete what opens them."""
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import say
    from worker.organizations.connect import disconnect_organization, find_organization

    call = opened(ctx)
    found = find_organization(call.runtime, name)
    if erase and not yes:
        typer.confirm(f"Erase all that was read of {name}? This can't be undone.", abort=True, err=True)
    disconnect_organization(call.runtime, found, everything=erase)
    say(f"Disconnected {name}. What was read of its people {'is erased' if erase else 'stays theirs'}.")


def _allowed(allow: Path | None, group: str | None, *, everyone: bool) -> "Allowed":
    from worker.organizations.allowed import Allowed, Kind, NotAllowed, read_file

    if (allow is not None) + (group is not None) + everyone != 1:
        raise NotAllowed("organization.one_list")
    if allow is not None:
        return read_file(allow)
    return Allowed(Kind.GROUP, group) if group is not None else Allowed(Kind.EVERYONE)


def _connect(call: "Call", provider: Provider, name: str, admin: str, secret: str, allowed: "Allowed") -> None:
    from worker.cli.terminal.out import say
    from worker.organizations.connect import connect_organization

    say("Checking what the organization allows ...")
    found = connect_organization(call.runtime, provider, name=name, decided_by=admin, secret=secret, allowed=allowed)
    say(f"Connected {name}. Every person is notified before anything of theirs is read ...")
    _look_after(call, found, name)
    say("Their email is read by `keepwarm run`. Each sees their own data alone.")


def _look_after(call: "Call", organization_id: int, name: str) -> None:
    from collections import Counter

    from sqlalchemy import select

    from models.organizations import Member
    from worker.cli.terminal.out import say
    from worker.organizations.upkeep import look_after
    from worker.storage.transactions import reading
    from worker.wording.lists import listed

    trouble = look_after(call.runtime, organization_id)
    if trouble:
        say(trouble)
        raise typer.Exit(1)
    with reading(call.runtime.engine) as connection:
        states = Counter(connection.scalars(select(Member.state).where(Member.organization_id == organization_id)))
    said = listed([f"{number} {state}" for state, number in sorted(states.items())], 9)
    say(f"{name}: {said}. See `keepwarm organisation status`.")
