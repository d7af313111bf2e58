"""Addresses behind which no single person stands: help desks, groups, relays; by address, name and subject (pure).

Unlike a robot's, their mail may well be written by someone, so it is kept and shown; it is no relationship.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from worker.addresses.automation import kind_of

#: local parts that reach many at once
GROUP = re.compile(
    r"""^(?:everyone|everybody|all|all[._-].*|.*[._-]all|staff|crew|company|cohort.*|batch.*|class.*|alumni|board|committee
        |council|members|partners|founders|investors|volunteers|teachers|parents|students|faculty|squad|group|groups|list
        |chapter|section|dept|department|kollegium|colleagues|neighbou?rs|residents|tenants|network|verteiler|tous|todos|tutti
        |lists|mailinglist|announce(?:ments?)?|discuss(?:ion)?|community|forum|the[._-]?team|.*[._-](?:team|group|list|crew))$""",
    re.VERBOSE,
)
#: how a display name says that it is many: "Chapter list", "The Hansen family group"
MANY = re.compile(r"\b(list|group|team|members|committee|verteiler|liste)$", re.IGNORECASE)
#: what a desk is called, in the name an agent writes under
DESK = re.compile(
    r"\b(?:support|help\s?desk|service\s?desk|customer\s(?:care|service|success|support)|kundenservice|kundendienst)\b",
    re.IGNORECASE,
)
RELAY = re.compile(r"\S\s+(?:via|through|über|par)\s+\S", re.IGNORECASE)
#: how desks number what they answer: [Request #88200], [Ticket-123], Case 00012345, (#12345), [ABC-1234]
TICKET = re.compile(
    r"""[\[(](?:[\w\s-]{0,24}[\s#:-])?\#?\d{3,}[\])]
    |\b(?:ticket|case|request|incident|issue|vorgang|anfrage|demande)\s*(?:id|no\.?|nr\.?|number|:)?\s*[\#:]?\s*\d{3,}
    |\#\#[^#]{1,40}\#\#""",
    re.IGNORECASE | re.VERBOSE,
)
#: emails with a ticket's number from which on someone is a desk, if most of theirs have one
TICKETS = 3


@lru_cache(maxsize=65536)
def shared(address: str, name: str) -> str:
    """Say what an address with its name shows of its owner: "" for a person's own."""
    local = address.lower().rpartition("@")[0]
    bare = local.partition("+")[0]
    if kind_of(f"{bare}@{address.rpartition('@')[2]}") != "person":
        return f"{address} is a shared mailbox, not a person's own"
    if GROUP.match(bare):
        return f"{address} reaches a group"
    if (many := MANY.search(name.strip())) and not _surname(many[1].lower(), address.lower()):
        return f"{address} reaches a group"
    if DESK.search(name):
        return f"{name} is a help desk"
    if RELAY.search(name):
        return f"{name} writes through a service"
    return ""


def _surname(word: str, address: str) -> bool:
    """Whether a word is part of someone's own address: "Franz List" has it there, a list at list-host.example not."""
    local, _, domain = address.rpartition("@")
    return word in local or word in domain.split(".")


def numbered(subjects: Iterable[str | None]) -> bool:
    """Whether most of these subjects carry the number of a ticket."""
    known = [subject for subject in subjects if subject]
    tickets = sum(TICKET.search(subject[:200]) is not None for subject in known)
    return tickets >= TICKETS and 2 * tickets > len(known)
