"""`contacts`: what your address book says of people keepwarm knows."""

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.terminal.shape import command


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, contacts)


def contacts(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="vCard, or CSV from Google Contacts or LinkedIn.")],
) -> None:
    """Take names and addresses from an address book, for people you know already. It never adds anyone."""
    from connectors.contacts.read import read_contacts
    from worker.cli.terminal.call import deciding
    from worker.cli.terminal.out import say
    from worker.decisions.address_book import take_address_book
    from worker.wording.lists import numbered

    book = read_contacts(file)
    with deciding(ctx) as desk:
        taken = take_address_book(desk.connection, desk.user_id, book.cards, desk.now)
    said = [
        f"{numbered(taken.known, 'entry', 'entries')} about people you know",
        f"{numbered(taken.unknown, 'entry', 'entries')} about others, left out",
        f"{numbered(taken.named, 'name')} changed",
    ]
    if book.without_address:
        said.append(f"{numbered(book.without_address, 'entry', 'entries')} without an email address")
    if book.unreadable:
        said.append(f"{numbered(book.unreadable, 'entry', 'entries')} that couldn't be read")
    say("; ".join(said) + ".")
    for one, other in taken.merged:
        say(f"{one} and {other} are now one person. To undo this: keepwarm split {one} {other}")
