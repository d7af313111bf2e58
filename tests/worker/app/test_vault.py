"""Sealed secrets open for the account and the purpose they were made for, and the file of their key is made once."""

import stat
import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine

from models.accounts import Account, Secret
from models.enums import Provider
from tests.worker.cli.keepwarm import ROOT, Keepwarm
from tests.worker.homes import NOW, open_home
from worker.accounts.store import ensure_account, follow_rename, keep_secret, secret_of
from worker.app.runtime import Runtime
from worker.app.secrets.key_rotation import reseal_all
from worker.app.secrets.vault import SecretOwner, Vault, WrongKey, open_vault
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.storage.transactions import reading, writing

KEY, OTHER = (Fernet.generate_key().decode() for _ in range(2))
OWNER = SecretOwner(1, "gmail", "anna@north.example", "read")
OWNERS = st.builds(SecretOwner, st.integers(1, 3), st.sampled_from(["gmail", "imap"]), st.text(), st.text())


@given(OWNERS, OWNERS, st.text())
def test_it_opens_for_its_owner_alone(one: SecretOwner, other: SecretOwner, secret: str) -> None:
    vault = Vault([KEY])
    sealed = vault.seal(secret, one)
    assert vault.open(sealed, one) == secret
    if one != other:
        with pytest.raises(WrongKey, match="other_owner"):
            vault.open(sealed, other)


@given(st.integers(0, 400), st.integers(1, 255))
def test_what_was_changed_does_not_open(place: int, by: int) -> None:
    vault = Vault([KEY])
    sealed = bytearray(urlsafe_b64decode(vault.seal("a secret", OWNER)))
    sealed[place % len(sealed)] ^= by
    with pytest.raises(WrongKey):
        vault.open(urlsafe_b64encode(sealed), OWNER)


def test_no_secret_can_pass_for_a_bound_one() -> None:
    vault = Vault([KEY])
    forged = 'keepwarm:bound:[1,"gmail","anna@north.example","read","mine"]'
    assert vault.open(vault.seal(forged, OWNER), OWNER) == forged


def accounts(runtime: Runtime) -> tuple[int, int]:
    """Two users with one account each."""
    with writing(runtime.engine) as connection:
        made = [
            ensure_account(connection, add_user(connection, me, NOW), Provider.GMAIL, me, runtime)
            for me in ("a@x.example", "b@x.example")
        ]
    return made[0], made[1]


def home(engine: Engine, *keys: str) -> Runtime:
    return Runtime(Settings(secret_keys=SecretStr(",".join(keys))), engine, lambda: NOW)


def test_who_writes_the_database_gives_nobody_the_sign_in_of_another(engine: Engine) -> None:
    runtime = home(engine, KEY)
    first, second = accounts(runtime)
    kept = {(first, "read"): "A", (first, "send"): "A sends", (second, "read"): "B", (second, "send"): "B sends"}
    for (account, purpose), secret in kept.items():
        keep_secret(runtime, account, secret, purpose)
    with reading(engine) as connection:
        sealed = {(row.account_id, row.purpose): row.sealed for row in connection.execute(select(Secret.__table__))}
    for place, secret in kept.items():
        for source, bytes_ in sealed.items():
            with writing(engine) as connection:
                where = (Secret.account_id == place[0], Secret.purpose == place[1])
                connection.execute(update(Secret).where(*where).values(sealed=bytes_))
            if source == place:
                assert secret_of(runtime, *place) == secret
            else:
                with pytest.raises(WrongKey, match="other_owner"):
                    secret_of(runtime, *place)


@pytest.mark.parametrize("change", [{"user_id": 2}, {"address": "c@x.example"}, {"provider": "outlook"}])
def test_nor_does_an_account_that_was_given_to_another(engine: Engine, change: dict[str, object]) -> None:
    runtime = home(engine, KEY)
    first, _ = accounts(runtime)
    keep_secret(runtime, first, "A")
    with writing(engine) as connection:
        connection.execute(update(Account).where(Account.id == first).values(**change))
    with pytest.raises(WrongKey):
        secret_of(runtime, first)


