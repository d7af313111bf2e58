"""Words of which every row has one: stored as a letter each, shown and compared as words."""

from collections.abc import Iterable
from typing import Annotated

from sqlalchemy import Dialect

from models.base import Bytewise
from models.declarative import mapped_column

#: Letters stay as they are for good: rows hold them. A word that isn't here is stored as it is.
LETTERS = {
    "held": "h", "skipped": "s", "deferred": "d",
    "newsletter": "n", "mailing list": "l", "automatic mail": "a", "automatic reply": "r", "bounce": "b",
    "invitation": "i", "spam": "p", "trash": "t", "draft": "f", "chat": "c", "crowd": "w", "no person": "o",
    "no sender": "e", "no date": "y", "no recipient": "q", "blocked": "k", "to oneself": "m", "superseded": "u",
    "not sent by you": "v", "on behalf of another": "g", "not invited": "A", "declined": "x",
    "declined by the others": "z", "cancelled": "j", "forgotten": "B",
    "email": "E", "meeting": "M", "talk": "K", "in": "I", "out": "O", "mutual": "U",
    "from": "F", "sender": "S", "resent": "R", "to": "T", "cc": "C", "bcc": "D", "organizer": "G", "attendee": "N",
    "accepted": "Y", "tentative": "V", "none": "Z", "their own address": "W",
    "mine": "P", "list": "L", "stated": "Q", "reached": "1", "sent": "X", "through": "H", "written": "J",
}  # fmt: skip
WORDS = {letter: word for word, letter in LETTERS.items()}
#: Begins what would otherwise be read as a letter, or as something that begins so.
AS_IT_IS = "="


def stored(word: str) -> str:
    """Write a word as its column has it."""
    letter = LETTERS.get(word)
    if letter is not None:
        return letter
    return AS_IT_IS + word if len(word) == 1 or word.startswith(AS_IT_IS) else word


def decoded(text: str) -> str:
    """Read a word out of its column."""
    word = WORDS.get(text)
    if word is not None:
        return word
    return text[1:] if text.startswith(AS_IT_IS) else text


def as_words(column: str, words: Iterable[str]) -> str:
    """Have SQLite write a column of words as words; those that it usually has are looked for first."""
    usual = " ".join(f"WHEN '{stored(word)}' THEN '{word}'" for word in words)
    begins = f"substr({column}, 1, {len(AS_IT_IS)}) = '{AS_IT_IS}'"
    other = f"CASE WHEN {begins} THEN substr({column}, {len(AS_IT_IS) + 1}) ELSE {column} END"
    return f"CASE {column} {usual} ELSE {other} END"


class Word(Bytewise):
    """A column of words; statements and rows have them in full, and SQL sorts them in no order that means anything."""

    cache_ok = True
    #: How a value is stored, for statements that are written by hand (worker.storage.bulk).
    stored = staticmethod(stored)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write a word as its letter."""
        del dialect
        return None if value is None else stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Read a letter as its word."""
        del dialect
        return None if value is None else decoded(value)


#: Columns of words, as those of text are named in models.base.
WordKey = Annotated[str, mapped_column(Word, primary_key=True)]
Worded = Annotated[str, mapped_column(Word)]
MaybeWorded = Annotated[str | None, mapped_column(Word)]
