"""Keys are rotated while everything goes on: nothing is locked out, by a kill or by a sign-in renewed meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Engine

from models.accounts import Secret
from models.enums import Provider
from models.organizations import Organization
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import NOW
from tests.worker.queue.processes import SCHEDULER, Installation, kill, until
from worker.accounts.organization_secrets import organization_secret, owner_of
from worker.accounts.store import ensure_account, keep_secret, secret_of
from worker.app.runtime import Runtime
from worker.app.secrets.key_rotation import PIECE, reseal
from worker.app.secrets.vault import SecretOwner, Vault, WrongKey, fingerprint
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.service.maintenance import EVERY, Maintenance
from worker.storage.transactions import reading, writing

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def home(engine: Engine, *keys: str) -> Runtime:
    """An installation with these keys, newest first."""
    return Runtime(Settings(secret_keys=SecretStr(",".join(keys))), engine, lambda: NOW)


def sign_in(runtime: Runtime, count: int) -> list[int]:
    with writing(runtime.engine) as connection:
        user = add_user(connection, "me@mine.example", NOW)
        accounts = [
            ensure_account(connection, user, Provider.MEMORY, f"{n}@mine.example", runtime) for n in range(count)
        ]
    for account in accounts:
        keep_secret(runtime, account, f"secret of {account}")
    return accounts


def under(engine: Engine, key: str) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).where(Secret.key == fingerprint(key))) or 0


def reached(engine: Engine, wanted: int) -> bool:
    return under(engine, NEW) >= wanted


def opened(runtime: Runtime, accounts: list[int]) -> bool:
    return all(secret_of(runtime, account) == f"secret of {account}" for account in accounts)


def test_one_day_after_the_keys_were_rotated_the_old_one_is_not_needed(engine: Engine) -> None:
    accounts = sign_in(home(engine, OLD), PIECE + 5)
    rotated = home(engine, NEW, OLD)
    upkeep = Maintenance(rotated)
    upkeep.step()
    assert under(engine, NEW) == PIECE  # a piece at each tick
    assert opened(rotated, accounts)
    upkeep.step()
    assert under(engine, NEW) == len(accounts)
    assert opened(home(engine, NEW), accounts)
    with pytest.raises(WrongKey):
        secret_of(home(engine, OLD), accounts[0])


def test_a_key_that_is_rotated_while_the_scheduler_lives_is_found_by_the_next_day(engine: Engine) -> None:
    clock = [NOW]
    rotated = Runtime(Settings(secret_keys=SecretStr(f"{NEW},{OLD}")), engine, lambda: clock[0])
    upkeep = Maintenance(rotated)
    upkeep.step()
    accounts = sign_in(home(engine, OLD), 1)  # by a worker that was not started anew yet
    upkeep.step()
    assert under(engine, OLD) == 1
    clock[0] += EVERY
    upkeep.step()
    assert under(engine, OLD) == 0
    assert opened(home(engine, NEW), accounts)


def test_an_account_that_sends_has_two_and_both_are_sealed_anew(engine: Engine) -> None:
    old = home(engine, OLD)
    accounts = sign_in(old, 3)
    for account in accounts:
        keep_secret(old, account, f"sending of {account}", "send")
    vault = home(engine, NEW, OLD).vault
    after = reseal(engine, vault, most=1)
    assert under(engine, NEW) == 2
    while after is not None:
        after = reseal(engine, vault, after=after, most=1)
    new = home(engine, NEW)
    assert opened(new, accounts)
    assert [secret_of(new, account, "send") for account in accounts] == [f"sending of {one}" for one in accounts]


class Meddling(Vault):
    """A vault in whose hands a sign-in is renewed by another worker, between its being read and sealed anew."""

    def __init__(self, keys: list[str], other: Runtime) -> None:
        super().__init__(keys)
        self.other = other

    def reseal(self, sealed: bytes, owner: SecretOwner) -> bytes:
        old = self.open(sealed, owner)
        keep_secret(self.other, int(old.rpartition(" ")[2]), old.replace("secret", "renewed secret"))
        return super().reseal(sealed, owner)


@pytest.mark.parametrize("keys", [(OLD,), (NEW, OLD)])
def test_a_sign_in_that_is_renewed_at_the_same_time_is_not_overwritten(engine: Engine, keys: tuple[str, ...]) -> None:
    accounts = sign_in(home(engine, OLD), 3)
    assert reseal(engine, Meddling([NEW, OLD], home(engine, *keys))) is None
    rotated = home(engine, NEW, OLD)
    assert [secret_of(rotated, account) for account in accounts] == [f"renewed secret of {one}" for one in accounts]
    assert reseal(engine, rotated.vault) is None
    assert under(engine, NEW) == 3


def test_one_that_does_not_open_stands_in_nobodys_way(engine: Engine) -> None:
    accounts = sign_in(home(engine, OLD), 3)
    with writing(engine) as connection:
        connection.execute(update(Secret).where(Secret.account_id == accounts[0]).values(sealed=b"broken"))
    vault = home(engine, NEW, OLD).vault
    after = reseal(engine, vault, most=1)
    while after is not None:
        after = reseal(engine, vault, after=after, most=1)
    assert opened(home(engine, NEW), accounts[1:])


def test_no_key_is_made_where_nothing_is_sealed(engine: Engine, tmp_path: Path) -> None:
    Maintenance(Runtime(Settings(home=tmp_path), engine, lambda: NOW + timedelta(days=1))).step()
    assert not (tmp_path / "secret.key").exists()


def test_keys_that_cannot_be_used_do_not_stop_the_scheduler(engine: Engine) -> None:
    sign_in(home(engine, OLD), 1)
    Maintenance(home(engine, "no key")).step()
    assert under(engine, OLD) == 1


@pytest.fixture
def many(tmp_path: Path) -> Iterator[tuple[Installation, list[int]]]:
    place = tmp_path / "home"
    place.mkdir()
    with Installation(place, settings={"secret_keys": f"{NEW},{OLD}", "tick_seconds": 0.05}) as installation:
        runtime = installation.open()
        yield installation, sign_in(home(runtime.engine, OLD), 8 * PIECE)
        runtime.engine.dispose()


def test_a_scheduler_killed_in_the_middle_and_what_doctor_says(many: tuple[Installation, list[int]]) -> None:
    installation, accounts = many
    engine = installation.open().engine

    def doctor(*keys: str) -> str:
        done = Keepwarm(installation.home)("doctor", KEEPWARM_SECRET_KEYS=",".join(keys), KEEPWARM_DATABASE_URL="")
        return " ".join(done.out.split())

    assert f"{8 * PIECE} of {8 * PIECE} sign-ins still need an older key" in doctor(NEW, OLD)
    for wanted in (PIECE, 3 * PIECE):
        scheduler = installation.start(*SCHEDULER)
        until(partial(reached, engine, wanted))
        kill(scheduler)
        assert opened(home(engine, NEW, OLD), accounts)
    installation.start(*SCHEDULER)
    until(partial(reached, engine, 8 * PIECE))
    assert "No sign-in needs an older key any more" in doctor(NEW, OLD)
    assert opened(home(engine, NEW), accounts)
    assert "Every saved sign-in opens" in doctor(NEW)
    assert "older key" not in doctor(NEW)
    engine.dispose()


def test_what_opens_a_whole_organization_is_sealed_anew_too(engine: Engine) -> None:
    owner = owner_of(Provider.GMAIL, "firm.example")
    with writing(engine) as connection:
        connection.execute(
            insert(Organization).values(
                provider=Provider.GMAIL, name="firm.example", decided_by="boss@firm.example", allowed="{}",
                sealed=Vault([OLD]).seal("the key", owner), key=fingerprint(OLD), connected_at=NOW,
            )
        )  # fmt: skip
    Maintenance(home(engine, NEW, OLD)).step()
    with reading(engine) as connection:
        number = connection.scalars(select(Organization.id)).one()
        assert organization_secret(connection, home(engine, NEW), number) == "the key"
