"""Lengths of time in words: the one place where days become "7 weeks" or "about every 10 days"."""

from datetime import timedelta

#: unit, its length in days, and the number of days from which the next unit is used
#: (what rounds to 14 days is said as "2 weeks")
UNITS = (("day", 1.0, 13.5), ("week", 7.0, 84.0), ("month", 30.44, 700.0), ("year", 365.25, float("inf")))


def span(days: float) -> str:
    """Write a length of time: "1 day", "12 days", "7 weeks", "4 months", "2 years".

    Args:
        days: a number of days; less than one is written as one.
    """
    unit, size, _ = next(unit for unit in UNITS if days < unit[2])
    count = max(1, round(days / size))
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def every(days: float) -> str:
    """Write how often something happens: "about every day", "about every 10 days", "about every 2 months".

    Args:
        days: the usual number of days between two times.
    """
    said = "1 week" if round(days) == 7 else span(days)
    return f"about every {said.removeprefix('1 ')}"


def since(days: float) -> str:
    """Write how long two people have known each other: "since this week", "for 3 months", "for 7 years"."""
    return "since this week" if days < 7 else f"for {span(days)}"


def ago(gone: timedelta) -> str:
    """Write how long ago something was: "just now", "5 minutes ago", "3 hours ago", "2 weeks ago"."""
    minutes = int(gone / timedelta(minutes=1))
    if minutes < 2:
        return "just now"
    if minutes < 60:
        return f"{minutes} minutes ago"
    hours = minutes // 60
    return f"{hours} hour{'' if hours == 1 else 's'} ago" if hours < 48 else f"{span(hours // 24)} ago"
