"""Sealing what must never lie in clear: authenticated encryption under keys that can be rotated, bound to its place."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from models.errors import CodedError
from worker.app.secrets.key_file import read_key_file
from worker.app.settings import Settings

#: How the content of a bound secret begins. Earlier versions sealed the secret alone: JSON from a provider.
BOUND = b"keepwarm:bound:"
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(tuple[int, str, str, str, str])


class WrongKey(CodedError):  # noqa: N818 - says what is wrong
    """A sealed secret does not open with the keys at hand, or was sealed for another place."""


class SecretOwner(NamedTuple):
    """Whose secret it is and what for: who can write the database still cannot give it to anyone else."""

    user_id: int
    provider: str
    address: str
    purpose: str


class Vault:
    """Seals with the newest key, opens with any of them."""

    def __init__(self, keys: Sequence[str], source: str = "KEEPWARM_SECRET_KEYS") -> None:
        """Take Fernet keys, newest first, from what `source` names.

        Raises:
            WrongKey: one of them is not a Fernet key.
        """
        from cryptography.fernet import Fernet, MultiFernet  # files have nothing that is sealed

        try:
            self._keys = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise WrongKey("app.not_a_key", source=source) from None
        self._names = [fingerprint(key) for key in keys]
        self._unbound = [_unbound_fingerprint(key) for key in keys]

    @property
    def newest(self) -> str:
        """The fingerprint of the key that seals."""
        return self._names[0]

    @property
    def older(self) -> list[str]:
        """The fingerprints of keys that only open."""
        return [name for name in self._names if name != self.newest]

    @property
    def outdated(self) -> list[str]:
        """The fingerprints of whatever is to be sealed again: by an older key, or bound to nothing yet."""
        return self.older + self._unbound

    def seal(self, secret: str, owner: SecretOwner) -> bytes:
        """Seal a secret with the newest key, for this owner and purpose alone."""
        return self._keys.encrypt(BOUND + _ENCODER.encode((*owner, secret)))

    def open(self, sealed: bytes, owner: SecretOwner) -> str:
        """Open a sealed secret.

        Raises:
            WrongKey: no key at hand fits, or it was sealed for another owner or purpose.
        """
        from cryptography.fernet import InvalidToken

        try:
            content = self._keys.decrypt(sealed)
        except InvalidToken:
            raise WrongKey("app.other_key") from None
        if not content.startswith(BOUND):  # from a version that bound nothing: sealed again at the next start
            return content.decode()
        *sealed_for, secret = _DECODER.decode(content[len(BOUND) :])
        if tuple(sealed_for) != tuple(owner):
            raise WrongKey("app.other_owner")
        return str(secret)

    def reseal(self, sealed: bytes, owner: SecretOwner) -> bytes:
        """Seal again with the newest key.

        Raises:
            WrongKey: as `open`.
        """
        return self.seal(self.open(sealed, owner), owner)


def fingerprint(key: str) -> str:
    """Name a Fernet key by 16 hex digits that reveal nothing about it."""
    return _hash(key, b"keepwarm bound")


def _unbound_fingerprint(key: str) -> str:
    """Name a key as versions did that bound nothing: what carries this name is found without opening it."""
    return _hash(key, b"keepwarm key")


def _hash(key: str, person: bytes) -> str:
    return blake2b(urlsafe_b64decode(key), digest_size=8, person=person).hexdigest()


def open_vault(settings: Settings) -> Vault:
    """Take the keys from the settings, or from the key file that is made on first use.

    Raises:
        WrongKey: a key cannot be used.
    """
    given = [key.strip() for key in settings.secret_keys.get_secret_value().split(",") if key.strip()]
    if given:
        return Vault(given)
    path = settings.home / "secret.key"
    key = read_key_file(path, settings.database)
    if not key:
        raise WrongKey("app.empty_key", path=path)
    return Vault([key], str(path))
