"""Finding out which service an address is at, with this installation's own way into the network."""

from connectors.errors import ConnectorError
from connectors.services.dns import Dns
from connectors.services.find import Found, find
from connectors.web import Web
from worker.app.runtime import Runtime
from worker.app.users import used_by_one


def find_service(runtime: Runtime, address: str) -> Found:
    """Find the service of an address.

    Raises:
        ConnectorError: nothing is known of it, or no one can be asked; with what to do.
    """
    settings = runtime.settings
    with Web(private=used_by_one(runtime.engine)) as web:

        def fetch(url: str) -> bytes | None:
            try:
                answer = web.ask("GET", url, headers={"Accept": "text/xml"}, elsewhere=True)
            except ConnectorError:  # most domains publish nothing
                return None
            return answer.body if answer.status == 200 else None

        return find(address.lower(), Dns(settings.dns), fetch, settings.autoconfig)
