"""What the lives say of the digest, as a table; and whether that is good enough."""

from collections.abc import Sequence
from statistics import median

from tests.lives.verdict import Mark
from tests.lives.walk import Report

#: shares: right lines at least, wrong ones and missed lapses at most
RIGHT, WRONG, MISSED = 0.80, 0.05, 0.10


def table(reports: Sequence[Report]) -> str:
    """One row a life, and the sum."""
    rows = [
        f"{'life':<12} {'weeks':>5} {'lines':>5} {'right':>5} {'debatable':>9} {'wrong':>5} {'missed':>8} {'median':>6} {'silent':>6}"
    ]
    rows += [_row(report) for report in reports]
    whole = Report("all")
    for report in reports:
        whole.letters += report.letters
        whole.said += report.said
        whole.lapses += report.lapses
        whole.missed += report.missed
    return "\n".join([*rows, _row(whole)])


def _row(report: Report) -> str:
    right, debatable, wrong = (report.count(mark) for mark in (Mark.RIGHT, Mark.DEBATABLE, Mark.WRONG))
    full = [lines for lines in report.letters if lines]
    return (
        f"{report.name:<12} {len(report.letters):>5} {len(report.said):>5} {right:>5} {debatable:>9} {wrong:>5}"
        f" {f'{len(report.missed)}/{report.lapses}':>8} {median(full or [0]):>6.0f} {share(report.letters.count(0), len(report.letters)):>6}"
    )


def share(part: int, whole: int) -> str:
    """A share in percent."""
    return f"{100 * part / whole:.0f} %" if whole else "-"


def verdict(reports: Sequence[Report]) -> list[str]:
    """What is not good enough, in words; empty if everything is."""
    lines = sum(len(report.said) for report in reports)
    lapses, missed = sum(report.lapses for report in reports), sum(len(report.missed) for report in reports)
    right, wrong = (sum(report.count(mark) for report in reports) for mark in (Mark.RIGHT, Mark.WRONG))
    found = []
    if right < RIGHT * lines:
        found.append(f"only {right} of {lines} lines are right")
    if wrong > WRONG * lines:
        found.append(f"{wrong} of {lines} lines are wrong")
    if missed > MISSED * lapses:
        found.append(f"{missed} of {lapses} lapses were not named in time")
    weeks = [count for report in reports for count in report.letters]
    if not 1 <= median([count for count in weeks if count] or [0]) <= 3:
        found.append("a letter is too long")
    if 5 * weeks.count(0) < len(weeks):
        found.append("too few silent weeks")
    return found
