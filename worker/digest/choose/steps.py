"""Words of a line: its sentence, when the two last met and wrote, and the next step that fits."""

from collections.abc import Sequence

from models.enums import Direction, Stage
from worker.digest.digest import Last, LineKind
from worker.judgement.facts import History

#: reasons quoted in one line: it shall fit a phone
QUOTED = 3
#: said beside the sentence, with the day
SAID_BESIDE = frozenset({"you wrote last", "they wrote last"})


def sentence(reasons: Sequence[str]) -> str:
    """One sentence out of a few reasons."""
    joined = "; ".join([reason for reason in reasons if reason not in SAID_BESIDE][:QUOTED])
    return f"{joined[:1].upper()}{joined[1:]}." if joined else ""


def last_of(history: History) -> Last:
    """When the two last met and wrote, and who wrote last."""
    written = [at for at in (history.last_in_at, history.last_out_at) if at is not None]
    wrote_at = max(written, default=None)
    wrote = None
    if wrote_at is not None:
        wrote = Direction.OUT if wrote_at == history.last_out_at else Direction.IN
    return Last(met_at=history.last_met_at, wrote_at=wrote_at, wrote=wrote)


def next_step(kind: LineKind, history: History, stage: Stage) -> str:
    """What fits next, as one sentence."""
    last = last_of(history)
    if kind is LineKind.THANKS:
        return "Say thank you, and tell them how it went."
    if kind is LineKind.SEASONAL:
        return "Ask whether you will see each other this year."
    if kind is LineKind.GROWING:
        if last.met_at is None:
            return "Suggest to meet: nothing roots faster."
        return "Follow up on what you spoke about."
    met_last = last.met_at is not None and (last.wrote_at is None or last.met_at > last.wrote_at)
    if met_last:
        return "Pick up where you left off when you met."
    if last.wrote is Direction.IN:
        return "Their last mail was the last word: answer it, or ask how it went on."
    if stage in {Stage.ROOTED, Stage.DEEP}:
        return "Your last mail was the last word: call, or suggest to meet, rather than write again."
    return "Your last mail was the last word: a short note that asks for nothing is enough."
