"""Who left a firm and said who looks after the user from now on: that one goes on, and nobody is missed (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from worker.addresses.freemail import is_freemail
from worker.digest.choose.choice import Candidate
from worker.judgement.facts import contact_days

#: days by which the new one may begin before the old one ends, and after
BEFORE, AFTER = 30, 45
#: at a firm where more are known somebody begins each month
FEW = 4


def handovers(people: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Find those who handed over: old person -> who goes on in their place. The two stand on emails of few together."""
    return {
        old.person: new
        for old, new in _pairs(people.values())
        if old.circle & set(new.addresses) or new.circle & set(old.addresses)
    }


def perhaps_handed_over(people: Iterable[Candidate]) -> set[str]:
    """Name those for whom only the people around them show whether they handed over: their circles have to be read."""
    return {old.person for old, _ in _pairs(people)}


def _pairs(people: Iterable[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    firms: dict[str, list[tuple[int, int, Candidate]]] = defaultdict(list)
    for one in people:
        contacts = contact_days(one.history.days) if one.relates else []
        for domain in one.domains if contacts else ():
            if not is_freemail(domain):
                firms[domain].append((contacts[0], contacts[-1], one))
    for here in firms.values():
        for begun, ended, old in here if len(here) <= FEW else ():
            for began, last, new in here:
                if begun < began and ended - BEFORE <= began <= ended + AFTER and last > ended:
                    yield old, new
