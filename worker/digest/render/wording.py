"""The words of a digest: pure functions from a letter to sentences that are kind, exact, and safe to show anywhere."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.enums import Direction, Stage
from worker.digest.digest import Digest, FirstFindings, Last, Line, LineKind

LABELS = {
    LineKind.COLD: "gone quiet",
    LineKind.COOLING: "getting quieter",
    LineKind.GROWING: "growing",
    LineKind.THANKS: "a thank-you",
    LineKind.SEASONAL: "this time of year",
}
STAGES = {
    Stage.CONTACT: "an acquaintance",
    Stage.GROWING: "growing roots",
    Stage.ROOTED: "well rooted",
    Stage.DEEP: "deep roots",
}
PROMISE = "Made from who met and wrote to whom, and when. keepwarm never reads what a mail says."
STOP = "“keepwarm digest --every never” stops these letters."
HINT = "Not now? “keepwarm snooze NAME” gives it time, “keepwarm explain NAME” says why."
_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split(" ")  # noqa: SIM905 - one line to read
# What turns text around or hides it: bidirectional controls, line and paragraph separators, invisible fillers, tags.
_DISGUISE = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def clean(text: str, limit: int = 300) -> str:
    """Text from a mail made harmless on a page, in a terminal or in a header: one line, nothing hidden, bounded."""
    seen = "".join(
        " " if unicodedata.category(digest) in {"Cc", "Zl", "Zp"} else digest
        for digest in _DISGUISE.sub("", text[: limit * 4])
    )
    # lone surrogates cannot be written as UTF-8
    line = " ".join(seen.encode("utf-8", "replace").decode("utf-8").split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def name_of(name: str, address: str = "") -> str:
    """What to call somebody: the name, or the address where there is none."""
    return clean(name, 60) or clean(address, 80) or "somebody"


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun: "three people", "1,204 mails"."""
    said = _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"
    return f"{said} {one if number == 1 else many}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a row: "Anna, Ben and two more"."""
    shown, rest = list(names[:most]), len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {counted(rest, 'more', 'more')}"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""


def span(days: int) -> str:
    """A length of time as one says it: "12 days", "7 weeks", "4 months", "2 years"."""
    if days < 14:
        return f"{days} day{'s' if days != 1 else ''}"
    if days < 70:
        return f"{round(days / 7)} weeks"
    if days < 700:
        return f"{round(days / 30.44)} months"
    years = round(days / 365.25)
    return f"{years} years"


def place(zone: str) -> ZoneInfo:
    """The reader's zone; UTC where the name is unknown."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name too long for a file
        return ZoneInfo("UTC")


def day(at: datetime, as_of: datetime, zone: str) -> str:
    """A day in the reader's zone: "today", "yesterday", "on Tuesday", "on 9 September", with the year if need be."""
    there, now = at.astimezone(place(zone)), as_of.astimezone(place(zone))
    gone = (now.date() - there.date()).days
    if gone in {0, 1}:
        return ("today", "yesterday")[gone]
    if 1 < gone < 7:
        return f"on {there:%A}"
    year = "" if there.year == now.year else f" {there.year}"
    return f"on {there.day} {there:%B}{year}"


def last_words(last: Last, as_of: datetime, zone: str) -> str:
    """When the two last met, and who wrote last: one sentence, or nothing."""
    said = []
    if last.met_at:
        said.append(f"you last met {day(last.met_at, as_of, zone)}")
    if last.wrote_at and last.wrote in {Direction.IN, Direction.OUT}:
        who = "they" if last.wrote is Direction.IN else "you"
        said.append(f"{who} wrote last, {day(last.wrote_at, as_of, zone)}")
    sentence = "; ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def label(line: Line) -> str:
    """The few words beside a name: how things stand, without a number that judges."""
    if line.kind in {LineKind.COLD, LineKind.COOLING} and line.silent_days is not None:
        return f"{STAGES[line.stage]} · quiet for {span(line.silent_days)}"
    if line.kind is LineKind.GROWING:
        return LABELS[line.kind]
    return f"{STAGES[line.stage]} · {LABELS[line.kind]}"


def headline(digest: Digest) -> str:
    """What the letter is about, in a few words."""
    if digest.first:
        return "Here is who has been around you"
    if digest.lines:
        return f"{counted(len(digest.lines), 'person', 'people').capitalize()} to think of"
    return "A word about your accounts"


def greeting(digest: Digest) -> str:
    """How the letter begins."""
    reader = clean(digest.reader, 60)
    return f"Dear {reader}," if reader else "Hello,"


def opening(digest: Digest) -> str:
    """One sentence after the greeting."""
    if digest.first:
        return found(digest.first, digest.zone)
    if not digest.lines:
        return "Nothing about people this week, only this."
    kinds = {line.kind for line in digest.lines}
    if kinds <= {LineKind.COLD, LineKind.COOLING}:
        return "It has been quiet here and there. A short line is often enough."
    return "A few good moments to write a line, whenever it suits you."


def found(first: FirstFindings, zone: str) -> str:
    """What the first read found."""
    since = first.since.astimezone(place(zone))
    mails, meetings = counted(first.mails, "mail", "mails"), counted(first.meetings, "meeting", "meetings")
    met = counted(first.people, "person", "people")
    grown = counted(first.connections, "connection", "connections")
    rooted = f"{grown.capitalize()} {'has' if first.connections == 1 else 'have'} roots on both sides."
    return f"Since {since:%B %Y} there were {mails} and {meetings} with {met}. {rooted}"


def subject(digest: Digest) -> str:
    """The subject line of the mail; without line breaks whatever the names hold."""
    if digest.first:
        return "keepwarm: who has been around you"
    if digest.lines:
        return f"Keeping warm: {listed([name_of(line.name, line.address) for line in digest.lines])}"
    return "keepwarm: a word about your accounts"


def date_line(digest: Digest) -> str:
    """The letter's date, where the reader is."""
    there = digest.as_of.astimezone(place(digest.zone))
    return f"{there:%A}, {there.day} {there:%B %Y}"


def foundation(digest: Digest) -> str:
    """The facts the judgement stands on."""
    footer = digest.footer
    if not (footer.people and footer.interactions):
        return ""
    whole = ""
    if footer.complete_until:
        whole = f", complete until {day(footer.complete_until, digest.as_of, digest.zone).removeprefix('on ')}"
    accounts = f" in {listed([clean(one, 80) for one in footer.accounts])}" if footer.accounts else ""
    return f"From {footer.interactions:,} interactions with {footer.people:,} people{accounts}{whole}."


def initials(name: str) -> str:
    """One or two letters for the round mark beside a name."""
    words = [word for word in re.split(r"[\s.@_-]+", clean(name, 60)) if word and word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "·"
