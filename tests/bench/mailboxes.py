"""Coldbench's public sets as histories: who touched whom on which day, as ingest would have it."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from models.enums import Touch
from worker.judgement.facts import Day

#: more recipients than this are a crowd
CROWD = 10

#: person -> touches sorted by day
Touches = dict[str, list[Day]]


def owners(folder: Path) -> list[str]:
    """The owners of a set, most data first."""
    return (folder / "egos.txt").read_text(encoding="utf-8").split()


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a packed table."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter="\t")


def touches(folder: Path, whose: Iterable[str] | None = None) -> dict[str, Touches]:
    """For each owner of a set, or for these, the touches with each person."""
    found: dict[str, defaultdict[str, Counter[tuple[int, Touch]]]] = {
        owner: defaultdict(Counter) for owner in (owners(folder) if whose is None else whose)
    }
    for row in rows(folder / "messages.tsv.gz"):
        day, sender = int(row["t"]) // 86400, row["frm"]
        to, cc, bcc = ([one for one in row[key].split(",") if one] for key in ("to", "cc", "bcc"))
        for owner in {sender, *to, *cc, *bcc} & found.keys():
            hidden = bcc if owner == sender else [one for one in bcc if one == owner]
            for person, touch in _touches(owner, sender, to, cc, hidden):
                found[owner][person][day, touch] += 1
    return {
        owner: {
            person: [Day(day, touch, count) for (day, touch), count in sorted(counter.items())]
            for person, counter in people.items()
        }
        for owner, people in found.items()
    }


def _touches(owner: str, sender: str, to: list[str], cc: list[str], bcc: list[str]) -> Iterator[tuple[str, Touch]]:
    recipients = len(to) + len(cc) + len(bcc)
    everybody = dict.fromkeys([*to, *cc, *bcc])
    if sender == owner:
        for person in everybody:
            if person != owner:
                direct = Touch.OUT_ONE if recipients == 1 else Touch.OUT
                yield person, Touch.SEEN if recipients > CROWD else direct if person in to else Touch.OUT_COPY
        return
    direct = Touch.IN_ONE if recipients == 1 else Touch.IN
    yield sender, Touch.SEEN if recipients > CROWD else direct if owner in to else Touch.IN_COPY
    for person in everybody:
        if person not in {owner, sender}:
            yield person, Touch.SEEN
