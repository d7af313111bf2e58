"""The people behind the addresses: which addresses are one human, and under which key.

Two addresses are one person if they reach one mailbox (canonical), if each has shown the other to be theirs and the
user has answered both since (models.people.MatchEvidence), or if the user said so; a split undoes the evidence.
The key is the smallest canonical address of a person, so that it does not depend on the order of arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from worker.addresses.canonical import canonical


@dataclass(frozen=True, slots=True)
class Link:
    """Two addresses that belong to one person, and why, in words."""

    address: str
    other: str
    why: str
    said: bool = False  # by the user: goes before a split


class AddressClusters:
    """All links of one user, closed over: asks for an address answer with its person."""

    def __init__(self, links: Iterable[Link], splits: Iterable[str] = ()) -> None:
        """Close the links; a split address keeps only the links the user made."""
        apart = {canonical(address) for address in splits}
        self._root: dict[str, str] = {}
        self._why: dict[str, str] = {}
        for link in sorted(links, key=lambda link: (not link.said, link.address, link.other)):
            one, other = canonical(link.address), canonical(link.other)
            if one == other or (not link.said and (one in apart or other in apart)):
                continue
            self._why.setdefault(max(one, other), link.why)
            first, second = sorted((self._find(one), self._find(other)))
            self._root[second] = first
        self._members: dict[str, set[str]] = {}
        for bare in list(self._root):
            self._members.setdefault(self._find(bare), set()).add(bare)

    def _find(self, bare: str) -> str:
        while (above := self._root.setdefault(bare, bare)) != bare:
            self._root[bare] = self._root.get(above, above)
            bare = above
        return bare

    def person(self, address: str) -> str:
        """Name the person an address belongs to."""
        bare = canonical(address)
        return self._find(bare) if bare in self._root else bare

    def members(self, person: str) -> frozenset[str]:
        """Name every canonical address known to be linked to this person."""
        return frozenset(self._members.get(person, ())) | {person}

    def why(self, address: str) -> str:
        """Say why an address belongs to its person."""
        bare = canonical(address)
        if bare != address.lower():
            return f"the same mailbox as {bare}"
        return self._why.get(bare, "their own address")


def best_name(names: Iterable[tuple[int, int, str]]) -> str:
    """Choose what to call someone from (own, at, name) of each address: what they wrote themselves, the newest."""
    return max((name for name in names if name[2]), default=(0, 0, ""))[2]
