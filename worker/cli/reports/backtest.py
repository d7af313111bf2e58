"""`backtest`: replay past digests over your own history, and count how many warnings were right."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.backtest import Backtest
    from worker.cli.terminal.call import UserSession
    from worker.judgement.facts import History

#: A replay begins when the history is this old, and goes back no further than this unless it is asked to.
LEARNING, FAR = timedelta(days=180), timedelta(days=730)


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, backtest)


def backtest(
    ctx: typer.Context,
    begin: Annotated[str | None, typer.Option("--from", metavar="DAY", help="Date of the first digest.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Date of the last digest.")] = None,
    every: Annotated[str, typer.Option(metavar="LENGTH", help="Time between two digests.")] = "7d",
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Save a chart as SVG.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replay past digests over your own history, and count how many warnings were right."""
    from worker.backtest import backtest as replay
    from worker.backtest import plot as draw
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.dates import parse_day, parse_length
    from worker.cli.terminal.out import plain, put_json, say, screen

    with looking(ctx) as desk:
        last = min(parse_day(end, desk.zone, "--to") or desk.now, desk.now)
        first = parse_day(begin, desk.zone, "--from") or _earliest(desk, last)
        moments = _moments(first, last, parse_length(every, "--every")) if first else []
        if len(moments) < 2:
            say("There isn't enough history to replay: keepwarm needs half a year before the first digest.")
            raise typer.Exit(1)
        replayed = replay(_weeks(desk, moments), desk.call.rules())
    if plot is not None:
        plot.write_text(draw(replayed), encoding="utf-8")
        say(f"Saved to {plot}.")
    if as_json:
        from dataclasses import asdict

        put_json(plain(asdict(replayed)))
    else:
        screen().print(_table(replayed))


def _earliest(desk: "UserSession", last: datetime) -> datetime | None:
    from sqlalchemy import func, select

    from models.history import Interaction

    first = desk.connection.scalar(select(func.min(Interaction.occurred_at)).where(Interaction.user_id == desk.user_id))
    return None if first is None else max(first + LEARNING, last - FAR)


def _moments(first: datetime, last: datetime, step: timedelta) -> list[datetime]:
    """List the digests so that the last of them falls on the end."""
    count = max(0, (last - first) // step)
    return [last - step * back for back in range(count, -1, -1)]


def _weeks(desk: "UserSession", moments: list[datetime]) -> "Iterator[tuple[datetime, Mapping[str, History]]]":
    """Read everybody's history as of each moment, with a bar; what was booked then is no longer known, so none is."""
    from dataclasses import replace

    from rich.console import Console
    from rich.progress import track

    from worker.judgement.histories import histories

    console = Console(stderr=True)
    for now in track(moments, "Replaying", console=console, transient=True, disable=not console.is_terminal):
        known = histories(desk.connection, desk.user_id, now)
        yield now, {person: replace(history, next_meeting_at=None) for person, history in known if history.days}


def _table(replayed: "Backtest") -> Any:
    from rich.console import Group
    from rich.text import Text

    from worker.cli.terminal.out import table
    from worker.wording.dates import date

    rows = table("named when", "warnings", "right", "wrong", "open", "share right", "silences caught", "after", "ahead")
    for column in rows.columns:
        column.justify = "right"
    for one in replayed.outcomes:
        decided = one.right + one.wrong
        rows.add_row(
            f"{one.threshold:.0%} likely",
            f"{one.warnings:,}",
            f"{one.right:,}",
            f"{one.wrong:,}",
            f"{one.undecided:,}",
            f"{one.right / decided:.0%}" if decided else "",
            f"{one.caught:,} of {one.silences:,}",
            "" if one.median_silence is None else f"{one.median_silence:.0f} days",
            "" if one.median_ahead is None else f"{one.median_ahead:.0f} days",
            style="bold" if one.threshold == replayed.threshold else "",
        )
    begins, ends = (date(at, replayed.ends, "UTC") for at in (replayed.begins, replayed.ends))
    period = f"{replayed.weeks:,} digests from {begins} to {ends} {replayed.ends.year}"
    notes = (
        "bold: the threshold in force; open: not decided by the end; after: how long the silence was when a right\n"
        "warning came; ahead: how long before it was a lasting one"
    )
    return Group(Text(period), rows, Text(notes, "dim"))
