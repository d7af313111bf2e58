"""A provider is a connector package and one entry in the table: nothing else in worker needs to know of it."""

import ast
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import worker
from connectors.base import Connector, Grant
from connectors.errors import NeedsReauthorisation
from connectors.memory import MemoryConnector
from models.accounts import Account
from models.enums import Provider
from models.history import Interaction
from models.records import Record
from tests.worker.homes import ME, friendship, open_home
from worker.accounts.connect import connect_account, disconnect_account
from worker.accounts.providers import PROVIDERS, ProviderDescriptor, SignIn
from worker.accounts.store import UnknownAccount, secret_of
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.digest.deliver.offers.unsubscribe import unsubscribe_subject_for
from worker.service.one_shot import sync
from worker.storage.transactions import reading

ROOT = Path(str(worker.__file__)).parent
#: Where a provider may be named: its descriptor, the commands with its options, and what its notifications look like.
NAMED = {
    "accounts/connect_archive.py", "accounts/connect_servers.py", "cli/accounts/sign_in.py", "sync/push.py", "web/push_endpoint.py",
    # commands about one provider by name: its sign-in from `connect ADDRESS`, `setup google`, `organisation connect google`
    "cli/accounts/guided.py", "cli/accounts/setup.py", "cli/admin/organisation.py",
}  # fmt: skip


class Toy:
    """A provider of one list of records, whose consent is a word."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.revoked: list[str] = []

    def open(self, runtime: Runtime, account: Any) -> Connector:
        if secret_of(runtime, account.id) != "yes":
            raise NeedsReauthorisation("the toy does not know this word")
        return MemoryConnector({"all": self.records}, page=7)

    def sign_in(self, _settings: Settings, how: SignIn) -> Grant:
        how.open_browser("https://toy.example/consent")
        return Grant(ME, ("toy",), "yes")

    def revoke(self, _settings: Settings, secret: str) -> None:
        self.revoked.append(secret)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    toy = Toy(friendship())
    entry = ProviderDescriptor(
        Provider.MEMORY, "Toy", toy.open, sign_in=toy.sign_in, revoke=toy.revoke, withdraw="Ask the toy."
    )
    monkeypatch.setitem(PROVIDERS, Provider.MEMORY, entry)
    return toy


def test_a_toy_provider_is_connected_read_and_disconnected(tmp_path: Path, toy: Toy) -> None:
    runtime = open_home(tmp_path / "home")
    asked: list[str] = []
    found = connect_account(runtime, Provider.MEMORY, SignIn(asked.append))
    assert (asked, found.address, found.streams) == (["https://toy.example/consent"], ME, 1)
    assert all(stream.finished for stream in sync(runtime, found.user_id))
    with reading(runtime.engine) as connection:
        assert len(connection.scalars(select(Interaction.id)).all()) == len(toy.records)
    assert unsubscribe_subject_for(runtime, found.user_id, ME) is not None  # what is sent from it is seen
    assert disconnect_account(runtime, found.user_id, found.account_id, erase=False) == ""
    assert toy.revoked == ["yes"]
    with reading(runtime.engine) as connection:
        assert connection.scalars(select(Account.state)).all() == ["disconnected"]


def test_what_has_no_sign_in_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnknownAccount, match="no_sign_in"):
        connect_account(open_home(tmp_path / "home"), Provider.ARCHIVE, SignIn(lambda _: None))


def test_no_other_module_of_worker_asks_which_provider_it_is() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "accounts/providers" not in str(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("Provider.")
    }
    assert asking <= NAMED
