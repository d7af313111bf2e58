"""What coldbench tells of each owner of a set, line by line, as its own export would; the files are read once for all."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.mailboxes import owners, rows
from worker.judgement.facts import DAY, at_day

#: the questions come on the Mondays that any of these tables knows
ASKED = ("silence", "fade", "depth")


class Message(NamedTuple):
    """One email of a set, as its table has it."""

    at: int  # UTC seconds
    name: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    answers: str


class Feed:
    """A set: its owners, the emails that each of them got or wrote, and the days on which each is asked about."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.owners = owners(folder)
        self._emails: dict[str, list[Message]] = {owner: [] for owner in self.owners}
        for row in rows(folder / "messages.tsv.gz"):
            to, cc, bcc = (tuple(one for one in row[key].split(",") if one) for key in ("to", "cc", "bcc"))
            message = Message(int(row["t"]), row["mid"], row["frm"], to, cc, bcc, row["irt"])
            for owner in {message.sender, *to, *cc, *bcc} & self._emails.keys():
                self._emails[owner].append(message)
        self._asked: defaultdict[str, set[int]] = defaultdict(set)
        for table in ASKED:
            for row in rows(folder / f"gold_{table}.tsv.gz"):
                self._asked[row["ego"]].add(int(row["t"]))

    def lines(self, owner: str) -> Iterator[str]:
        """The lines of the protocol for one owner, each only when the one before has been taken."""
        yield json.dumps({"type": "hello", "ego": self._address(owner), "protocol": 1})
        emails = iter(sorted(self._emails[owner], key=lambda message: message.at))
        message = next(emails, None)
        for day in sorted(self._asked[owner]):
            while message is not None and message.at < day * DAY:
                yield json.dumps(self._told(message, owner))
                message = next(emails, None)
            yield json.dumps({"type": "query", "id": f"{owner}:{day}", "as_of": _moment(at_day(day))})

    def _told(self, message: Message, owner: str) -> dict[str, Any]:
        """One email as the owner has it: who else was in another's Bcc is hidden."""
        own = message.sender == owner
        return {
            "type": "message",
            "message_id": self._name(message.name),
            "date": _moment(datetime.fromtimestamp(message.at, UTC)),
            "from": self._address(message.sender),
            "to": list(map(self._address, message.to)),
            "cc": list(map(self._address, message.cc)),
            "bcc": [self._address(one) for one in message.bcc if own or one == owner],
            "in_reply_to": self._name(message.answers) if message.answers else None,
        }

    def _address(self, person: str) -> str:
        return f"{person}@{self.name}.example"

    def _name(self, message: str) -> str:
        return f"<{message}@{self.name}.example>"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
