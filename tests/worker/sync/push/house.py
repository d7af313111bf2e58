"""A house with both providers, a clock that a test moves, a queue that is worked off, and an endpoint they can reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from pydantic import SecretStr
from sqlalchemy import func, select, update

from models.accounts import Account, PushSubscription, StreamState
from models.enums import Provider
from models.history import Interaction
from models.records import Mailbox
from tests.connectors.outlook.account import browse
from tests.sandbox.google.consent import approve
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.internet import Internet
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.queue.broker import QUEUES, middleware
from worker.service.actors import register
from worker.service.schedule import tick
from worker.storage.transactions import reading, writing
from worker.web.push_endpoint import taking
from worker.web.server import listening

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
ADA = "ada@example.org"
HOST, PATH = "https://keepwarm.example", "/hooks/b7Qd02mXk91LzTf3AvRs"
TOPIC = "projects/mine/topics/keepwarm"
ZOE = Mailbox("zoe@zoe.example", "Zoe")


class House:
    """An installation, both sandboxes and the internet between them."""

    def __init__(self, folder: Path, *, push: bool = True) -> None:
        self.now = NOW
        self.internet = Internet()
        self.google = GoogleSandbox([GoogleMailbox(ADA)])
        self.microsoft = MicrosoftSandbox(folder)
        self.pubsub, self.subscriptions = self.google.pubsub, self.microsoft.graph.subscriptions
        self.pubsub.internet = self.subscriptions.internet = self.internet
        self.subscriptions.clock = lambda: self.now
        self.pubsub.clock = lambda: self.subscriptions.clock().timestamp()
        self.pubsub.topics[TOPIC] = f"{HOST}{PATH}/google"
        self.settings = Settings(
            home=folder / "home",
            google_client_id=self.google.client_id,
            google_client_secret=SecretStr(self.google.client_secret),
            google_auth_uri=self.google.auth_uri,
            google_token_uri=self.google.token_uri,
            google_api_root=self.google.api_root,
            google_units_per_minute=10**9,
            microsoft_client_id=PUBLIC_CLIENT,
            microsoft_authority=self.microsoft.authority,
            graph_root=self.microsoft.graph_root,
            push_url=SecretStr(HOST + PATH if push else ""),
            google_pubsub_topic=TOPIC,
        )
        self.mails = 0

    @contextmanager
    def open(self) -> Iterator["House"]:
        """Open for business: the endpoint listens, and the queue is worked off."""
        self.runtime: Runtime = open_runtime(self.settings, clock=lambda: self.now)
        self.broker = StubBroker(middleware=middleware())
        self.actors = register(self.broker, self.runtime)
        worker = Worker(self.broker, worker_threads=2, worker_timeout=20)
        with self.google, self.microsoft, listening("127.0.0.1:0", taking(self.runtime), "KEEPWARM_PUSH") as port:
            self.port = self.internet.behind[HOST] = port
            worker.start()
            yield self
            worker.stop()
            self.broker.close()
            assert not self.google.failures
        self.runtime.engine.dispose()

    def connect(self) -> "House":
        """Connect both accounts, and read all there is."""
        user = connect_account(self.runtime, Provider.GMAIL, SignIn(approve)).user_id
        connect_account(self.runtime, Provider.OUTLOOK, SignIn(browse), user_id=user)
        for _ in range(3):
            self.tick()
        # quiet mailboxes, which nobody looks at for half an hour
        with writing(self.runtime.engine) as connection:
            connection.execute(update(StreamState).values(interval=900))
        self.later(minutes=2)
        self.tick()
        assert not self.due()
        self.later(minutes=1)
        return self

    def tick(self) -> None:
        """Let the scheduler ask, and the workers work it off."""
        assert tick(self.runtime, self.broker, self.actors, "test") is not None
        while any(self.broker.queues[queue].unfinished_tasks for queue in QUEUES):
            for queue in QUEUES:
                self.broker.join(queue)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def gmail_arrives(self) -> None:
        self.mails += 1
        headers = plain_mail("Zoe <zoe@zoe.example>", [ADA], self.now, f"{self.mails}@zoe.example")
        with self.google.lock:
            self.google.mailboxes[ADA].deliver(headers, self.now)

    def outlook_arrives(self) -> None:
        self.mails += 1
        mailbox = self.microsoft.mailbox
        mailbox.mail.deliver(ZOE, [mailbox.me], at=self.now, message_id=f"{self.mails}@zoe.example")

    def both_arrive(self) -> None:
        self.gmail_arrives()
        self.outlook_arrives()

    def held(self) -> int:
        """How many interactions are known."""
        with reading(self.runtime.engine) as connection:
            return connection.scalar(select(func.count()).select_from(Interaction)) or 0

    def due(self) -> set[str]:
        """Whose streams may be read now."""
        with reading(self.runtime.engine) as connection:
            return set(
                connection.scalars(
                    select(Account.provider)
                    .join(StreamState, StreamState.account_id == Account.id)
                    .where(StreamState.due_at <= self.now)
                )
            )

    def push_subscriptions(self) -> dict[str, str | None]:
        """What keeps each account from being hinted at; None where nothing does."""
        with reading(self.runtime.engine) as connection:
            rows = connection.execute(
                select(Account.provider, PushSubscription.trouble).join(
                    PushSubscription, PushSubscription.account_id == Account.id
                )
            ).all()
            return {row.provider: row.trouble for row in rows}
