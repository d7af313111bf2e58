"""What the filters know when a record is classified: the user's own addresses, blocks, lists, and the settings."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical, reaches

#: Addresses whose answer is remembered.
MOST_ASKED = 16_384


def fingerprint(address: str) -> str:
    """Recognize a forgotten address without keeping it."""
    return sha256(canonical(address).encode()).hexdigest()


class _Hashed:
    """Mailboxes of which only the fingerprints are kept."""

    def __init__(self, fingerprints: frozenset[str]) -> None:
        self._fingerprints = fingerprints

    def __contains__(self, mailbox: object) -> bool:
        return isinstance(mailbox, str) and fingerprint(mailbox) in self._fingerprints


@dataclass(frozen=True)
class Filters:
    """One user's filters; the same record under the same filters always gives the same answer."""

    account: str  # the label of the account whose stream is read
    own: frozenset[str] = frozenset()  # canonical
    once_own: frozenset[str] = frozenset()  # fingerprints: the user's until their account was erased
    blocked: frozenset[str] = frozenset()  # canonical addresses and "@domain"
    lists: frozenset[str] = frozenset()  # addresses mail is distributed from
    forgotten: frozenset[str] = frozenset()  # fingerprints
    kept: frozenset[str] = frozenset()  # canonical: people's, whatever else they look like
    marking: frozenset[str] = frozenset()  # accounts that mark what was sent from them
    keep_subjects: bool = True

    def is_own(self, address: str) -> bool:
        """Whether this is one of the user's mailboxes: what reaches it under a tag is theirs, wherever it is."""
        found = self._asked.get(address)
        if found is None:
            found = reaches(address, self.own) or (bool(self.once_own) and reaches(address, _Hashed(self.once_own)))
            if len(self._asked) < MOST_ASKED:
                self._asked[address] = found
        return found

    def is_person(self, address: str) -> bool:
        """Whether this is someone's address: no machine's and no list's, or the user said so."""
        return (kind_of(address) == "person" and address not in self.lists) or self.is_kept(address)

    def is_kept(self, address: str) -> bool:
        """Whether the user said that it is someone's address, whatever else it looks like."""
        return bool(self.kept) and canonical(address) in self.kept

    @property
    def marks_sent(self) -> bool:
        """Whether what the user sent from this account is marked as such."""
        return self.account in self.marking

    @cached_property
    def _asked(self) -> dict[str, bool]:
        """Answers of `is_own`: a page asks for the same addresses again and again."""
        return {}

    @cached_property
    def keeps_all(self) -> bool:
        """Whether records may be stored as they are."""
        return self.keep_subjects and not self.forgotten

    @cached_property
    def _quiet(self) -> bool:
        return not (self.blocked or self.forgotten)

    def is_barred(self, address: str) -> bool:
        """Whether the user wants nothing kept of this address."""
        if self._quiet:
            return False
        bare = canonical(address)
        if reaches(bare, self.blocked) or f"@{bare.rpartition('@')[2]}" in self.blocked:
            return True
        return self.is_forgotten(bare)

    def is_forgotten(self, address: str) -> bool:
        """Whether the user had this address forgotten: nothing of it may be stored."""
        return bool(self.forgotten) and reaches(address, _Hashed(self.forgotten))

    def of(self, account: str) -> "Filters":
        """See the same through another account."""
        return self if account == self.account else replace(self, account=account)
