"""What people in a made-up world write about: plausible subjects, titles and a few lines of body."""

import random
import tomllib
from pathlib import Path

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))["conversation"]
_THINGS, _OPENINGS, _TITLES = _WORDS["things"], _WORDS["openings"], _WORDS["titles"]
_LINES, _FROM_LINES = _WORDS["lines"], _WORDS["from_lines"]


def topic(rng: random.Random) -> str:
    """The subject of a new conversation."""
    said: str = rng.choice(_OPENINGS).format(rng.choice(_THINGS))
    return said[0].upper() + said[1:]


def meeting_title(rng: random.Random, name: str) -> str:
    """What a calendar calls a meeting with somebody."""
    if rng.random() < 0.3:
        return f"Mira / {name.split(maxsplit=1)[0]}"
    said: str = rng.choice(_TITLES).format(rng.choice(_THINGS))
    return said[0].upper() + said[1:]


def body(rng: random.Random, reader: str, writer: str) -> str:
    """A few lines of text; now and then one that begins with "From ", which an mbox must quote."""
    lines = [f"Hello {reader},", "", *rng.sample(_LINES, rng.randint(1, 3))]
    if rng.random() < 0.05:
        lines.append(rng.choice(_FROM_LINES))
    return "\n".join([*lines, "", writer])
