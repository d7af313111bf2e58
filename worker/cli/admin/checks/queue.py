"""Whether the queue answers."""

from collections.abc import Iterable

from worker.app.settings import Settings
from worker.cli.admin.checks.check import Check, Level


def queue(settings: Settings) -> Iterable[Check]:
    """See whether the queue answers."""
    from worker.queue.broker import open_broker

    broker = open_broker(settings.broker_url)
    try:
        if settings.embedded:
            yield Check("queue", Level.FINE, "The queue runs inside this process.")
            return
        scheme = settings.broker_url.partition(":")[0]
        try:
            _knock(broker)
        except Exception as error:  # noqa: BLE001 - each queue has its own errors; all mean the same here
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            yield Check(
                "queue", Level.WRONG, f"The queue ({scheme}) doesn't answer. Check KEEPWARM_BROKER_URL ({reason})."
            )
        else:
            yield Check("queue", Level.FINE, f"The queue ({scheme}) answers.")
    finally:
        broker.close()


def _knock(broker: object) -> None:
    """Ask Redis or RabbitMQ for a sign of life."""
    client = getattr(broker, "client", None)
    if client is not None:
        client.ping()
    else:
        _ = broker.connection  # type: ignore[attr-defined]  # RabbitMQ's connects when asked for
