"""Who lives in a made-up world: invented names of many cultures, at invented employers under .example."""

import random
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from models.records import Mailbox
from tests.sandbox.story import Person

OWNER = Mailbox("mira@halvorsen-advisory.example", "Mira Halvorsen")
PRIVATE = Mailbox("mira.halvorsen.made.up@gmail.com", "Mira H.")
ALIASES = (PRIVATE,)

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
_CULTURES = [(one["given"].split(), one["family"].split()) for one in _WORDS["cultures"]]
_NATIVE = list(_WORDS["native"].items())
_FIRMS = _WORDS["words"]["firms"].split()
_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "\u0131": "i", "Æ": "Ae", " ": "", "_": ""}
)


def plain(name: str) -> str:
    """A name as it stands in an address: Latin letters without marks."""
    letters = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(letter for letter in letters.lower() if letter.isascii() and (letter.isalnum() or letter == "-"))


def strangers(seed: int) -> Iterator[Person]:
    """People without end, no two with one address; every fortieth writes their name in their own script."""
    rng = random.Random(f"{seed}/strangers")
    taken: set[str] = set()
    met = 0
    while True:
        met += 1
        if met % 40 == 5:
            local, name = _NATIVE[met // 40 % len(_NATIVE)]
        else:
            given, family = (rng.choice(part).replace("_", " ") for part in rng.choice(_CULTURES))
            name = f"{given} {family}"
            local = rng.choice(
                (f"{plain(given)}.{plain(family)}", f"{plain(given)}", f"{plain(given)[0]}{plain(family)}")
            )
        firm = rng.choice(_FIRMS)
        if met > 500:
            firm = f"{firm}-{met // 50}"
        address = f"{local}@{firm}.example"
        if address not in taken:
            taken.add(address)
            yield Person(name, (Mailbox(address, name),), "acquaintance", "once")
