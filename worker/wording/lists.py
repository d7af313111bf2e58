"""Counts and lists in words: "three people", "1,204 emails", "Anna, Ben and two more"."""

from collections.abc import Sequence

_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split(" ")  # noqa: SIM905 - one line to read


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun; up to twelve in words, then in digits with commas.

    Args:
        number: zero or more.
        one: the noun in the singular.
        many: the plural; `one` with an s if empty.
    """
    said = _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"
    return f"{said} {one if number == 1 else many or f'{one}s'}"


def numbered(number: int, one: str, many: str = "") -> str:
    """Write a number in digits with its noun, as in a table or a report: "3 people", "1,204 emails"."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def times(number: int) -> str:
    """Write how many times: "once", "twice", "three times"."""
    return {1: "once", 2: "twice"}.get(number) or counted(number, "time")


def how_often(number: float) -> str:
    """Write roughly how many times, as one says of people: "once", "a few times", "often"."""
    said = ((1, "once"), (2, "twice"), (5, "a few times"), (11, "several times"), (39, "often"))
    return next((words for most, words in said if number <= most), "very often")


def listed(names: Sequence[str], most: int = 3) -> str:
    """Write names in a row: "Anna", "Anna and Ben", "Anna, Ben and two more".

    Args:
        names: already cleaned (wording.text).
        most: how many are written out before the rest is counted.
    """
    shown, rest = list(names[:most]), len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {counted(rest, 'more', 'more')}"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
