"""`status`: what is connected, how far it is read, what became of everything, and what needs the person."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from worker.cli.terminal.call import UserSession
    from worker.sync.completeness import AccountCount, StreamCount


COUNTED = ("found", "kept", "skipped", "later", "unreadable")


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, status)


def status(
    ctx: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="List what couldn't be read, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is connected, how far it has been read, and what needs your attention."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import NARROW, put_json, safe, say, screen, table
    from worker.storage.outages import warning
    from worker.sync.completeness import completeness

    with looking(ctx) as desk:
        accounts = completeness(desk.connection, desk.user_id)
        bad = _failures(desk) if failed else []
        digest = _digest(desk, accounts) if accounts else []
    if as_json:
        put_json(bad if failed else [_row(account) for account in accounts])
    elif failed:
        rows = table("what", "where", "why")
        for one in bad:
            rows.add_row(one["kind"], safe(f"{one['account']} {one['place']}".strip(), 140), safe(one["reason"], 140))
        screen().print(rows) if bad else say("Everything was read, and nothing has failed.")
        if any(one["kind"] == "task" for one in bad):
            say("Try failed tasks again now with `keepwarm retry`.")
    else:
        out = screen()
        for account in accounts:
            out.print(_account(account, desk.now, desk.zone, narrow=out.width < NARROW))
        for line in digest:
            out.print(safe(line, 400))
        if not accounts:
            say("Nothing is connected yet. Start with `keepwarm connect gmail|outlook|imap|archive PATH`.")
        if little := warning(desk.call.runtime.engine):
            say(little)
    if any(account.state == "needs_person" or account.sending_trouble for account in accounts):
        raise typer.Exit(3)


def _failures(desk: "UserSession") -> list[dict[str, Any]]:
    """List what could not be read, and the tasks that failed after all their tries."""
    from worker.cli.terminal.out import plain
    from worker.queue.dead_letters import failed
    from worker.sync.completeness import unreadable

    return [
        {"kind": "unreadable", "account": one.account, "stream": one.stream, "place": one.place, "reason": one.reason}
        for one in unreadable(desk.connection, desk.user_id)
    ] + [
        {
            "kind": "task",
            "account": "",
            "place": f"{one.actor.rpartition('.')[2]} {one.subject}",
            "reason": one.error,
            "times": one.times,
            "first_at": plain(one.first_at),
            "last_at": plain(one.last_at),
            "again_at": plain(one.again_at),
        }
        for one in failed(desk.connection, desk.user_id)
    ]


def _digest(desk: "UserSession", accounts: "list[AccountCount]") -> list[str]:
    """Say when the digest comes and how, and what stands in its way."""
    from worker.decisions.preferences import preferences_of
    from worker.digest.deliver.pending import pending_digests

    wanted = preferences_of(desk.connection, desk.user_id)
    if not wanted.wanted:
        return ["Digest: off. Turn it on with `keepwarm digest --every week`."]
    chosen = next((account for account in accounts if account.sends_digest), None)
    if chosen:
        way = f"emailed from {chosen.account} to itself"
    elif desk.call.runtime.settings.smtp_url.get_secret_value():
        way = "sent through KEEPWARM_SMTP_URL"
    else:
        way = "not emailed; read it with `keepwarm digest`"
    waiting = pending_digests(desk.connection, desk.user_id)
    return [f"Digest: {wanted}, {way}", *(f"The digest {period} hasn't gone out. {why}" for _, period, why in waiting)]


def _row(account: "AccountCount") -> dict[str, Any]:
    from dataclasses import asdict

    from worker.cli.terminal.out import plain

    streams = [
        asdict(stream) | {"found": stream.found, "complete": round(stream.complete, 4)} for stream in account.streams
    ]
    row: dict[str, Any] = plain(asdict(account) | {"streams": streams})
    return row


def words(stream: "StreamCount", now: datetime, zone: str) -> str:
    """Say in words where the reading of a stream stands."""
    from worker.wording.dates import moment
    from worker.wording.spans import ago

    if stream.trouble and stream.failures:
        again = f"; next try {moment(stream.due_at, now, zone)}" if stream.due_at and stream.due_at > now else ""
        return f"{stream.trouble}{again}"
    if stream.unfinished:
        return (
            f"reading, {stream.complete:.0%} done"
            if stream.done or stream.listed
            else "not read yet; run `keepwarm sync`"
        )
    if stream.synced_at is None:
        return "not read yet; run `keepwarm sync`"
    read = f"up to date {ago(now - stream.synced_at)}"
    if stream.unreadable:
        nothing = stream.unreadable == stream.found
        what = "nothing in it could" if nothing else f"{stream.unreadable:,} of {stream.found:,} couldn't"
        return f"{read}, but {what} be read (`keepwarm status --failed`)"
    return read + (f": {stream.trouble}" if stream.trouble else "")


def _account(account: "AccountCount", now: datetime, zone: str, *, narrow: bool) -> "RenderableType":
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from worker.cli.terminal.out import safe
    from worker.wording.dates import moment

    states = {"active": ("connected", "green"), "needs_person": ("needs you", "yellow")}
    state, colour = states.get(account.state, (account.state.replace("_", " "), "dim"))
    head = Text.assemble((f"{account.account}  {account.provider}", "bold"), "  ", (state, colour))
    rows = _streams(account, now, zone) if narrow else _table(account, now, zone)
    parts: list[RenderableType] = [head, Padding(rows, (0, 0, 0, 2), expand=False)]
    for title, reasons in (("skipped", _sum(account, "skipped")), ("later", _sum(account, "deferred"))):
        if reasons:
            said = ", ".join(f"{number:,} {reason}" for reason, number in reasons)
            parts.append(Padding(safe(f"{title}: {said}", 400, "dim"), (0, 0, 0, 2), expand=False))
    if account.trouble:
        parts.append(Padding(safe(account.trouble, 300, "yellow"), (0, 0, 0, 2), expand=False))
    if account.no_hints:
        parts.append(
            Padding(
                safe(f"checked regularly, without notifications. {account.no_hints}", 300, "dim"),
                (0, 0, 0, 2),
                expand=False,
            )
        )
    if account.sending_trouble:
        parts.append(Padding(safe(account.sending_trouble, 300, "yellow"), (0, 0, 0, 2), expand=False))
    if account.paused_until and account.paused_until > now:
        until = moment(account.paused_until, now, zone)
        parts.append(Padding(safe(f"paused until {until}, as the provider asked"), (0, 2)))
    return Group(*parts)


def _table(account: "AccountCount", now: datetime, zone: str) -> "RenderableType":
    """Show a row for each stream."""
    from worker.cli.terminal.out import safe, table

    rows = table("", *COUNTED, "complete", "")
    for column in rows.columns[1:7]:
        column.justify = "right"
    for stream in account.streams:
        counts = (f"{number:,}" for number in _counts(stream))
        standing = safe(words(stream, now, zone), 160, "dim")
        rows.add_row(safe(stream.title, 40), *counts, f"{stream.complete:.0%}", standing)
    return rows


def _streams(account: "AccountCount", now: datetime, zone: str) -> "RenderableType":
    """Show a few lines for each stream, where a row would not fit."""
    from rich.console import Group

    from worker.cli.terminal.out import safe

    lines: list[RenderableType] = []
    for stream in account.streams:
        counts = (f"{number:,} {what}" for number, what in zip(_counts(stream), COUNTED, strict=True) if number)
        lines.append(safe(f"{stream.title}  {stream.complete:.0%}", 80))
        lines += [safe(said, 240, "dim") for said in (", ".join(counts), words(stream, now, zone)) if said]
    return Group(*lines)


def _counts(stream: "StreamCount") -> tuple[int, ...]:
    """Count as COUNTED names them."""
    return (
        stream.found,
        stream.held,
        sum(stream.skipped.values()),
        sum(stream.deferred.values()),
        stream.unreadable,
    )


def _sum(account: "AccountCount", kind: str) -> list[tuple[str, int]]:
    """Add the reasons of all streams, the most frequent first."""
    reasons: dict[str, int] = {}
    for stream in account.streams:
        for reason, number in getattr(stream, kind).items():
            reasons[reason] = reasons.get(reason, 0) + number
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
