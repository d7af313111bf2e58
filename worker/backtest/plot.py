"""The plot of a backtest as SVG: for each threshold, the share of warnings right and of silences caught."""

from collections.abc import Callable
from html import escape

from worker.backtest.replay import Backtest, Outcome

WIDTH, HEIGHT, EDGE = 560, 320, 48
RIGHT, CAUGHT = "#2f6f8f", "#b5543c"


def plot(replayed: Backtest) -> str:
    """Draw what each threshold would have done, and mark the one in force."""
    low, high = replayed.outcomes[0].threshold, replayed.outcomes[-1].threshold

    def x(threshold: float) -> float:
        return EDGE + (threshold - low) / ((high - low) or 1.0) * (WIDTH - 2 * EDGE)

    def y(share: float) -> float:
        return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)

    def curve(share: Callable[[Outcome], float | None], colour: str) -> list[str]:
        points = [(x(one.threshold), y(part)) for one in replayed.outcomes if (part := share(one)) is not None]
        path = "L".join(f"{across:.1f} {up:.1f}" for across, up in points)
        dots = [f'<circle cx="{across:.1f}" cy="{up:.1f}" r="3.5" fill="{colour}"/>' for across, up in points]
        return [f'<path d="M{path}" stroke="{colour}" stroke-width="2" fill="none"/>', *dots] if points else []

    here = x(replayed.threshold)
    period = f"{replayed.begins.date().isoformat()} to {replayed.ends.date().isoformat()}, {replayed.weeks} digests"
    marks = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f"<title>{escape(period)}</title><style>text{{font-size:12px}}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<path d="M{here:.1f} {y(0):.1f}V{y(1):.1f}" stroke="#bbb" stroke-dasharray="4 4"/>',
        f'<text x="{here:.1f}" y="{y(1) - 6:.1f}" text-anchor="middle" fill="#777">in force</text>',
        f'<path d="M{EDGE} {y(1):.1f}V{y(0):.1f}H{WIDTH - EDGE}" stroke="#333" fill="none"/>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">named when so likely to last; {period}</text>',
        f'<text x="{EDGE}" y="16" fill="{RIGHT}">share of warnings that were right</text>',
        f'<text x="{WIDTH - EDGE}" y="16" text-anchor="end" fill="{CAUGHT}">share of lasting silences caught</text>',
    ]
    marks += [
        f'<text x="{EDGE - 6}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>' for share in (0.0, 0.5, 1.0)
    ]
    marks += [
        f'<text x="{x(one.threshold):.1f}" y="{y(0) + 16:.1f}" text-anchor="middle">{one.threshold:.0%}</text>'
        for one in replayed.outcomes
    ]
    marks += curve(lambda one: _share(one.right, one.right + one.wrong), RIGHT)
    marks += curve(lambda one: _share(one.caught, one.silences), CAUGHT)
    return "\n".join([*marks, "</svg>\n"])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
