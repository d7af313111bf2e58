"""How the whole stood at the end of a quarter (pure)."""

from typing import NamedTuple


class Standing(NamedTuple):
    """The whole at the end of a quarter: people one was in touch with in the year before it."""

    quarter: str
    contacts: int  # not two-way
    seedlings: int  # two-way, with hardly any roots yet
    growing: int
    rooted: int
    deep: int
