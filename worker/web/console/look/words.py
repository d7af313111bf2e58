"""The console's own words: what the terminal says with commands, pages say with buttons and links (pure)."""

from urllib.parse import quote

from models.enums import Channel, Direction, Stage, Warmth

STAGES = {Stage.CONTACT: "Acquaintance", Stage.GROWING: "Growing", Stage.ROOTED: "Rooted", Stage.DEEP: "Deep"}
WARMTHS = {
    Warmth.WARM: "in touch",
    Warmth.COOLING: "getting quieter",
    Warmth.COLD: "gone quiet",
    Warmth.RESTING: "resting",
    Warmth.UNKNOWN: "not known just now",
}
MOVES = {
    (Channel.EMAIL, Direction.OUT): "You wrote",
    (Channel.EMAIL, Direction.IN): "They wrote",
    (Channel.MEETING, Direction.MUTUAL): "You met",
}
PROVIDERS = {
    "gmail": "Google",
    "outlook": "Microsoft",
    "imap": "IMAP mailbox",
    "caldav": "CalDAV calendar",
    "ical": "Calendar address",
    "archive": "Files",
}
STATES = {"active": "Connected", "needs_person": "Needs you", "disconnected": "Disconnected"}


def path(key: str) -> str:
    """Write a person's key as one part of a path: whatever an address holds, it stays one part."""
    return quote(key, safe="@.")


def move(channel: str, direction: str) -> str:
    """Say who moved."""
    return MOVES.get((Channel(channel), Direction(direction)), "You were both there")


def sentence(reason: str) -> str:
    """Make a sentence of a reason."""
    said = reason[:1].upper() + reason[1:]
    return said if said.endswith((".", "!", "?", "…")) or not said else f"{said}."
