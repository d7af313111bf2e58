"""What a process keeps open of the accounts it reads."""

from datetime import UTC, datetime, timedelta

from connectors.base import Connector
from connectors.memory import MemoryConnector
from worker.accounts.open_connectors import MOST, OpenConnectors


def empty() -> Connector:
    return MemoryConnector({})


DAY = datetime(2026, 11, 20, tzinfo=UTC)


def test_a_connector_is_kept_until_its_account_is_connected_anew() -> None:
    opened = OpenConnectors()
    first = opened.connector(1, 1, DAY, empty)
    assert opened.connector(1, 1, DAY, empty) is first
    assert opened.connector(1, 1, DAY + timedelta(days=1), empty) is not first


def test_however_many_accounts_there_are_only_those_read_last_stay_open() -> None:
    opened = OpenConnectors()
    made: list[Connector] = [opened.connector(account, 1, DAY, empty) for account in range(MOST)]
    assert opened.connector(0, 1, DAY, empty) is made[0]
    opened.connector(MOST, 1, DAY, empty)
    assert len(opened.connectors) == MOST
    assert opened.connector(0, 1, DAY, empty) is made[0]
    assert opened.connector(1, 1, DAY, empty) is not made[1]
