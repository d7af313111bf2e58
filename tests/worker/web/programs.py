"""Two users with a history each, and the server that answers their programs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from models.enums import Place
from models.records import EmailRecord, Mailbox
from tests.worker.ingest.home import Home
from worker.app.tokens import Right, add_token
from worker.storage.transactions import writing
from worker.web.programs import program_routes
from worker.web.server import application

OWN = "me@own.example"
PLACE = "/api/v1"


@dataclass(frozen=True)
class Member:
    """A user, somebody only they know, and a token with every right of a program."""

    home: Home
    friend: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def member(engine: Engine, friend: str, name: str = "Only Mine") -> Member:
    """A user who has written back and forth with one friend for a year."""
    home = Home(engine)
    mails = []
    for number in range(36):
        at = home.now - timedelta(days=20 + number * 10)
        pair = (Mailbox(OWN), Mailbox(friend, name)) if number % 2 else (Mailbox(friend, name), Mailbox(OWN))
        place = Place.SENT if number % 2 else Place.INBOX
        mails.append(
            EmailRecord(
                key=str(number), message_id=f"{number}@{friend}", sender=pair[0], to=(pair[1],), sent_at=at,
                received_at=at, subject=f"Plans {number}", place=place,
            )
        )  # fmt: skip
    home.deliver(mails)
    home.recompute()
    return Member(home, friend, token_of(home, Right.READ, Right.ACT))


def token_of(home: Home, *rights: Right) -> str:
    with writing(home.engine) as connection:
        return add_token(connection, home.user, "test", frozenset(rights), home.now)


def client_of(home: Home) -> TestClient:
    return TestClient(
        application(program_routes(home.runtime)), base_url="http://127.0.0.1:8484", raise_server_exceptions=False
    )


def get(client: TestClient, who: Member, path: str, **query: Any) -> Any:
    """What the API answers somebody who may ask."""
    answer = client.get(PLACE + path, params=query, headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()
