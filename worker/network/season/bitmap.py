"""The years as PNG, for emails: mail programs strip or refuse SVG, but show an image that the email holds (pure)."""

import zlib
from collections.abc import Sequence
from struct import pack

from worker.network.season.standing import Standing

#: Pixels, twice as many as are shown; nothing is drawn where the page shows through, so it suits light and dark ones.
WIDTH, HEIGHT, GROUND, LINE = 1040, 400, 300, 4
#: Bands from the outermost to the deepest, soft enough for a light and a dark page; each covers the one before.
COLORS = {"seedlings": "b4c99a", "growing": "8ab47a", "rooted": "5f946c", "deep": "3d7a60", "contacts": "c9c3a4"}
Color = bytes


def png(years: Sequence[Standing]) -> bytes:
    """Draw connections above the ground by how deep they go, and contacts below it; the oldest quarter on the left."""
    shown = list(years) if len(years) > 1 else [*years, *years]
    most = max(1, *(sum(one[2:]) for one in shown)) if shown else 1
    far = max(1, *(one.contacts for one in shown)) if shown else 1
    outer = [
        (_color("seedlings"), [one.seedlings + one.growing + one.rooted + one.deep for one in shown]),
        (_color("growing"), [one.growing + one.rooted + one.deep for one in shown]),
        (_color("rooted"), [one.rooted + one.deep for one in shown]),
        (_color("deep"), [one.deep for one in shown]),
    ]
    above = [(color, [GROUND - value * GROUND / most for value in values]) for color, values in outer]
    room = HEIGHT - GROUND - LINE
    below = [GROUND + LINE + one.contacts * room / far for one in shown]
    pixels = bytearray(WIDTH * HEIGHT * 4)
    for x in range(WIDTH) if shown else ():
        column = bytearray(HEIGHT * 4)
        for color, tops in above:
            _fill(column, _at(tops, x), GROUND, color)
        _fill(column, GROUND + LINE, _at(below, x), _color("contacts"))
        for channel in range(4):
            pixels[x * 4 + channel :: WIDTH * 4] = column[channel::4]
    return _encoded(bytes(pixels))


def _color(kind: str) -> Color:
    return bytes.fromhex(COLORS[kind])


def _at(points: Sequence[float], x: int) -> float:
    """Go smoothly through points, level at each of them."""
    place = x / (WIDTH - 1) * (len(points) - 1)
    i = min(int(place), len(points) - 2)
    part = place - i
    return points[i] + (points[i + 1] - points[i]) * part * part * (3 - 2 * part)


def _fill(column: bytearray, top: float, bottom: float, color: Color) -> None:
    """Color a column between two heights; where an edge lies within a pixel, the pixel is colored in part."""
    first, last = int(top), int(bottom)
    if bottom - top <= 0:
        return
    if first == last:
        _mix(column, first, color, bottom - top)
        return
    _mix(column, first, color, first + 1 - top)
    column[(first + 1) * 4 : last * 4] = (color + b"\xff") * (last - first - 1)
    _mix(column, last, color, bottom - last)


def _mix(column: bytearray, y: int, color: Color, share: float) -> None:
    if share <= 0 or y >= HEIGHT:
        return
    at = y * 4
    under = column[at + 3] / 255
    alpha = share + under * (1 - share)
    for channel in range(3):
        mixed = color[channel] * share + column[at + channel] * under * (1 - share)
        column[at + channel] = round(mixed / alpha)
    column[at + 3] = round(alpha * 255)


def _encoded(pixels: bytes) -> bytes:
    """Write PNG (ISO 15948): eight bits each of red, green, blue and alpha."""
    row = WIDTH * 4
    rows = b"".join(b"\0" + pixels[start : start + row] for start in range(0, len(pixels), row))
    header = pack(">IIBBBBB", WIDTH, HEIGHT, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
