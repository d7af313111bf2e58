"""The address book that a phone follows: everyone who is more than a contact, as cards with lasting names."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from models.enums import Stage
from worker.app.runtime import Runtime
from worker.app.tokens import Right, find_token
from worker.export.formats.contacts import write
from worker.export.rows.relationships import COLUMNS, row
from worker.judgement.keep.stored import Relationship, current
from worker.views.session import viewing


@dataclass(frozen=True, slots=True)
class Card:
    """One person: the name of their file, the mark of what is in it now, and how things stand with them."""

    name: str
    mark: str
    person: Relationship


@dataclass(frozen=True, slots=True)
class Book:
    """Everyone, in order of their keys."""

    cards: tuple[Card, ...]

    @property
    def mark(self) -> str:
        """What changes with any of the cards."""
        return _hash("".join(one.name + one.mark for one in self.cards))


def open_book(runtime: Runtime, token: str) -> Book | None:
    """Return the address book that a token opens; None if it opens none."""
    bearer = find_token(runtime, token)
    if bearer is None or Right.FEED not in bearer.rights:
        return None
    with viewing(runtime, bearer.user_id) as view:
        known = sorted(current(view.connection, view.user_id), key=lambda one: one.person)
    return Book(tuple(_card(one) for one in known if one.judgement.stage is not Stage.CONTACT))


def written(runtime: Runtime, cards: Iterable[Card]) -> bytes:
    """Write cards one after the other, as vCard 3.0."""
    out, now = io.BytesIO(), runtime.clock()
    write((row(one.person, now) for one in cards), COLUMNS, out)
    return out.getvalue()


def _card(one: Relationship) -> Card:
    """Take the mark from all that a card says, which is much less work than writing it."""
    last = one.dates.last_at
    said = (one.person, one.name, one.addresses, one.judgement.stage, f"{last:%Y-%m-%d}" if last else "")
    return Card(f"{_hash(one.person)}.vcf", _hash(msgspec.json.encode(said).decode()), one)


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
