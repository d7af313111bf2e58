"""Options and arguments that several commands take."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Person = Annotated[
    str, typer.Argument(metavar="PERSON", help="A name, an address, or a part of either that fits only one.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
