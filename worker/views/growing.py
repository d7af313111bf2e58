"""What grew: the tree of introductions, single ones as they are confirmed or refuted, and the season looked back on."""

import time
from dataclasses import dataclass
from datetime import datetime

from worker.app.runtime import Runtime
from worker.identity.find_person import names_of
from worker.identity.resolve import clusters_of
from worker.network.introductions.known import introductions
from worker.network.roots import Tree, roots
from worker.network.season.quarters import Quarter, quarter_named, quarter_of
from worker.network.season.review import Season, review
from worker.views.digest import KEPT, Composed
from worker.views.session import View


@dataclass(frozen=True, slots=True)
class IntroductionRow:
    """One introduction: `introducer` brought `introduced` and the user together (person keys, with names)."""

    introducer: str
    introducer_name: str
    introduced: str
    introduced_name: str
    at: datetime
    counts: bool  # False: likely, and worth a question
    confirmed: bool  # the user said so
    because: tuple[str, ...]
    evidence: tuple[str, ...]  # interaction ids


def introduction_rows(view: View, person: str = "", limit: int = 200) -> list[IntroductionRow]:
    """List introductions, the newest first; of or by one person, where a key is given."""
    people = {clusters_of(view.connection, view.user_id).person(person)} if person else None
    found = introductions(view.connection, view.user_id, view.now, people)[:limit]
    names = names_of(view.connection, view.user_id, {key for one in found for key in (one.introducer, one.introduced)})
    return [
        IntroductionRow(
            one.introducer, names[one.introducer], one.introduced, names[one.introduced], one.at, one.counts,
            one.confirmed, one.because, one.evidence,
        )
        for one in found
    ]  # fmt: skip


def doors(view: View, person: str = "") -> Tree:
    """Return the tree of introductions, or with a key one person's: how the user met them, and others through them."""
    key = clusters_of(view.connection, view.user_id).person(person) if person else None
    return roots(view.connection, view.user_id, view.now, key)


def quarter_meant(view: View, key: str = "") -> Quarter:
    """Return the quarter of a key such as 2026-Q3 if it has ended and is not long past, else the last that has."""
    last = quarter_of(view.now).before
    meant = quarter_named(key)
    return meant if meant is not None and last.year - 20 <= meant.year and meant <= last else last


def season(runtime: Runtime, view: View, key: str = "") -> Season:
    """Look back on a quarter; it looks at everyone, so what was found is kept for a while."""
    quarter = quarter_meant(view, key)
    composed = runtime.shared(Composed)
    with composed.lock:
        found = composed.seasons.get(view.user_id)
        if found is None or found[1].quarter != quarter or time.monotonic() - found[0] > KEPT:
            found = (time.monotonic(), review(view.connection, view.user_id, view.rules, view.now, quarter))
            composed.seasons[view.user_id] = found
    return found[1]
