"""What worker processes load where one machine is not enough: `dramatiq worker.fleet`."""

import logging
from contextlib import ExitStack

import structlog
from dramatiq import set_broker
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from worker.actors import register
from worker.broker import open_broker
from worker.db import reading
from worker.endpoint import EndpointBusy, served
from worker.logs import set_up
from worker.metrics import REGISTRY
from worker.refusals import reason
from worker.runtime import open_runtime
from worker.settings import Settings
from worker.spending import Spending

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
except EndpointBusy as busy:  # several processes under one dramatiq command share their settings: the first one tells
    structlog.get_logger("worker.fleet").warning("no metrics of this process", reason=str(busy))
