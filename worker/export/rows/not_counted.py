"""Why an email is no contact with someone in it, as far as what is stored says so."""

from models.enums import PASSING, Channel, Direction, Role
from models.words import stored

#: It came back: it never reached them.
RETURNED = "returned"
#: Its sender may not be who wrote it: it failed the provider's check, or is the address of a mailing list.
SENDER = "sender"

_PASSED_ON = ", ".join(f"'{stored(role)}'" for role in sorted(PASSING))
_EMAIL, _IN, _OUT, _FROM = map(stored, (Channel.EMAIL, Direction.IN, Direction.OUT, Role.FROM))
#: The same for SQLite, of a participation `p` that is no touch in an interaction `i`.
IS_RETURNED = f"i.channel = '{_EMAIL}' AND i.direction = '{_OUT}' AND p.role NOT IN ({_PASSED_ON})"
IS_SENDER = f"i.channel = '{_EMAIL}' AND i.direction = '{_IN}' AND p.role = '{_FROM}'"


def why_not_counted(touch: int | None, channel: str, direction: str, role: str) -> str | None:
    """Say why an email is no contact; None where it is one, and where nothing more is known."""
    if touch is not None or channel != Channel.EMAIL:
        return None
    if direction == Direction.OUT:
        return None if role in PASSING else RETURNED
    return SENDER if direction == Direction.IN and role == Role.FROM else None
