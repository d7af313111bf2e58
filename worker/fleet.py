"""What worker processes load where one machine is not enough: `dramatiq worker.fleet`."""

from dramatiq import set_broker

from worker.actors import register
from worker.broker import open_broker
from worker.runtime import open_runtime
from worker.settings import Settings

runtime = open_runtime(Settings())
broker = open_broker(runtime.settings.broker_url)
actors = register(broker, runtime)
set_broker(broker)  # where the dramatiq command looks for it
