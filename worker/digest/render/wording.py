"""The words of a digest: pure functions from a digest to sentences that are kind, exact, and safe to show anywhere."""

from datetime import datetime

from models.enums import Direction, Stage
from worker.digest.digest import Digest, FirstFindings, Last, Line, LineKind
from worker.wording.dates import day, place
from worker.wording.lists import counted, listed
from worker.wording.text import clean, name_of

LABELS = {
    LineKind.COLD: "gone quiet",
    LineKind.COOLING: "getting quieter",
    LineKind.GROWING: "growing",
    LineKind.THANKS: "a thank-you",
    LineKind.SEASONAL: "this time of year",
    LineKind.ANNIVERSARY: "round years",
    LineKind.OFFER: "might like to know each other",
    LineKind.REST: "could rest for now",
    LineKind.MOVED: "a new address",
}
STAGES = {
    Stage.CONTACT: "an acquaintance",
    Stage.GROWING: "growing roots",
    Stage.ROOTED: "well rooted",
    Stage.DEEP: "deep roots",
}
PROMISE = "Made from who met and wrote to whom, and when. keepwarm never reads what an email says."
#: What the picture of the years shows, for whoever does not see it.
PICTURE = "The years as a stream: your connections above the ground, from deep to seedlings, and contacts below it."
STOP = "“keepwarm digest --every never” stops these emails."
HINT = "Not now? “keepwarm snooze NAME” gives it time, “keepwarm explain NAME” says why."


MONTHS = {"1": "March", "2": "June", "3": "September", "4": "December"}  # in which a quarter ends


def last_words(last: Last, as_of: datetime, zone: str) -> str:
    """When the two last met or wrote, whichever was later: one sentence, or nothing.

    Who wrote is part of the suggestion.
    """
    wrote_at = last.wrote_at if last.wrote in {Direction.IN, Direction.OUT} else None
    known = [(last.met_at, "You last met"), (last.talked_at, "You last talked"), (wrote_at, "The last email was")]
    dated = sorted((at, said) for at, said in known if at is not None)
    return f"{dated[-1][1]} {day(dated[-1][0], as_of, zone)}." if dated else ""


def title(line: Line) -> str:
    """Name everyone a line is about."""
    return listed([name_of(line.name, line.address), *(name_of(one.name, one.address) for one in line.others)])


def label(line: Line) -> str:
    """The few words beside a name: how things stand, without a number that judges."""
    if line.kind in {LineKind.GROWING, LineKind.OFFER, LineKind.REST}:
        return LABELS[line.kind]
    return f"{STAGES[line.stage]} · {LABELS[line.kind]}"


def headline(digest: Digest) -> str:
    """What the digest is about, in a few words."""
    if digest.first:
        return "Your network at a glance"
    if digest.lines:
        return f"{counted(len(digest.lines), 'person', 'people').capitalize()} to think of"
    if digest.season:
        return digest.season[0]
    return f"About {_subject_of_notes(digest)}"


def _subject_of_notes(digest: Digest) -> str:
    """What the notes are about: who seems to write from where, or the reader's own accounts."""
    people = len(digest.moved) + len(digest.merged)
    return "people you know" if digest.notes and len(digest.notes) == people else "your accounts"


def greeting(digest: Digest) -> str:
    """How the digest begins."""
    reader = clean(digest.reader, 60)
    return f"Dear {reader}," if reader else "Hello,"


def opening(digest: Digest) -> str:
    """One sentence after the greeting."""
    if digest.first:
        return found(digest.first, digest.zone)
    if not digest.lines and digest.season:
        return "Three months have passed. Here's a look back."
    if not digest.lines:
        return f"No one needs you this week. One thing about {_subject_of_notes(digest)}:"
    if digest.after_holidays:
        return "The holidays are over. The first week back is a good one to write."
    kinds = {line.kind for line in digest.lines}
    if kinds <= {LineKind.COLD, LineKind.COOLING}:
        return "It's been quieter than usual here."
    return "Worth a thought this week."


def found(first: FirstFindings, zone: str) -> str:
    """What the first read found."""
    since = first.since.astimezone(place(zone))
    mails, meetings = counted(first.mails, "email"), counted(first.meetings, "meeting")
    met = counted(first.people, "person", "people")
    two_way = counted(first.connections, "two-way relationship")
    return f"Since {since:%B %Y}: {mails} and {meetings} with {met}, and {two_way} among them."


def subject(digest: Digest) -> str:
    """The subject line of the mail; without line breaks whatever the names hold."""
    if digest.first:
        return "keepwarm: your network at a glance"
    if digest.lines:
        return f"Keeping warm: {listed([title(line) for line in digest.lines])}"
    return (
        f"keepwarm: {digest.season[0][0].lower()}{digest.season[0][1:]}"
        if digest.season
        else f"keepwarm: about {_subject_of_notes(digest)}"
    )


def date_line(digest: Digest) -> str:
    """The digest's date, where the reader is."""
    there = digest.as_of.astimezone(place(digest.zone))
    return f"{there:%A}, {there.day} {there:%B %Y}"


def years_of(digest: Digest) -> list[str]:
    """Name the years along the picture of a season digest: the first and the last quarter."""
    if not digest.years:
        return []
    ends = [digest.years[0].quarter, digest.years[-1].quarter]
    return list(dict.fromkeys(f"{MONTHS[one[-1]]} {one[:4]}" for one in ends))


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
