"""An ended project: everybody at one firm falls silent together. That is one piece of news, told once (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from worker.addresses.freemail import is_freemail
from worker.digest.choose.choice import COLD_KINDS, Candidate, Chosen, Listing
from worker.judgement.facts import contact_days, day_of

#: people of one firm who must have fallen silent
SEVERAL = 2
#: days without contact with anybody there
SILENT = 14
#: days between the last contacts with people of one project
TOGETHER = 120


def silent_firms(people: Mapping[str, Candidate], today: int) -> dict[str, str]:
    """The domain of each person at a firm where everybody has fallen silent, within some weeks of each other."""
    members: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in people.values():
        contacts = contact_days(one.history.days) if one.relates else []
        for domain in one.domains if contacts else ():
            if not is_freemail(domain):
                members[domain].append((one.person, contacts[-1]))
    found: dict[str, str] = {}
    for domain, here in sorted(members.items()):
        newest = max(last for _, last in here)
        together = [person for person, last in here if newest - last <= TOGETHER]
        if today - newest >= SILENT and len(together) >= SEVERAL:
            found |= dict.fromkeys(together, domain)
    return found


def told_of(firms: Mapping[str, str], past: Iterable[Listing], people: Mapping[str, Candidate]) -> set[str]:
    """The silent firms of whom somebody was named since the last contact with them."""
    told = set()
    for line in past:
        domain = firms.get(line.person)
        if domain is None or line.kind not in COLD_KINDS:
            continue
        contacts = contact_days(people[line.person].history.days)
        if contacts and day_of(line.listed_at) > contacts[-1]:
            told.add(domain)
    return told


def others_there(line: Chosen) -> str:
    """What to say of the others: one clause."""
    return f"it's been quiet with others at {line.firm} too"
