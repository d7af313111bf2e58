"""An ended project: everybody at one firm falls silent together. That is one piece of news, told once (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from worker.addresses.freemail import is_freemail
from worker.digest.choose.choice import COLD_KINDS, Candidate, Listing
from worker.judgement.facts import contact_days, day_of

#: labels under which a country registers firms: "acme.co.uk"
_SHARED = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})
#: letters: a shorter label is an abbreviation as likely as not
_NAME = 4
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


def firm_name(domain: str) -> str:
    """Call a firm by its name where its domain tells it ("Keel Advisory" for keel-advisory.co.uk), else the domain."""
    labels = domain.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED:
        labels.pop()
    words = labels[-2].split("-") if len(labels) > 1 else []
    told = len("".join(words)) >= _NAME and all(word.isascii() and word.isalpha() for word in words)
    return " ".join(map(str.capitalize, words)) if told else domain


def others_there(domain: str) -> str:
    """What to say of the others: one clause."""
    return f"it's been quiet with others at {firm_name(domain)} too"
