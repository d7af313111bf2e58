"""The console's own words: what the terminal says with commands, pages say with buttons and links (pure)."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from models.enums import Channel, Direction, Stage, Warmth
from worker.sync.completeness import StreamCount
from worker.wording.spans import ago

STAGES = {Stage.CONTACT: "Contact", Stage.GROWING: "Growing", Stage.ROOTED: "Rooted", Stage.DEEP: "Deep"}
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
    (Channel.TALK, Direction.MUTUAL): "You talked, as you said",
}
PROVIDERS = {
    "gmail": "Google",
    "outlook": "Microsoft",
    "imap": "IMAP mailbox",
    "caldav": "CalDAV calendar",
    "ical": "Calendar address",
    "archive": "Files",
}
EVENTS = {"digest": "the digest is ready", "quiet": "someone has gone quiet", "account": "an account needs you"}
STATES = {"active": "Connected", "needs_person": "Needs you", "disconnected": "Disconnected"}


class Offer(NamedTuple):
    """What a note of the digest suggests, as a button: where it posts to, what with, and what it says."""

    said: str
    to: str = ""
    fields: Mapping[str, str] = MappingProxyType({})
    label: str = ""


#: Suggestions of notes as the terminal words them, and what a page offers instead.
_MERGE = re.compile(r" If both addresses are one person, run `keepwarm merge (\S+) (\S+)`\.")
_SPLIT = re.compile(r" If they aren't: keepwarm split (\S+) (\S+)")
_CONNECT = re.compile(r" Connect it again: keepwarm connect \S+")


def offer(note: str) -> Offer:
    """Replace a note that names a command by one with a button; any other stays as it is."""
    if found := _MERGE.search(note):
        fields = {"who": found[2], "other": found[1]}
        return Offer(note.replace(found[0], ""), "/person/merge", fields, "They're one person")
    if found := _SPLIT.search(note):
        fields = {"who": found[1], "address": found[2]}
        return Offer(note.replace(found[0], ""), "/person/split", fields, "They aren't")
    return Offer(_CONNECT.sub(" Reconnect it under Sources.", note))


def move(channel: str, direction: str) -> str:
    """Say who moved."""
    return MOVES.get((Channel(channel), Direction(direction)), "You were both there")


def sentence(reason: str) -> str:
    """Make a sentence of a reason."""
    said = reason[:1].upper() + reason[1:]
    return said if said.endswith((".", "!", "?", "…")) or not said else f"{said}."


def standing(stream: StreamCount, now: datetime) -> str:
    """Say where the reading of a stream stands."""
    if stream.trouble and stream.failures:
        return stream.trouble
    if stream.unfinished:
        return f"Reading, {stream.complete:.0%} done" if stream.done or stream.listed else "Waiting to be read"
    return f"Read {ago(now - stream.synced_at)}" if stream.synced_at else "Waiting to be read"


def reasons(streams: Iterable[StreamCount]) -> list[tuple[str, int]]:
    """Add up why records were skipped or left for later, the most frequent first."""
    counts: Counter[str] = Counter()
    for stream in streams:
        counts.update({f"skipped: {why}": number for why, number in stream.skipped.items()})
        counts.update({f"for later: {why}": number for why, number in stream.deferred.items()})
    return counts.most_common()


def share(part: float) -> str:
    """Say a share as a colleague would."""
    ways = ((0.95, "nearly all"), (0.8, "most"), (0.6, "about two in three"), (0.4, "about half"), (0.2, "some"))
    return next((said for least, said in ways if part >= least), "few")
