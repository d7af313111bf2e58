"""`keepwarm run` with push on, as a process: hints bring what is new, a kill costs no more than waiting for the poll."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models.accounts import PushSubscription, StreamState
from models.history import Sighting
from models.records import Mailbox
from tests.chaos.providers import Providers
from tests.sandbox.google.mailbox import plain_mail
from tests.sandbox.people import ALIASES, OWNER
from tests.services import free_port
from tests.worker.queue.processes import EMBEDDED, Installation, kill, until
from tests.worker.sync.push.house import HOST, PATH, TOPIC
from worker.app.runtime import Runtime
from worker.storage.transactions import reading, writing

ZOE = Mailbox("zoe@zoe.example", "Zoe")


def arrive(providers: Providers, number: int) -> None:
    """A mail from Zoe in each of the two accounts."""
    now = datetime.now(UTC)
    headers = plain_mail("Zoe <zoe@zoe.example>", [ALIASES[0].address], now, f"g{number}@zoe.example")
    providers.gmail.deliver(headers, now)
    providers.microsoft.mailbox.mail.deliver(ZOE, [OWNER], at=now, message_id=f"m{number}@zoe.example")


def seen(runtime: Runtime) -> int:
    with reading(runtime.engine) as connection:
        return connection.scalar(select(func.count()).select_from(Sighting)) or 0


def holds(runtime: Runtime, wanted: int) -> bool:
    return seen(runtime) == wanted


def promised(runtime: Runtime) -> bool:
    with reading(runtime.engine) as connection:
        return (
            len(connection.scalars(select(PushSubscription.until).where(PushSubscription.until.is_not(None))).all())
            == 2
        )


def quiet(runtime: Runtime) -> bool:
    """Whether everything has been read, so that nothing is polled for two minutes; then polling is put off for a day."""
    with writing(runtime.engine) as connection:
        now = datetime.now(UTC)
        state = StreamState
        rows = connection.execute(select(state.due_at, state.leased_until, state.notified_at)).all()
        calm = all(
            row.due_at and row.due_at > now + timedelta(seconds=25) and (row.leased_until or now) <= now for row in rows
        )
        if calm:
            old = now - timedelta(hours=1)
            connection.execute(update(state).values(due_at=now + timedelta(days=1), synced_at=old))
        return calm


@pytest.mark.timeout(240)
def test_a_running_keepwarm_is_hinted_at(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    home.mkdir()
    push = {"push": f"127.0.0.1:{port}", "push_url": HOST + PATH, "google_pubsub_topic": TOPIC}
    with Providers(tmp_path, seed=3, mails=40) as providers:
        pubsub, subscriptions = providers.google.pubsub, providers.microsoft.graph.subscriptions
        pubsub.internet = subscriptions.internet
        subscriptions.internet.behind[HOST] = port
        pubsub.topics[TOPIC] = f"{HOST}{PATH}/google"
        with Installation(home, settings=providers.settings() | push) as installation:
            runtime = installation.open()
            providers.connect(runtime)
            running = installation.start(*EMBEDDED)
            until(partial(promised, runtime), within=90)
            until(partial(quiet, runtime), within=90)
            known = seen(runtime)
            arrive(providers, 1)
            assert subscriptions.internet.answers[-2:] == [202, 202]
            until(partial(holds, runtime, known + 2), within=60)

            kill(running)
            arrive(providers, 2)
            assert subscriptions.internet.answers[-2:] == [0, 0]
            with writing(runtime.engine) as connection:  # the day has gone by
                connection.execute(update(StreamState).values(due_at=datetime.now(UTC)))
            installation.start(*EMBEDDED)
            until(partial(holds, runtime, known + 4), within=60)
            runtime.engine.dispose()
