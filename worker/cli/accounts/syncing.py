"""`sync`: read every connected account to the end, with a progress bar for each stream."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.cli.terminal.call import Call
    from worker.service.one_shot import StreamProgress


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, sync)


def sync(
    ctx: typer.Context,
    account: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Read only this account.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again from the beginning.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until everything is read (always, unless the queue runs elsewhere).")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Read what is new in every account."""
    from worker.accounts.store import find_account
    from worker.cli.terminal.call import opened
    from worker.cli.terminal.out import put_json
    from worker.storage.transactions import reading

    del wait
    call = opened(ctx)
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
        account_id = find_account(connection, user_id, account) if account else None
    standing = read_all(call, user_id, account_id, full=full)
    if as_json:
        put_json(standing)
    code = _code(call, user_id, standing)
    if code:
        raise typer.Exit(code)


def read_all(
    call: "Call", user_id: int, account_id: int | None = None, *, full: bool = False, greet: bool = False
) -> "list[StreamProgress]":
    """Read every stream to its end and report the result; with `greet` also the first people found, early on."""
    from worker.cli.accounts.first_people import FirstPeople
    from worker.cli.terminal.out import say
    from worker.service.one_shot import sync as read

    before = _counts(call, user_id)
    first = FirstPeople(call, user_id, say)
    with bars() as draw:

        def watch(standing: "list[StreamProgress]") -> None:
            draw(standing)
            if greet:
                first.look()

        standing = read(call.runtime, user_id, account_id=account_id, full=full, watch=watch)
    if greet:
        first.look(end=True)
    after = _counts(call, user_id)
    new = after[0] - before[0]
    say(
        f"{after[0]:,} interactions with {after[1]:,} people"
        + (f", {new:,} new" if new > 0 and before[0] else "")
        + (f"; {after[2]:,} couldn't be read (`keepwarm status --failed`)" if after[2] else "")
    )
    for stream in standing:
        if stream.trouble:
            say(f"{stream.account}, {stream.title}: {stream.trouble}")
    for address in _one_sided(call, user_id):
        say(f"{address}: no sent mail in this import, so keepwarm can't tell who has gone quiet. Add your sent mail.")
    return standing


def _one_sided(call: "Call", user_id: int) -> list[str]:
    """The imports that hold received mail only."""
    from worker.judgement.horizon import NEVER, reaches
    from worker.storage.transactions import reading

    with reading(call.runtime.engine) as connection:
        return [one.address for one in reaches(connection, user_id, call.now) if one.until == NEVER]


def _counts(call: "Call", user_id: int) -> tuple[int, int, int]:
    """Count interactions, people, and what could not be read."""
    from sqlalchemy import func, select

    from models.history import Interaction, Unreadable
    from models.people import Person
    from worker.storage.transactions import reading

    with reading(call.runtime.engine) as connection:
        kinds = (Interaction, Person, Unreadable)
        first, second, third = (
            connection.scalar(select(func.count()).select_from(kind).where(kind.user_id == user_id)) or 0
            for kind in kinds
        )
    return first, second, third


def _code(call: "Call", user_id: int, standing: "Sequence[StreamProgress]") -> int:
    """Say how it went: 3 if an account needs the person, 1 if something was left unread, else 0."""
    from sqlalchemy import select

    from models.accounts import Account
    from worker.storage.transactions import reading

    with reading(call.runtime.engine) as connection:
        waiting = connection.scalars(
            select(Account.id).where(Account.user_id == user_id, Account.state == "needs_person")
        ).first()
    if waiting is not None:
        return 3
    return int(any(not stream.finished for stream in standing))


@contextmanager
def bars() -> "Iterator[Callable[[list[StreamProgress]], None]]":
    """Show a bar for each stream, with counts and the time it will take; nothing where standard error is no screen."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:  # and nothing that draws is loaded
        yield lambda _standing: None
        return
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    from worker.wording.text import clean

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[int, TaskID] = {}

        def watch(standing: "list[StreamProgress]") -> None:
            for stream in standing:
                if stream.stream_id not in tasks:
                    tasks[stream.stream_id] = progress.add_task(clean(stream.title, 40), total=None, said="")
                progress.update(
                    tasks[stream.stream_id], total=stream.total, completed=stream.done or 0, said=_so_far(stream)
                )

        yield watch


def _so_far(stream: "StreamProgress") -> str:
    """Say how far a stream is, in its own unit."""
    from rich.filesize import decimal

    if stream.done is None:
        return "waiting" if not stream.finished else "done"
    if stream.unit == "bytes":
        return f"{decimal(stream.done)}{f' of {decimal(stream.total)}' if stream.total else ''}"
    return f"{stream.done:,}{f' of {stream.total:,}' if stream.total else ''} {stream.unit or ''}"
