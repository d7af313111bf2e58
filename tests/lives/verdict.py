"""Judging one line of a digest by the truth: right, debatable or wrong, and why."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tests.lives.truth import Bond, Holidays, Kind, named


class Mark(StrEnum):
    """How good a line was."""

    RIGHT = "right"
    DEBATABLE = "debatable"
    WRONG = "wrong"


UNITS = {"day": 1, "week": 7, "month": 30.4, "year": 365}
EVERY = re.compile(r"about every (?:(\d+|other) )?(day|week|month|year)s?\b")
LENGTH = re.compile(r"(?:[Ii]t's been|silent for) (?:about )?(\d+) (day|week|month|year)s?")


@dataclass(slots=True)
class Judge:
    """Remembers what was said before, because a thing said twice is worse than once."""

    bonds: list[Bond]
    away: Holidays
    said: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)  # person -> (when, silence then)
    firms: dict[str, datetime] = field(default_factory=dict)  # ended projects that were named

    def mark(self, line: dict[str, Any], now: datetime) -> tuple[Mark, str]:
        """Judge one line."""
        bond = named(self.bonds, line["name"], line["address"])
        if bond is None:
            return Mark.WRONG, "nobody of that name is in this life"
        if bond.kind is Kind.NOBODY:
            return Mark.WRONG, "no relationship"
        match line["kind"]:
            case "cold" | "cooling":
                return self._silence(bond, line, now)
            case "growing":
                return _growing(bond, now)
            case "thanks":
                due = any(timedelta() <= now - when <= timedelta(days=180) for when in bond.thanks_due)
                return (Mark.RIGHT, "thanks are due") if due else (Mark.WRONG, "they were thanked, or brought nobody")
            case "rest":
                return self._rest(line, now)
            case "seasonal":
                return (Mark.RIGHT, "their season") if bond.kind is Kind.YEARLY else (Mark.WRONG, "no seasonal friend")
        return Mark.DEBATABLE, f"a line of the kind {line['kind']}"

    def _silence(self, bond: Bond, line: dict[str, Any], now: datetime) -> tuple[Mark, str]:
        silent, last = bond.silent(now), bond.last(now)
        if silent is None or last is None:
            return Mark.WRONG, "never in touch"
        if bond.kind is Kind.YEARLY:
            return Mark.WRONG, "once a year is usual"
        if bond.left_behind is not None and last >= bond.left_behind - timedelta(days=14):
            return Mark.WRONG, "they knew only an address that was left"
        if bond.kind is Kind.BRIEF:
            return Mark.DEBATABLE, "one exchange, long ago"
        if fault := _misspoken(bond, line["why"], silent, now):
            return Mark.WRONG, fault
        earlier = self.said.setdefault(bond.name, [])
        lengths = [length for when, length in earlier if when > last]
        earlier.append((now, silent))
        if lengths and silent < 1.7 * max(lengths):
            return Mark.WRONG, f"said {silent - max(lengths)} days ago, and nothing new since"
        if any(first <= now <= last for first, last in bond.off):
            return Mark.WRONG, "they are away themselves"
        if bond.kind is Kind.PROJECT:
            return self._project(bond, silent, now)
        awake = silent - self.away.within(last, now, bond.off)
        if awake < max(13, 1.2 * bond.every):
            return Mark.WRONG, f"{silent} days are usual: every {bond.every:.0f} (holidays are none)"
        if bond.ends is None or now < bond.ends:
            return Mark.DEBATABLE, f"{silent} days, and it went on by itself"
        return Mark.RIGHT, f"lapsed {silent} days ago"

    def _rest(self, line: dict[str, Any], now: datetime) -> tuple[Mark, str]:
        """Only who is lost already may be let go: everybody the line names."""
        for one in ({"name": line["name"], "address": line["address"]}, *line.get("others", ())):
            bond = named(self.bonds, one["name"], one["address"])
            if bond is None or bond.kind is Kind.YEARLY:
                return Mark.WRONG, f"{one['name']} is nobody to let go"
            if bond.kind is not Kind.BRIEF and (bond.ends is None or now < bond.ends):
                return Mark.WRONG, f"{one['name']} is still in touch"
        return Mark.RIGHT, "all of them are lost already"

    def _project(self, bond: Bond, silent: int, now: datetime) -> tuple[Mark, str]:
        if bond.ends is None or now < bond.ends:
            return Mark.WRONG, "the project goes on"
        if bond.firm in self.firms and now - self.firms[bond.firm] < timedelta(days=200):
            return Mark.WRONG, "the same ended project as before"
        self.firms[bond.firm] = now
        return (Mark.RIGHT, "an ended project, once") if silent >= 14 else (Mark.WRONG, "too early")


def _growing(bond: Bond, now: datetime) -> tuple[Mark, str]:
    first = min(bond.contacts)
    if bond.kind is Kind.BRIEF:
        return Mark.DEBATABLE, "one exchange so far"
    if now - first > timedelta(days=190):
        return Mark.WRONG, f"known for {(now - first).days} days"
    return Mark.RIGHT, "new, and two-way"


def _misspoken(bond: Bond, why: str, silent: int, now: datetime) -> str | None:
    """What the sentence says that is not so."""
    if said := EVERY.search(why):
        usual = (2 if said[1] == "other" else int(said[1] or 1)) * UNITS[said[2]]
        if bond.every >= 14 and not bond.every / 2.5 <= usual <= bond.every * 2.5:
            return f"says every {usual:.0f} days of every {bond.every:.0f}"
    if length := LENGTH.search(why):
        days = int(length[1]) * UNITS[length[2]]
        if abs(days - silent) > max(6, 0.25 * silent):
            return f"says {days:.0f} days of {silent}"
    if "longest gap so far" in why and silent < 0.9 * bond.longest(now):
        return "it is not the longest gap"
    return None
