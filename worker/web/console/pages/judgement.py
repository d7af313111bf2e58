"""Judgement: how keepwarm would have done on one's own past, in words and a curve, and the rules in force."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.responses import Response

from worker.app.logs import Logger
from worker.backtest import Backtest
from worker.views.judgement.backtest import in_words, own_backtest
from worker.views.session import viewing
from worker.web.console.gate import Door
from worker.web.console.look.charts import points
from worker.web.console.visit import Visit

#: How long a replay is shown before another one may be asked for.
FRESH = timedelta(hours=12)

log = Logger(__name__)


@dataclass
class Replays:
    """The replays this process has made, by user, and whose is being made; one at a time, since each takes a core."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    found: dict[int, tuple[datetime, Backtest | None]] = field(default_factory=dict)
    making: set[int] = field(default_factory=set)


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [Door("GET", "/judgement", show), Door("POST", "/judgement/replay", replay)]


def show(visit: Visit) -> Response:
    """Show the last replay, and the rules."""
    replays = visit.runtime.shared(Replays)
    at, found = replays.found.get(visit.user_id, (None, None))
    rows = _settings(found) if found else []
    return visit.page(
        "judgement.html", at=at, found=found, sentences=in_words(found) if found else [], rows=rows,
        curve=points([(caught, right) for _, caught, right in rows]), making=visit.user_id in replays.making,
        rules=visit.console.rules(),
    )  # fmt: skip


def _settings(found: Backtest) -> list[tuple[str, float, float]]:
    """Say of each setting what it is called, and which shares of silences it caught and of its warnings were right."""
    rows = []
    for one in found.outcomes:
        if one.silences and one.right + one.wrong:
            name = "more generous" if one.threshold < found.threshold else "stricter"
            name = "yours" if one.threshold == found.threshold else name
            rows.append((name, one.caught / one.silences, one.right / (one.right + one.wrong)))
    return rows


def replay(visit: Visit) -> Response:
    """Begin to replay the past, unless that was done lately or is being done."""
    user_id, runtime, replays = visit.user_id, visit.runtime, visit.runtime.shared(Replays)
    at, _ = replays.found.get(user_id, (None, None))
    if user_id in replays.making or (at and visit.now - at < FRESH):
        return visit.done("/judgement")
    replays.making.add(user_id)

    def make() -> None:
        try:
            with replays.lock, viewing(runtime, user_id) as view:
                replays.found[user_id] = (view.now, own_backtest(view))
        except Exception:
            log.exception("a replay failed", user=user_id)
        finally:
            replays.making.discard(user_id)

    threading.Thread(target=make, name="replay", daemon=True).start()
    return visit.done("/judgement", "keepwarm is replaying your past. It takes a minute or two.")
