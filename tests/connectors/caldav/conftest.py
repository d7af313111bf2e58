from collections.abc import Iterator

import pytest

from tests.connectors.caldav.servers import DavServer, running


@pytest.fixture(scope="session", params=["radicale", "xandikos"])
def shared(request: pytest.FixtureRequest) -> Iterator[DavServer]:
    with running(request.param) as server:
        yield server


@pytest.fixture
def server(shared: DavServer) -> DavServer:
    return DavServer(shared.kind, shared.port)


@pytest.fixture
def path(server: DavServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """A calendar of the test's own."""
    made = server.calendar(f"c{abs(hash(request.node.nodeid)):x}")
    yield made
    server.ask("DELETE", made)
