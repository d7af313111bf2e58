"""The parts in the story: who is who to the owner, since when, how often, and when it went quiet."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.records import Mailbox
from tests.sandbox.story import Person


@dataclass(frozen=True, slots=True)
class Part:
    """`began` and `ended` are days before the world's end (None: still going on); `meets` the days between meetings."""

    person: Person
    began: int
    ended: int | None = None
    meets: int | None = None
    starts: float = 0.5  # how often it is the other who starts a conversation
    answers: float = 0.6  # how likely a mail is answered
    weight: float = 1.0  # how much of all mail they may take, beside others of their rhythm
    moved: int | None = None  # days before the end: from then on the second mailbox is the only one

    @property
    def in_crowds(self) -> bool:
        """Whether this person turns up in rounds and large meetings; not those whose silence the story needs."""
        return self.ended is None and self.person.role not in {
            "conference_friend",
            "always_declines",
            "never_answered",
            "same_name_other",
        }


def _parts() -> Iterator[Part]:
    for entry in tomllib.loads(Path(__file__).with_name("parts.toml").read_text("utf-8"))["parts"]:
        name, role, rhythm = entry.pop("name"), entry.pop("role"), entry.pop("rhythm")
        boxes = tuple(Mailbox(address, name) for address in entry.pop("addresses"))
        yield Part(Person(name, boxes, role, rhythm), **entry)


PARTS = tuple(_parts())
