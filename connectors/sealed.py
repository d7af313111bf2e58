"""What opens an account, as the one text that is sealed and kept: the same for every kind of secret."""

from typing import TypeVar

import msgspec

from connectors.errors import ProtocolError


class Sealable:
    """A value that is kept sealed."""

    __slots__ = ()

    def encoded(self) -> str:
        """Return it as text, to be sealed."""
        return msgspec.json.encode(self).decode()


Kind = TypeVar("Kind", bound=Sealable)


def read_secret(secret: str, kind: type[Kind], unreadable: str) -> Kind:
    """Read what `encoded` gave.

    Args:
        secret: the text.
        kind: what it should be.
        unreadable: the error it is where it is not (worker/wording/errors).

    Raises:
        ProtocolError: `encoded` never gave this.
    """
    try:
        return msgspec.json.decode(secret, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProtocolError(unreadable) from None
