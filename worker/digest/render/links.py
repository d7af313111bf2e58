"""What a digest offers to do by one tap: links to emails to oneself, or to pages with one button (pure)."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from worker.decisions.actions import Action
from worker.decisions.words import Signer
from worker.digest.digest import Line
from worker.wording.text import name_of

#: How the subject of such an email begins; its word follows at the end, in brackets.
BEGINS = "keepwarm: "
BODY = "Just send this email. keepwarm finds it among your sent mail and does what the subject says."

PEOPLE = (
    (Action.SNOOZE, "Snooze", "snooze {name} for four weeks"),
    (Action.TALKED, "We talked", "I talked with {name}"),
    (Action.REST, "Let it rest", "let {name} rest"),
    (Action.MUTE, "Never", "never name {name}"),
)
DIGEST = (
    (Action.FEWER, "Fewer people", "name fewer people"),
    (Action.MORE, "More people", "name more people"),
    (Action.STOP, "Stop", "stop these digests"),
)


class Link(NamedTuple):
    """One thing to tap."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links of one digest: to pages below `page` if there is one, else emails to `reader`."""

    signer: Signer
    reader: str  # the address that such an email goes from and to
    page: str = ""  # "https://keepwarm.example.org/act/1."

    def of(self, line: Line) -> list[Link]:
        """Return what can be done about someone who is named."""
        name = name_of(line.name, line.address)
        return [
            Link(label, self._url(self.signer.word(action, line.person), said.format(name=name)))
            for action, label, said in PEOPLE
        ]

    def about_digest(self, *, season: bool = False) -> list[Link]:
        """Give what can be done about the digest itself; a season digest names nobody to write to, so it only ends."""
        ways = [one for one in DIGEST if one[0] is Action.STOP or not season]
        return [Link(label, self._url(self.signer.word(action), said)) for action, label, said in ways]

    def undo(self, action_id: str) -> Link:
        """Return what undoes an action that this digest confirms."""
        return Link("Undo", self._url(self.signer.word(Action.UNDO, action_id), "undo that"))

    def _url(self, word: str, said: str) -> str:
        if self.page:
            return f"{self.page}{word}"
        subject = quote(f"{BEGINS}{said.replace('[', '(').replace(']', ')')} [{word}]")
        return f"mailto:{quote(self.reader, safe='@.+-_')}?subject={subject}&body={quote(BODY)}"
