"""`backtest`: replay past digests over your own history, and count how many warnings were right."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.backtest import Backtest


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
    from worker.backtest import plot as draw
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.dates import parse_day, parse_length
    from worker.cli.terminal.out import plain, put_json, say, screen
    from worker.views.judgement.backtest import earliest, moments_of, replayed

    with looking(ctx) as desk:
        last = min(parse_day(end, desk.zone, "--to") or desk.now, desk.now)
        first = parse_day(begin, desk.zone, "--from") or earliest(desk.view, last)
        moments = moments_of(first, last, parse_length(every, "--every")) if first else []
        if len(moments) < 2:
            say("There isn't enough history to replay: keepwarm needs half a year before the first digest.")
            raise typer.Exit(1)
        found = replayed(desk.view, moments, _track)
    if plot is not None:
        plot.write_text(draw(found), encoding="utf-8")
        say(f"Saved to {plot}.")
    if as_json:
        from dataclasses import asdict

        put_json(plain(asdict(found)))
    else:
        screen().print(_table(found))


def _track(moments: "Sequence[datetime]") -> "Iterable[datetime]":
    """Show a bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(moments, "Replaying", console=console, transient=True, disable=not console.is_terminal)


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
