"""Why an email is no contact with someone in it, as far as what is stored says so."""

from models.enums import PASSING, Channel, Direction, Role

#: It came back: it never reached them.
RETURNED = "returned"
#: Its sender may not be who wrote it: it failed the provider's check, or is the address of a mailing list.
SENDER = "sender"

_PASSED_ON = ", ".join(f"'{role}'" for role in sorted(PASSING))
#: The same for SQLite, of a participation `p` that is no touch in an interaction `i`.
IS_RETURNED = f"i.channel = '{Channel.EMAIL}' AND i.direction = '{Direction.OUT}' AND p.role NOT IN ({_PASSED_ON})"
IS_SENDER = f"i.channel = '{Channel.EMAIL}' AND i.direction = '{Direction.IN}' AND p.role = '{Role.FROM}'"


def why_not_counted(touch: int | None, channel: str, direction: str, role: str) -> str | None:
    """Say why an email is no contact; None where it is one, and where nothing more is known."""
    if touch is not None or channel != Channel.EMAIL:
        return None
    if direction == Direction.OUT:
        return None if role in PASSING else RETURNED
    return SENDER if direction == Direction.IN and role == Role.FROM else None
