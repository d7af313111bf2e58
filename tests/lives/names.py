"""Names for everybody: distinct, of several languages, invented."""

from collections.abc import Iterator

FIRST = ["Ada", "Bodil", "Carla", "Dino", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jan", "Kira", "Luca", "Mona", "Nils", "Olga", "Pablo", "Rosa", "Sven", "Tara", "Ugo", "Vera", "Wim", "Xenia", "Yann", "Zoe"]  # fmt: skip
LAST = ["Almeida", "Brandt", "Castellan", "Dahlgren", "Eklund", "Farouk", "Grimaldi", "Hoekstra", "Ivarsson", "Jablonski", "Kowalczyk", "Lindqvist", "Moreau", "Nakagawa", "Okonkwo", "Petrescu", "Quintana", "Rasmussen", "Szabo", "Tanaka", "Ulvaeus", "Vasquez", "Wieland", "Xifaras", "Yilmaz", "Zelenka"]  # fmt: skip


def names(skip: int = 0) -> Iterator[str]:
    """Endless full names, no two alike within 650."""
    i = skip
    while True:
        yield f"{FIRST[i % len(FIRST)]} {LAST[(i + 4 * (i // len(FIRST))) % len(LAST)]}"
        i += 1
