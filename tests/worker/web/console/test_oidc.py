"""ID tokens: only the issuer's own, for this client, this sign-in and this moment; users by issuer and subject."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import SecretStr

from tests.worker.homes import NOW, open_home
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.storage.transactions import writing
from worker.web.console.access.oidc import SignInRefused, SignIns, checked, user_of

ISSUER, CLIENT, NONCE = "https://id.example", "keepwarm", "a nonce nobody guesses"
OURS, THEIRS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
KEYS = {"keys": [{**RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True), "kid": "1", "use": "sig"}]}
GOOD = {
    "iss": ISSUER, "aud": CLIENT, "sub": "42", "nonce": NONCE, "iat": NOW.timestamp() - 5,
    "exp": NOW.timestamp() + 300, "email": "me@mine.example", "email_verified": True,
}  # fmt: skip


def settings(place: Path) -> Settings:
    return Settings(
        home=place, oidc_issuer=ISSUER, oidc_client_id=CLIENT, oidc_client_secret=SecretStr("s"), _env_file=None
    )  # type: ignore[call-arg]  # pydantic's own


def token(claims: dict[str, Any], key: Any = OURS, algorithm: str = "RS256", kid: str = "1") -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})


def test_a_token_of_the_issuer_holds(tmp_path: Path) -> None:
    assert checked(token(GOOD), KEYS, settings(tmp_path), NONCE, NOW)["sub"] == "42"


@pytest.mark.parametrize(
    "forged",
    [
        token(GOOD, THEIRS),
        token(GOOD, kid="2"),
        jwt.encode(GOOD, "", algorithm="none"),
        jwt.encode(GOOD, "x" * 64, algorithm="HS256", headers={"kid": "1"}),
        token(GOOD | {"iss": "https://evil.example"}),
        token(GOOD | {"aud": "another"}),
        token(GOOD | {"aud": [CLIENT, "another"]}),
        token(GOOD | {"azp": "another"}),
        token(GOOD | {"nonce": "another"}),
        token({key: value for key, value in GOOD.items() if key != "nonce"}),
        token({key: value for key, value in GOOD.items() if key != "exp"}),
        token(GOOD | {"exp": NOW.timestamp() - 61}),
        token(GOOD | {"iat": NOW.timestamp() + 120}),
        token(GOOD | {"sub": ""}),
        token(GOOD)[:-4],
        "x.y.z",
        "",
    ],
)
def test_any_other_token_is_refused(forged: str, tmp_path: Path) -> None:
    with pytest.raises(SignInRefused):
        checked(forged, KEYS, settings(tmp_path), NONCE, NOW)


def test_users_are_known_by_issuer_and_subject_and_nobody_becomes_one(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    with writing(runtime.engine) as connection:
        assert user_of(connection, GOOD, NOW) is None, "nobody was invited"
        user = add_user(connection, "me@mine.example", NOW)
        assert user_of(connection, GOOD | {"email_verified": False}, NOW) is None
        assert user_of(connection, GOOD | {"email_verified": "true"}, NOW) is None
        assert user_of(connection, GOOD, NOW) == user
        assert user_of(connection, GOOD | {"email": "new@mine.example"}, NOW) == user, "an address may change"
        assert user_of(connection, GOOD | {"sub": "43"}, NOW) is None, "an address may change hands"


def test_a_sign_in_is_finished_once_and_in_time() -> None:
    signs = SignIns()
    state, begun = signs.begin("/", NOW)
    assert signs.take("another", NOW) is None
    assert signs.take(state, NOW) is begun
    assert signs.take(state, NOW) is None
    late, _ = signs.begin("/", NOW)
    assert signs.take(late, NOW + timedelta(minutes=11)) is None
