"""Sealing what must never lie in clear: authenticated encryption under keys that can be rotated."""

import os
from base64 import urlsafe_b64decode
from hashlib import blake2b
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from models.errors import CodedError
from worker.app.settings import Settings


class WrongKey(CodedError):  # noqa: N818 - says what is wrong
    """A sealed secret does not open with the keys at hand."""


class Vault:
    """Seals with the newest key, opens with any of them."""

    def __init__(self, keys: list[str]) -> None:
        """Take Fernet keys, newest first.

        Raises:
            WrongKey: one of them is not a Fernet key.
        """
        try:
            self._keys = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise WrongKey(
                "KEEPWARM_SECRET_KEYS holds something that is not a Fernet key. "
                "A key is 32 random bytes in URL-safe base64, as cryptography's Fernet.generate_key() makes it."
            ) from None
        self._names = [fingerprint(key) for key in keys]

    @property
    def newest(self) -> str:
        """The fingerprint of the key that seals."""
        return self._names[0]

    @property
    def older(self) -> list[str]:
        """The fingerprints of the keys that only open."""
        return [name for name in self._names if name != self.newest]

    def seal(self, secret: str) -> bytes:
        """Seal a secret with the newest key."""
        return self._keys.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Open a sealed secret.

        Raises:
            WrongKey: no key at hand fits.
        """
        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken:
            raise WrongKey(
                "The stored sign-in does not open with the present key. Put the old key back (KEEPWARM_SECRET_KEYS, "
                "or secret.key in KEEPWARM_HOME), or connect the account again."
            ) from None

    def reseal(self, sealed: bytes) -> bytes:
        """Seal anew with the newest key.

        Raises:
            WrongKey: no key at hand fits.
        """
        return self.seal(self.open(sealed))


def fingerprint(key: str) -> str:
    """Name a Fernet key by 16 hex digits that tell nothing about it."""
    return blake2b(urlsafe_b64decode(key), digest_size=8, person=b"keepwarm key").hexdigest()


def open_vault(settings: Settings) -> Vault:
    """Take the keys from the settings, or from the key file that is made on first use.

    Raises:
        WrongKey: a key cannot be used.
    """
    given = [key.strip() for key in settings.secret_keys.get_secret_value().split(",") if key.strip()]
    return Vault(given or [_key_file(settings.home / "secret.key")])


def _key_file(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = Fernet.generate_key().decode()
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key
