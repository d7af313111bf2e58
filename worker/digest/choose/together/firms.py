"""An ended project: everybody at one firm falls silent together. That is one piece of news, said once (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from worker.addresses.freemail import is_freemail
from worker.digest.choose.choice import COLD_KINDS, Candidate, Ending, Listing
from worker.digest.choose.together.cohorts import cohorts
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
#: of a firm that goes on, so many must have left within so many days of each other, in touch for so many days at most
LEAVERS, AT_ONCE, A_WHILE = 3, 14, 400
#: so many of a silent firm on the same emails or in the same meetings of few as somebody show them to belong there
SHARED = 2


def endings(people: Mapping[str, Candidate], today: int) -> dict[str, Ending]:
    """Say of each person of an ended project which one it is: at a firm, of a part of it, beside it, or at none."""
    found = _at_firms(people, today)
    groups: dict[Ending, set[str]] = defaultdict(set)
    for person, ending in found.items():
        groups[ending].add(person)
    for one in beside(people, today, found):
        last = contact_days(one.history.days)[-1]
        for ending, group in groups.items():
            if abs(ending.day - last) > AT_ONCE:
                continue
            if sum(not one.circle.isdisjoint(people[person].addresses) for person in group) >= SHARED:
                found[one.person] = ending
    return found | cohorts(people, found)


def beside(people: Mapping[str, Candidate], today: int, found: Mapping[str, Ending] | None = None) -> list[Candidate]:
    """Name those who fell silent when a project ended, and were nobody's there: freelancers, if the circle says so."""
    known = _at_firms(people, today) if found is None else found
    days = {ending.day for ending in known.values()}
    silent = (
        (one, contacts[-1])
        for one in people.values()
        if one.relates and one.person not in known and (contacts := contact_days(one.history.days))
    )
    return [one for one, last in silent if today - last >= SILENT and any(abs(day - last) <= AT_ONCE for day in days)]


def _at_firms(people: Mapping[str, Candidate], today: int) -> dict[str, Ending]:
    """Find the people of firms where everybody has fallen silent within some weeks, or several at once."""
    members: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in people.values():
        contacts = contact_days(one.history.days) if one.relates else []
        for domain in one.domains if contacts else ():
            if not is_freemail(domain):
                members[domain].append((one.person, contacts[-1]))
    found: dict[str, Ending] = {}
    for domain, here in sorted(members.items()):
        newest = max(last for _, last in here)
        together = [person for person, last in here if newest - last <= TOGETHER]
        over = today - newest >= SILENT and len(together) >= SEVERAL
        ended = dict.fromkeys(together, Ending(domain, newest)) if over else {}
        if len(here) > LEAVERS:  # who left before has left, also when everybody who stayed is on holiday
            found |= _leavers(domain, [one for one in here if one[0] not in ended], people, today)
        found |= ended
    return found


def _leavers(
    domain: str, here: Iterable[tuple[str, int]], people: Mapping[str, Candidate], today: int
) -> dict[str, Ending]:
    """Find those of a firm that goes on who left it together: trainees after their months, a team."""
    groups: list[list[tuple[str, int]]] = []
    for person, last in sorted(here, key=lambda one: (one[1], one[0])):
        if last - contact_days(people[person].history.days)[0] > A_WHILE or today - last < SILENT:
            continue
        if groups and last - groups[-1][0][1] <= AT_ONCE:
            groups[-1].append((person, last))
        else:
            groups.append([(person, last)])
    return {person: Ending(domain, group[-1][1]) for group in groups if len(group) >= LEAVERS for person, _ in group}


def already_named(firms: Mapping[str, Ending], past: Iterable[Listing], people: Mapping[str, Candidate]) -> set[Ending]:
    """The ended projects from which somebody was named since the last contact with them."""
    named = set()
    for line in past:
        ending = firms.get(line.person)
        if ending is None or line.kind not in COLD_KINDS:
            continue
        contacts = contact_days(people[line.person].history.days)
        if contacts and day_of(line.listed_at) > contacts[-1]:
            named.add(ending)
    return named


def firm_name(domain: str) -> str:
    """Call a firm by its name where its domain shows it ("Keel Advisory" for keel-advisory.co.uk), else the domain."""
    labels = domain.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED:
        labels.pop()
    words = labels[-2].split("-") if len(labels) > 1 else []
    speaks = len("".join(words)) >= _NAME and all(word.isascii() and word.isalpha() for word in words)
    return " ".join(map(str.capitalize, words)) if speaks else domain


def others_of(ending: Ending) -> str:
    """Call the others who fell silent."""
    return f"others at {firm_name(ending.domain)}" if ending.domain else "others you knew for a while"


def others_there(ending: Ending) -> str:
    """What to say of the others: one clause."""
    return f"it's been quiet with {others_of(ending)} too"
