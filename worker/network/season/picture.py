"""The years as a picture: connections above the ground by how deep they go, contacts below it (pure)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from worker.network.drawing import picture as drawn
from worker.network.drawing import text
from worker.network.season.review import Season
from worker.network.season.standing import Standing
from worker.network.season.words import heading, sentences

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, GROUND, BELOW = 28, 692, 70, 250, 60
BANDS = (("deep", "deep"), ("rooted", "rooted"), ("growing", "growing"), ("seedling", "seedlings"))


def picture(season: Season, *, inline: bool = False) -> str:
    """Draw the years up to this season as SVG, with a title and a description for whoever doesn't see it.

    To stand `inline` in a page, that itself has the heading and says what the colors mean, it has neither.
    """
    years = season.years if len(season.years) > 1 else season.years * 2
    shapes = [] if inline else [text(LEFT, 38, heading(season))]
    if years:
        shapes += [*_above(years), *_below(years), *_seasons(season.years)]
    if inline:
        moved = f'<g transform="translate(0 {30 - TOP})">{"".join(shapes)}</g>'
        return drawn(WIDTH, GROUND + BELOW + 70 - TOP, "The years", spoken(season), [moved], inline=True)
    shapes += _legend()
    return drawn(WIDTH, HEIGHT, heading(season), spoken(season), shapes)


def spoken(season: Season) -> str:
    """Say what the picture shows."""
    if len(season.years) < 2:
        return " ".join(sentences(season)) or "Not enough has happened yet to draw."
    first, last = season.years[0], season.years[-1]
    return " ".join(
        (
            f"A stream from {first.quarter} to {last.quarter}: connections above the ground, from deep to seedlings,",
            "and contacts below it.",
            *sentences(season),
        )
    )


def _above(years: Sequence[Standing]) -> Iterator[str]:
    """Draw the bands one upon the other, the deepest at the ground."""
    most = max(1, *(sum(one[2:]) for one in years))
    base = [0.0] * len(years)
    for kind, _ in BANDS:
        heights = [
            {"deep": one.deep, "rooted": one.rooted, "growing": one.growing}.get(kind, one.seedlings) for one in years
        ]
        top = [low + height for low, height in zip(base, heights, strict=True)]
        scale = (GROUND - TOP) / most
        yield _band(kind, [GROUND - value * scale for value in base], [GROUND - value * scale for value in top])
        base = top


def _below(years: Sequence[Standing]) -> Iterator[str]:
    most = max(1, *(one.contacts for one in years))
    edge = [GROUND + 3 + one.contacts * BELOW / most for one in years]
    yield _band("contacts", edge, [GROUND + 3.0] * len(years))
    yield f'<path class="line" d="M{LEFT} {GROUND + 1.5} H{RIGHT}"/>'


def _band(kind: str, low: Sequence[float], high: Sequence[float]) -> str:
    step = (RIGHT - LEFT) / (len(low) - 1)
    xs = [LEFT + i * step for i in range(len(low))]
    there, back = list(zip(xs, high, strict=True)), list(zip(reversed(xs), reversed(low), strict=True))
    return f'<path class="{kind}" d="M{_point(there[0])} {_curve(there)} L{_point(back[0])} {_curve(back)} Z"/>'


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """Go smoothly through points: level at each of them."""
    pieces = []
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (x + to_x) / 2
        pieces.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
    return " ".join(pieces)


def _point(at: tuple[float, float]) -> str:
    return f"{at[0]:.1f} {at[1]:.1f}"


def _seasons(years: Sequence[Standing]) -> Iterator[str]:
    """Write each year where it begins."""
    step = (RIGHT - LEFT) / max(1, len(years) - 1)
    for i, one in enumerate(years):
        if one.quarter.endswith("Q1") or i == 0:
            yield text(LEFT + i * step, GROUND + BELOW + 26, one.quarter[:4], "soft", "start" if i == 0 else "middle")


def _legend() -> Iterator[str]:
    x = float(LEFT)
    for kind, name in (*reversed(BANDS), ("contacts", "contacts")):
        yield f'<circle class="{kind}" cx="{x + 6:g}" cy="{HEIGHT - 19}" r="6"/>'
        yield text(x + 18, HEIGHT - 14, name, "soft")
        x += 44 + 8 * len(name)
