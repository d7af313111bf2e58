"""The reliability diagram, as plain SVG."""

from typing import Any

import numpy as np

SIDE = 420
EDGE = 52
COLOURS = ("#2f6f8f", "#b5543c", "#5d7d3a", "#8a5a9e", "#a98121", "#555555")


def _x(share: float) -> float:
    return EDGE + share * (SIDE - 2 * EDGE)


def _y(share: float) -> float:
    return SIDE - EDGE - share * (SIDE - 2 * EDGE)


def reliability(sets: dict[str, tuple[Any, Any]], bins: int = 10) -> str:
    """For each set (said, lasted): the share of silences that lasted in each tenth of probability."""
    marks = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" font-family="sans-serif" font-size="12">',
        f'<rect width="{SIDE}" height="{SIDE}" fill="#fff"/>',
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#bbb" stroke-dasharray="4 4"/>',
        f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" stroke="#333" fill="none"/>',
        f'<text x="{SIDE / 2}" y="{SIDE - 12}" text-anchor="middle">said: the silence lasts</text>',
        f'<text transform="translate(16 {SIDE / 2}) rotate(-90)" text-anchor="middle">seen: it lasted</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        marks.append(f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle">{tick:.0%}</text>')
        marks.append(f'<text x="{_x(0) - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:.0%}</text>')
    for colour, (name, (said, lasted)) in zip(COLOURS, sets.items(), strict=False):
        place = np.minimum((said * bins).astype(int), bins - 1)
        filled = [b for b in range(bins) if (place == b).sum() >= 20]
        points = [(float(said[place == b].mean()), float(lasted[place == b].mean()), b) for b in filled]
        path = "L".join(f"{_x(p):.1f} {_y(s):.1f}" for p, s, _ in points)
        marks.append(f'<path d="M{path}" stroke="{colour}" stroke-width="1.5" fill="none"/>')
        for p, s, b in points:
            size = 2 + 5 * float((place == b).mean()) ** 0.5
            marks.append(f'<circle cx="{_x(p):.1f}" cy="{_y(s):.1f}" r="{size:.1f}" fill="{colour}"/>')
        row = _y(1) + 14 + 16 * list(sets).index(name)
        marks.append(f'<text x="{_x(0) + 12}" y="{row}" fill="{colour}">{name}, {len(said):,} silences</text>')
    return "\n".join([*marks, "</svg>\n"])
