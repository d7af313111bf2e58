"""Coldbench: `--stream` answers its protocol through the real pipeline; `--public FOLDER` runs and scores whole sets.

python -m tests.bench.coldbench --stream [--params FILE]       mail and questions on standard input, answers on output
python -m tests.bench.coldbench --public FOLDER [--owners N]   every set, judged by coefficients fitted without it
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from connectors.base import Cursor, Page
from models.accounts import StreamState
from models.enums import Provider, StreamKind, Warmth
from models.records import EmailRecord, MeetingRecord
from tests.bench.protocol import mail_of, meeting_of, moment_of, spelled
from worker.accounts.store import ensure_account
from worker.addresses.canonical import canonical
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.digest.choose.choice import COLD_KINDS, Candidate, Listing
from worker.digest.choose.policy import choose
from worker.identity.resolve import resolve
from worker.ingest.commit import commit_page
from worker.ingest.learn import add_own_addresses, filters_of
from worker.judgement.assess import assess
from worker.judgement.cooling import ColdModel, model_at, shipped_model
from worker.judgement.facts import History, habits_of
from worker.judgement.histories import histories
from worker.judgement.rules import load
from worker.queue.leases import Lease
from worker.storage.transactions import reading, writing


class Owner:
    """One owner's mailbox in memory: fed page by page as a connector would, asked on Mondays."""

    def __init__(self, owner: str, model: ColdModel) -> None:
        self.owner = owner
        self.model = model
        self.rulebook = load()
        self.waiting: list[EmailRecord | MeetingRecord] = []
        self.spelling: dict[str, str] = {}  # person -> the address as it was first written
        self.to_come: set[str] = set()  # people of meetings: these count when they are over, though nothing is told
        self.listed: list[Listing] = []
        self.known: dict[str, History] = {}
        self.stream: int | None = None

    def hear(self, listed: dict[str, Any]) -> None:
        """Take one message or event of the protocol. Raises: KeyError, ValueError for what cannot be dated."""
        record = mail_of(listed, self.owner) if listed["type"] == "message" else meeting_of(listed)
        for address in spelled(record):
            self.spelling.setdefault(canonical(address), address)
        if isinstance(record, MeetingRecord):
            self.to_come.update(map(canonical, spelled(record)))
        self.waiting.append(record)

    def _open(self, now: datetime) -> int:
        settings = Settings(database_url="sqlite://", _env_file=None)  # type: ignore[call-arg]  # pydantic's own
        self.runtime: Runtime = open_runtime(settings, lambda: now)
        with writing(self.runtime.engine) as connection:
            self.user = add_user(connection, self.owner, now)
            account = ensure_account(connection, self.user, Provider.MEMORY, self.owner, self.runtime)
            add_own_addresses(connection, self.user, [self.owner], why="coldbench says so")
            return connection.execute(
                insert(StreamState)
                .values(
                    user_id=self.user, account_id=account, kind=StreamKind.FILE, name="all", title="all", round=0,
                    sweeping=False, unfinished=True, failures=0, retired=False, fence=0, interval=120,
                )
                .returning(StreamState.id)
            ).scalar_one()  # fmt: skip

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Judge everybody as of a Monday, from what was heard so far."""
        now = moment_of(question["as_of"])
        self.recompute(now)
        people = self.known
        habits = habits_of(people.values(), now)
        judged = {
            person: assess(history, habits, self.rulebook, now, model=self.model) for person, history in people.items()
        }
        candidates = [Candidate(person, people[person], found) for person, found in judged.items()]
        choice = choose(candidates, self.listed, habits, now)
        silences = [line for line in choice.chosen if line.kind in COLD_KINDS]
        self.listed += [
            Listing(line.person, line.kind, now, people[line.person].last_at, line.cold_probability)
            for line in choice.chosen
        ]
        return {
            "id": question["id"],
            "depth": [{"person": self.spelling[person], "score": found.depth} for person, found in judged.items()],
            "cold": [
                {"person": self.spelling[person], "risk": found.cold_probability}
                for person, found in judged.items()
                if found.cold_probability is not None and found.warmth is not Warmth.UNKNOWN
            ],
            "digest": [self.spelling[line.person] for line in silences],
        }

    def recompute(self, now: datetime) -> None:
        """Commit what has come in, find the people in it, and read their histories again."""
        if self.stream is None:
            self.stream = self._open(now)
        page = Page(records=self.waiting, cursor=Cursor("on"), more=False, listed=len(self.waiting))
        with writing(self.runtime.engine) as connection:
            filters = filters_of(connection, self.user, self.owner, keep_subjects=False)
            commit_page(connection, Lease(self.stream, self.user, 0), page, filters, now)
            while resolve(connection, self.user, now).addresses:
                pass
        named = {canonical(address) for record in self.waiting for address in spelled(record)} | self.to_come
        self.waiting = []
        with reading(self.runtime.engine) as connection:
            self.known.update(histories(connection, self.user, now, named))


def stream(lines: Iterable[str], model: ColdModel) -> Iterator[dict[str, Any]]:
    """Answer one owner's questions, in the order they come."""
    mailbox: Owner | None = None
    for line in lines:
        listed = json.loads(line)
        if listed["type"] == "hello":
            mailbox = Owner(listed["ego"], model)
        elif mailbox is None:
            raise SystemExit("the protocol begins with hello")
        elif listed["type"] in {"message", "event"}:
            mailbox.hear(listed)
        elif listed["type"] == "query":
            yield mailbox.answer(listed)


def main() -> None:
    """Answer the protocol."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--params", type=Path)
    arguments = parser.parse_args()
    model = model_at(arguments.params) if arguments.params else shipped_model()
    for answer in stream(sys.stdin, model):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
