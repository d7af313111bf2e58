"""How keepwarm would have done on the user's own history, and what that means in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.history import Interaction
from worker.backtest import Backtest, backtest
from worker.judgement.facts import History
from worker.judgement.histories import histories
from worker.views.session import View
from worker.wording.lists import counted
from worker.wording.spans import span

#: A replay begins when the history is this old, and goes back no further than this unless it is asked to.
LEARNING, FAR = timedelta(days=180), timedelta(days=730)
WEEK = timedelta(days=7)


def earliest(view: View, last: datetime) -> datetime | None:
    """Say when the first digest of a replay can have been; None for a history without anything in it."""
    mine = Interaction.user_id == view.user_id
    first = view.connection.scalar(select(func.min(Interaction.occurred_at)).where(mine))
    return None if first is None else max(first + LEARNING, last - FAR)


def moments_of(first: datetime, last: datetime, step: timedelta) -> list[datetime]:
    """List the digests so that the last of them falls on the end."""
    count = max(0, (last - first) // step)
    return [last - step * back for back in range(count, -1, -1)]


def replayed(
    view: View,
    moments: Sequence[datetime],
    track: Callable[[Sequence[datetime]], Iterable[datetime]] = lambda each: each,
) -> Backtest:
    """Replay digests at these moments, two at least; `track` shows how far it is."""

    def weeks() -> Iterator[tuple[datetime, Mapping[str, History]]]:
        for now in track(moments):  # what was booked then is no longer known, so none is
            known = histories(view.connection, view.user_id, now)
            yield now, {person: replace(history, next_meeting_at=None) for person, history in known if history.days}

    return backtest(weeks(), view.rules())


def own_backtest(view: View) -> Backtest | None:
    """Replay the last two years, week by week; None if there isn't enough history. It takes seconds to minutes."""
    first = earliest(view, view.now)
    moments = moments_of(first, view.now, WEEK) if first else []
    return replayed(view, moments) if len(moments) > 1 else None


def in_words(found: Backtest) -> list[str]:
    """Say what a replay found, in sentences."""
    own = next((one for one in found.outcomes if one.threshold == found.threshold), None)
    if own is None or not own.warnings:
        return ["keepwarm would have had no one to name in that time."]
    decided = own.right + own.wrong
    digests, warnings = counted(found.weeks, "digest"), counted(own.warnings, "time")
    said = [f"In {digests} of your own past, keepwarm would have named someone {warnings}."]
    if decided:
        said.append(f"{_share(own.right, decided)} of these silences went on to last.")
    if own.median_ahead is not None:
        said.append(f"Half of the right ones came at least {span(own.median_ahead)} before it was a lasting silence.")
    return said


def _share(part: int, whole: int) -> str:
    """Write a share as a colleague would say it."""
    share = part / whole
    ways = ((0.95, "Nearly all"), (0.8, "Most"), (0.6, "About two in three"), (0.4, "About half"), (0.2, "Some"))
    return next((words for least, words in ways if share >= least), "Few")
