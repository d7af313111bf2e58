"""What worker processes load where one machine is not enough: `dramatiq worker.service.worker_process`."""

import logging
from contextlib import ExitStack

from dramatiq import set_broker
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from worker.app.logs import Logger, set_up
from worker.app.metrics import REGISTRY
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from worker.queue.broker import open_broker
from worker.service.actors import register
from worker.storage.outages import reason
from worker.storage.transactions import reading
from worker.web.quota_metrics import Spending
from worker.web.server import EndpointBusy, served

set_up(logging.INFO)
runtime = open_runtime(Settings())
broker = open_broker(runtime.settings.broker_url)
actors = register(broker, runtime)
set_broker(broker)  # where the dramatiq command looks for it
REGISTRY.register(Spending(runtime))


def trouble() -> str:
    """Say what keeps this process from working, if anything does."""
    try:
        with reading(runtime.engine) as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        return reason(error)
    return ""


watched = ExitStack()  # as long as the process lives
try:
    watched.enter_context(served(runtime.settings.metrics, REGISTRY, trouble))
except EndpointBusy as busy:  # several processes under one dramatiq command share their settings: the first one reports
    Logger("worker.service.worker_process").warning("no metrics of this process", reason=str(busy))