def seal_as_before(engine: Engine, account: int, secret: str, key: str) -> None:
    """Store a secret as versions did that bound nothing."""
    from worker.app.secrets.vault import _unbound_fingerprint

    with writing(engine) as connection:
        sealed = Fernet(key).encrypt(secret.encode())
        row = {"account_id": account, "purpose": "read", "sealed": sealed, "key": _unbound_fingerprint(key)}
        connection.execute(insert(Secret).values(row))


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["newest", "older"])
def test_what_an_earlier_version_sealed_opens_and_is_bound(engine: Engine, key: str) -> None:
    runtime = home(engine, KEY, OTHER)
    first, second = accounts(runtime)
    seal_as_before(engine, first, '{"refresh_token": "A"}', key)
    keep_secret(runtime, second, "B")
    assert secret_of(runtime, first) == '{"refresh_token": "A"}'
    reseal_all(engine, runtime.vault)
    newest = home(engine, KEY)
    assert secret_of(newest, first) == '{"refresh_token": "A"}'
    with writing(engine) as connection:
        sealed = connection.scalar(select(Secret.sealed).where(Secret.account_id == first))
        connection.execute(update(Secret).where(Secret.account_id == second).values(sealed=sealed))
    with pytest.raises(WrongKey, match="other_owner"):
        secret_of(newest, second)


def test_an_upgrade_of_the_database_binds_them(tmp_path: Path) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    runtime = open_home(keepwarm.home)
    first, _ = accounts(runtime)
    open_vault(runtime.settings)
    seal_as_before(runtime.engine, first, "A", (keepwarm.home / "secret.key").read_text())
    assert "aren't bound to their account yet" in keepwarm("doctor").out.replace("\n", " ")
    assert keepwarm("db", "upgrade").code == 0
    with reading(runtime.engine) as connection:
        assert connection.scalar(select(Secret.key)) == runtime.vault.newest
    assert secret_of(runtime, first) == "A"
    runtime.engine.dispose()


def settings(place: Path) -> Settings:
    return Settings(home=place, secret_keys=SecretStr(""))


def test_a_key_is_made_once_and_for_its_user_alone(tmp_path: Path) -> None:
    place = tmp_path / "home"
    first = open_vault(settings(place)).newest
    assert open_vault(settings(place)).newest == first
    assert stat.S_IMODE((place / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert [path.name for path in place.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n"])
def test_an_empty_file_that_sealed_nothing_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    made = open_vault(settings(tmp_path)).newest
    assert open_vault(settings(tmp_path)).newest == made
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_an_empty_file_that_sealed_something_is_named(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    first, _ = accounts(runtime)
    keep_secret(runtime, first, "A")
    runtime.engine.dispose()
    key = runtime.settings.home / "secret.key"
    saved = key.read_text()
    key.write_text("")
    with pytest.raises(WrongKey) as refused:
        open_vault(runtime.settings)
    assert str(key) in str(refused.value)
    assert "KEEPWARM_SECRET_KEYS" not in str(refused.value)
    assert key.read_text() == ""
    key.write_text(saved + "\n")
    assert secret_of(open_home(tmp_path / "home"), first) == "A"


@pytest.mark.parametrize(
    "content", [b"no key", b"\xff\xfe\x00", b"A" * 44, KEY.encode()[:20]], ids=["words", "bytes", "zeros", "cut"]
)
def test_a_file_that_holds_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(WrongKey) as refused:
        open_vault(settings(tmp_path))
    assert str(tmp_path / "secret.key") in str(refused.value)
    assert (tmp_path / "secret.key").read_bytes() == content


@pytest.mark.parametrize("empty", [False, True])
def test_processes_that_start_at_once_have_the_same_key(tmp_path: Path, empty: bool) -> None:
    if empty:
        (tmp_path / "secret.key").touch()
    code = (
        "import sys; from pathlib import Path; from worker.app.settings import Settings; "
        "from worker.app.secrets.vault import open_vault; sys.stdin.readline(); "
        "print(open_vault(Settings(home=Path(sys.argv[1]))).newest)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for _ in range(6)
    ]  # fmt: skip
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    printed = {process.communicate(timeout=60)[0] for process in started}
    assert printed == {open_vault(settings(tmp_path)).newest + "\n"}


def test_an_account_that_its_provider_renamed_keeps_its_secrets(engine: Engine) -> None:
    runtime = home(engine, KEY)
    first, second = accounts(runtime)
    for purpose in ("read", "send"):
        keep_secret(runtime, first, f"A {purpose}", purpose)
    with writing(engine) as connection:
        connection.execute(update(Account).where(Account.id == first).values(subject="lasting"))
        user = connection.scalar(select(Account.user_id).where(Account.id == first)) or 0
        follow_rename(connection, runtime, user, Provider.GMAIL, "new@x.example", "lasting")
    assert [secret_of(runtime, first, purpose) for purpose in ("read", "send")] == ["A read", "A send"]
    with reading(engine) as connection:
        assert connection.scalar(select(Account.address).where(Account.id == first)) == "new@x.example"
        assert connection.scalar(select(Account.address).where(Account.id == second)) == "b@x.example"
