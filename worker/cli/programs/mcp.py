"""`mcp`: an assistant on this machine talks to keepwarm through standard input and output."""

from typing import Annotated

import typer

from worker.cli.terminal.shape import command


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, mcp)


def mcp(
    ctx: typer.Context,
    act: Annotated[bool, typer.Option("--act", help="Let it take actions too, such as snooze.")] = False,
) -> None:
    """Let an assistant ask about your relationships (Model Context Protocol over standard input and output).

    It may only read, unless you add --act.
    """
    import anyio

    from worker.app.tokens import Right
    from worker.cli.terminal.call import opened
    from worker.storage.transactions import reading
    from worker.views.acting import judge_due
    from worker.web.assistants.server import assistant_server

    call = opened(ctx)
    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
    judge_due(call.runtime, user_id)
    rights = {Right.READ, Right.ACT} if act else {Right.READ}
    anyio.run(assistant_server(call.runtime, user_id, rights).run_stdio_async)
