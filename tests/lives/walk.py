"""Walking a life week by week as its owner would: read what is new, look at the digest, have it sent."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.lives.life import Life
from tests.lives.truth import Kind
from tests.lives.verdict import Judge, Mark
from tests.worker.cli.keepwarm import Answer, Keepwarm

WEEK = timedelta(days=7)
#: gaps of their own after which somebody rooted who lapsed must have been named
MISSED = 2.5
#: the parts of a letter that are reason enough to send it
SAID = ("lines", "notes", "done", "first", "season")


@dataclass(frozen=True, slots=True)
class Said:
    """One line, and what the truth says of it."""

    now: datetime
    line: dict[str, Any]
    mark: Mark
    because: str


@dataclass(slots=True)
class Report:
    """What became of one life."""

    name: str
    letters: list[int] = field(default_factory=list)  # lines in each week
    said: list[Said] = field(default_factory=list)
    lapses: int = 0
    missed: list[str] = field(default_factory=list)

    def count(self, mark: Mark) -> int:
        """How many lines were right, debatable or wrong."""
        return sum(one.mark is mark for one in self.said)


def walk(life: Life, name: str, first: datetime, weeks: int) -> Report:
    """Walk so many weeks from a Monday on; the first letter is the introduction."""
    report, judge = Report(name), Judge(life.bonds, life.away)
    for now, lines in letters(life, first, weeks):
        report.letters.append(len(lines))
        report.said += [Said(now, line, *judge.mark(line, now)) for line in lines]
    _lapses(life, report, first, first + weeks * WEEK)
    return report


def letters(life: Life, first: datetime, weeks: int) -> Iterator[tuple[datetime, list[dict[str, Any]]]]:
    """What the digest says each Monday at seven, sent each time."""
    with tempfile.TemporaryDirectory(prefix="lives-") as place:
        work = Path(place)
        keepwarm = Keepwarm(work / "home")
        (work / "outbox").mkdir()
        mail = {"KEEPWARM_SMTP_URL": f"file://{work / 'outbox'}"}
        for week in range(weeks):
            now = first + week * WEEK
            stamp = f"{now:%Y-%m-%dT%H:%M:%SZ}"
            life.box.write(work / "box", now)
            me = [word for one in life.box.mine for word in ("--me", one)]
            read: tuple[str | Path, ...] = ("sync",) if week else ("connect", "archive", work / "box", *me)
            _done(keepwarm(*read, now=stamp, **mail))
            letter = _done(keepwarm("digest", "--json", now=stamp, **mail)).json
            if any(letter[part] for part in SAID):  # one that says nothing would not be sent
                _done(keepwarm("digest", "--send", now=stamp, **mail))
            yield now, letter["lines"]


def _done(answer: Answer) -> Answer:
    assert answer.code == 0, answer.err
    return answer


def _lapses(life: Life, report: Report, first: datetime, last: datetime) -> None:
    """Which true lapses of rooted people came due in these weeks, and which of them were never named in time."""
    for bond in life.bonds:
        if bond.kind is not Kind.FRIEND or bond.ends is None or not bond.rooted():
            continue
        due = bond.ends + timedelta(days=max(21.0, MISSED * bond.every)) + WEEK
        if not first + 4 * WEEK <= due < last or bond.ends < first - 60 * timedelta(days=1):
            continue
        report.lapses += 1
        named = [one.now for one in report.said if one.line["name"] == bond.name and one.now > bond.ends]
        if not named or min(named) > due:
            late = f"named after {(min(named) - bond.ends).days} days" if named else "never named"
            report.missed.append(f"{bond.name}, every {bond.every:.0f} days, silent since {bond.ends:%d %b}: {late}")
