"""`pass-on` and `fill`: who could take on a job you can't, or a position you have; introductions are only drafted."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command

if TYPE_CHECKING:
    from worker.cli.terminal.call import UserSession
    from worker.network.fitting import Fit
    from worker.network.friends import Friend

Words = Annotated[
    list[str] | None, typer.Argument(metavar="WORDS", help="What is needed: a role or a subject, such as “editor”.")
]
Like = Annotated[
    str | None, typer.Option("--like", metavar="PERSON", help="People you're in touch with about the same things.")
]
NOBODY = "No one you're well rooted with fits that, as far as your email shows."


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, pass_on, "pass-on")
    command(app, fill)


def pass_on(
    ctx: typer.Context,
    words: Words = None,
    *,
    like: Like = None,
    to: Annotated[
        str | None, typer.Option("--for", metavar="PERSON", help="Who asked: an introduction to them is drafted.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find who could take on something you can't: people you know well, those it's been quiet with first.

    Nothing is sent. Ask both before you introduce them.
    """
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, say
    from worker.identity.find_person import find_person

    with looking(ctx, judged=True) as desk:
        everybody = _friends(desk)
        asked = next(
            (one for one in everybody if to and one.person == find_person(desk.connection, desk.user_id, to)), None
        )
        found = [fit for fit in _found(desk, everybody, words, like) if asked is None or fit.friend != asked]
    if as_json:
        put_json([_row(fit, asked) for fit in found])
    elif not found:
        say(NOBODY)
    for fit in () if as_json else found:
        _print(fit, [])
        if asked is not None:
            _draft(fit.friend, asked)
    if found and not asked and not as_json:
        say("Add --for PERSON to draft an introduction to whoever asked.")


def fill(ctx: typer.Context, words: Words = None, *, like: Like = None, as_json: AsJson = False) -> None:
    """Find who could fill a position or a seat, and whether it's a good time to ask them."""
    from worker.cli.terminal.call import looking
    from worker.cli.terminal.out import put_json, say
    from worker.judgement.ask import Verdict, advise
    from worker.judgement.keep.relationships import history_of

    with looking(ctx, judged=True) as desk:
        found = _found(desk, _friends(desk), words, like)
        advice = [
            advise(
                history_of(desk.connection, desk.user_id, desk.now, fit.friend.person), fit.friend.assessment, desk.now
            )
            for fit in found
        ]
    ready = {Verdict.FINE, Verdict.WELL_ROOTED}
    if as_json:
        put_json(
            [
                {**_row(fit, None), "verdict": said.verdict.value, "first": said.first}
                for fit, said in zip(found, advice, strict=True)
            ]
        )
        return
    if not found:
        say(NOBODY)
    for fit, said in sorted(zip(found, advice, strict=True), key=lambda pair: pair[1].verdict not in ready):
        _print(fit, ["A good time to ask."] if said.verdict in ready else [f"Not yet. {said.first[0]}"])


def _friends(desk: "UserSession") -> "list[Friend]":
    from worker.judgement.keep.relationships import Wanted
    from worker.network.friends import Friend

    return [
        Friend(one.person, one.name, one.person, one.addresses, one.judgement) for one in desk.relationships(Wanted())
    ]


def _found(desk: "UserSession", everybody: "list[Friend]", words: list[str] | None, like: str | None) -> "list[Fit]":
    from worker.identity.find_person import find_person
    from worker.network.fitting import fitting, words_like

    if bool(words) == bool(like):
        raise typer.BadParameter("Give either words, such as “editor”, or --like PERSON.")
    known_by = words or []
    person = None
    if like:
        person = find_person(desk.connection, desk.user_id, like)
        known_by = words_like(desk.connection, desk.user_id, person, everybody, desk.now)
    found = fitting(desk.connection, desk.user_id, everybody, known_by, desk.now)
    return [fit for fit in found if fit.friend.person != person]


def _row(fit: "Fit", asked: "Friend | None") -> dict[str, Any]:
    from worker.network.offers import drafted

    return {
        "person": fit.friend.person,
        "name": fit.friend.name,
        "because": fit.because,
        "quiet": fit.quiet,
        "draft": None
        if asked is None
        else {"to": [fit.friend.address, asked.address], "subject": drafted(fit.friend, asked)},
    }


def _print(fit: "Fit", more: list[str]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from worker.cli.terminal.out import safe, screen
    from worker.wording.text import name_of

    out = screen()
    quiet = "  it's been quiet lately" if fit.quiet else ""
    out.print(Text.assemble((name_of(fit.friend.name, fit.friend.person), "bold"), (quiet, "dim")))
    for sentence in (fit.because, *more):
        out.print(Padding(safe(sentence, 300), (0, 0, 0, 2), expand=False))


def _draft(one: "Friend", other: "Friend") -> None:
    from rich.padding import Padding

    from worker.cli.terminal.out import safe, screen
    from worker.network.offers import drafted

    for line in (f"To: {one.address}, {other.address}", f"Subject: {drafted(one, other)}"):
        screen().print(Padding(safe(line, 300, "cyan"), (0, 0, 0, 4), expand=False))
