"""The shape all commands share: the options every one of them takes, and one place where their errors end."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


@dataclass
class Shared:
    """What the options said that every command takes."""

    now: datetime | None = None
    user: str | None = None
    debug: bool = False


def parse_moment(text: str) -> datetime:
    """Read an RFC 3339 moment; without a zone it is UTC.

    Raises:
        BadParameter: it is none.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} isn't a moment. Write it like 2026-11-20T09:00:00Z (RFC 3339).", param_hint="--now"
        ) from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not 1971 <= at.year <= 2100:
        raise typer.BadParameter(f"{text!r} is outside the years 1971 to 2100.", param_hint="--now")
    return at.astimezone(UTC)


def _keep(ctx: typer.Context, param: typer.CallbackParam, value: Any) -> Any:
    """Note an option, wherever on the line it was given; the one nearest to the command counts."""
    if value:
        shared = ctx.find_root().ensure_object(Shared)
        setattr(shared, str(param.name), parse_moment(value) if param.name == "now" else value)
    return value


PANEL = "Options of every command"
Now = Annotated[
    str | None,
    typer.Option(metavar="RFC3339", callback=_keep, help="Answer as if it were this moment.", rich_help_panel=PANEL),
]
User = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", callback=_keep, help="Whose data, if several people use keepwarm.", rich_help_panel=PANEL
    ),
]
Debug = Annotated[
    bool, typer.Option("--debug", callback=_keep, help="Show the full traceback of an error.", rich_help_panel=PANEL)
]
SHARED: dict[str, tuple[Any, Any]] = {"now": (Now, None), "user": (User, None), "debug": (Debug, False)}


def command(app: typer.Typer, function: Callable[..., None], name: str | None = None) -> None:
    """Add a command that takes the shared options besides its own."""

    @wraps(function)
    def run(**options: Any) -> None:
        function(**{key: value for key, value in options.items() if key not in SHARED})

    own = inspect.signature(function)
    more = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for key, (kind, default) in SHARED.items()
    ]
    run.__annotations__ = function.__annotations__ | {key: kind for key, (kind, _) in SHARED.items()}
    run.__signature__ = own.replace(parameters=[*own.parameters.values(), *more])  # type: ignore[attr-defined]  # read by inspect
    app.command(name)(run)


#: The commands as `--help` lists them: in the order of use.
ORDER = (
    *("connect", "setup", "sync", "people", "digest", "export"),
    *("show", "explain", "ask", "snooze", "mute", "rest", "merge", "split", "merges", "keep", "block", "forget"),
    *("me", "introductions", "roots", "pass-on", "fill", "season", "tend", "who-knows", "team"),
    *("status", "disconnect", "run", "demo", "doctor", "retry", "backtest", "rules", "users", "organisation", "db"),
    *("contacts", "tokens", "mcp", "notify"),
)


class Keepwarm(TyperGroup):
    """The whole program: what a command could not handle becomes one sentence and an exit code here."""

    @staticmethod
    def in_order(names: Iterable[str]) -> list[str]:
        """Put commands in the order of use."""
        return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if type(error).__module__.partition(".")[0] == "typer":  # a help page, wrong usage, a chosen exit
                raise
            from worker.cli.terminal.errors import verdict

            said = verdict(error)
            if said is None:
                raise
            if ctx.find_root().ensure_object(Shared).debug:
                raise
            from worker.cli.terminal.out import say

            say(f"keepwarm: {said.sentence}")
            raise typer.Exit(said.code) from error


def group(name: str, *, help: str) -> typer.Typer:  # noqa: A002 - Typer calls it so
    """Make a group of commands."""
    return typer.Typer(name=name, help=help, no_args_is_help=True)
