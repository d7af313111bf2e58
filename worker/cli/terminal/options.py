"""Options and arguments that several commands take."""

from typing import Annotated

import typer

#: Characters of an email address (RFC 5321).
LONGEST = 254

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="A name, an address, or part of either.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]


def time_zone(text: str, option: str) -> str:
    """Take an IANA time zone.

    Raises:
        BadParameter: it is none.
    """
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:  # KeyError: the zone is not known
        raise typer.BadParameter(
            f"{text!r} isn't a time zone. Write it like Europe/Berlin.", param_hint=option
        ) from error
    return text


def mail_address(text: str, option: str) -> str:
    """Take what looks like an email address.

    Raises:
        BadParameter: it does not.
    """
    if "@" not in text.strip("@") or len(text.split()) != 1 or len(text) > LONGEST:
        raise typer.BadParameter(f"{text[:80]!r} isn't an email address.", param_hint=option)
    return text
