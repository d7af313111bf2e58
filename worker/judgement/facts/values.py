"""The facts of one person as rules see them: plain values by name."""

from collections.abc import Mapping

#: One value of a fact, as CEL sees it.
Value = float | bool | str
Facts = Mapping[str, Value]
