"""One relationship as a picture for the terminal: pure Rich renderables made of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.enums import Channel, Direction, Stage, Warmth
from worker.digest.render import wording
from worker.wording.dates import date, place, short_date
from worker.wording.text import clean, name_of

_BARS = " ▁▂▃▄▅▆▇█"
_WARMTHS = {
    Warmth.WARM: ("warm", "green"),
    Warmth.COOLING: ("getting quieter", "yellow"),
    Warmth.COLD: ("gone quiet", "bright_blue"),
    Warmth.RESTING: ("resting", "dim"),
    Warmth.UNKNOWN: ("not known at the moment", "dim"),
}
_MOVES = {
    (Channel.EMAIL, Direction.OUT): ("→", "you wrote"),
    (Channel.EMAIL, Direction.IN): ("←", "they wrote"),
    (Channel.MEETING, Direction.MUTUAL): ("●", "you met"),
    (Channel.TALK, Direction.MUTUAL): ("●", "you talked"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One touch: `group` counts everyone in it, the two included."""

    at: datetime
    channel: Channel
    direction: Direction
    subject: str | None = None
    group: int = 2


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is shown of one person: `months` counts touches, oldest first, the month of `as_of` last."""

    name: str
    addresses: tuple[str, ...]
    stage: Stage
    warmth: Warmth
    as_of: datetime
    zone: str
    months: tuple[int, ...] = ()
    moments: tuple[Moment, ...] = ()  # newest first
    next_meeting: Moment | None = None
    remarks: tuple[str, ...] = ()  # sentences: "You two usually write every two to three weeks."


def sparkline(counts: Sequence[int]) -> Text:
    """A bar a count, two columns wide, the highest at full height; an empty month is a dot."""
    most = max(counts, default=0)
    line = Text()
    for count in counts:
        if count:
            # the smallest count still has a bar that can be seen
            line.append(_BARS[max(1, round(count / most * 8))] * 2, "yellow")
        else:
            line.append("· ", "dim")
    return line


def ticks(as_of: datetime, zone: str, months: int) -> Text:
    """The years below a sparkline, each under its January."""
    there = as_of.astimezone(place(zone))
    line = [" "] * (2 * months)
    for back in range(months):
        year, month = divmod(there.year * 12 + there.month - 1 - back, 12)
        at = 2 * (months - 1 - back)
        if month == 0 and at + 4 <= len(line):
            line[at : at + 4] = str(year)
    return Text("".join(line).rstrip(), "dim")


def render(portrait: Portrait) -> RenderableType:
    """The whole picture: who, how often, what comes next, and the last touches."""
    warmth, colour = _WARMTHS[portrait.warmth]
    head = Text.assemble(
        (name_of(portrait.name, *portrait.addresses[:1]), "bold"),
        (f"   {wording.STAGES[portrait.stage]} · ", "dim"),
        (warmth, colour),
    )
    parts: list[RenderableType] = [head, Text(" ".join(clean(one, 120) for one in portrait.addresses), "dim")]
    if portrait.months:
        chart = Group(sparkline(portrait.months), ticks(portrait.as_of, portrait.zone, len(portrait.months)))
        parts.append(Padding(chart, (1, 0, 0, 2)))
    parts += [Padding(Text(clean(remark)), (0, 0, 0, 2)) for remark in portrait.remarks]
    if portrait.next_meeting:
        parts.append(Padding(_ahead(portrait.next_meeting, portrait.as_of, portrait.zone), (1, 0, 0, 2)))
    if portrait.moments:
        parts.append(Padding(_touches(portrait), (1, 0, 0, 2)))
    return Group(*parts)


def _ahead(meeting: Moment, as_of: datetime, zone: str) -> Text:
    there = meeting.at.astimezone(place(zone))
    when = f"{there:%A}, {date(meeting.at, as_of, zone)}, {there:%H:%M}"
    return Text.assemble(("Next  ", "dim"), (when, "green"), f"  {clean(meeting.subject or '', 80)}".rstrip())


def _touches(portrait: Portrait) -> Table:
    table = Table.grid(padding=(0, 2))
    for moment in portrait.moments:
        sign, words = _MOVES.get((moment.channel, moment.direction), ("·", "both were there"))
        among = f"  ({moment.group} people)" if moment.group > 2 else ""
        subject = clean(moment.subject or "", 80)
        table.add_row(
            Text(short_date(moment.at, portrait.as_of, portrait.zone), "dim"),
            Text(sign),
            Text(words, "dim"),
            Text(f"{subject}{among}".strip()),
        )
    return table
