"""How several tellings of one thing become one interaction: for every field an order-free way to merge (pure)."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import blake2b
from itertools import islice
from typing import TypeVar

from models.enums import PASSING, Channel, Direction, Response, Role, Touch
from worker.ingest.classify.accepted import Accepted, Part
from worker.ingest.classify.mail import BELIEVED
from worker.ingest.classify.touch import touch_of

ROLES = (Role.FROM, Role.ORGANIZER, Role.TO, Role.CC, Role.BCC, Role.ATTENDEE, Role.SENDER, Role.RESENT)
RESPONSES = (Response.ACCEPTED, Response.TENTATIVE, Response.NONE, Response.DECLINED)
#: Copies of one's own mail that are compared with another: there are rarely more than two.
COPIES = 50
DIRECTIONS = (Direction.OUT, Direction.IN, Direction.MUTUAL)

#: What stands before a subject without being of it: "[list]", "[EXTERNAL]", "Re:".
_PREFIXES = re.compile(r"^(?:\s*(?:\[[^\]]{0,80}\]|(?:re|aw|fwd?|wg)\s*:))+\s*", re.IGNORECASE)

T = TypeVar("T", str, int)
Word = TypeVar("Word", bound=StrEnum)


def clusters(tellings: Sequence[Accepted]) -> list[list[Accepted]]:
    """Part tellings of one identity into the things they tell of, earliest first.

    Mails that reuse one Message-ID are different mails where their times lie more than two days apart, or where they
    disagree on the recipients or the subject: whoever was in copy knows a Message-ID, and may tell of it otherwise.
    """
    if not tellings:
        return []
    if tellings[0].channel is Channel.MEETING:
        return [sorted(tellings, key=lambda held: held.occurred_at)]
    found = [chain for agreeing in _agreeing(tellings) for chain in _near(agreeing)]
    return sorted(found, key=lambda cluster: (cluster[0].occurred_at, _told(cluster[0])))


Content = tuple[Direction, str, tuple[str, ...]]


def _told(held: Accepted) -> Content:
    """Say what a telling names: a subject without what lists and mail programs put before it, and everybody in it.

    Who passed it on is left out: a copy that somebody sent on is a copy of the same email.
    """
    subject = _PREFIXES.sub("", held.subject or "").strip().casefold()
    return held.direction, subject, tuple(sorted(one for one, part in held.people.items() if part[0] not in PASSING))


def _agreeing(tellings: Sequence[Accepted]) -> Iterable[list[Accepted]]:
    """Group mails that agree; those that tell most come first, so that the groups do not depend on the order."""
    groups: dict[Content, list[Accepted]] = {}
    of_people: dict[tuple[Direction, tuple[str, ...]], Content] = {}
    for held in sorted(tellings, key=lambda held: (held.subject is None, -len(_told(held)[2]), _told(held))):
        content = direction, subject, people = _told(held)
        if held.subject is None:
            content = of_people.get((direction, people), content)
        if content not in groups and direction is Direction.OUT:
            # only the writer's own copy names the blind copies
            wider = (
                known
                for known in islice(groups, COPIES)
                if known[0] is direction
                and set(people) <= set(known[2])
                and (held.subject is None or subject == known[1])
            )
            content = next(wider, content)
        groups.setdefault(content, []).append(held)
        of_people.setdefault((direction, people), content)
    return groups.values()


def _near(tellings: Iterable[Accepted]) -> list[list[Accepted]]:
    ordered = sorted(tellings, key=lambda held: held.occurred_at)
    found = [[ordered[0]]]
    for held in ordered[1:]:
        if held.occurred_at - found[-1][-1].occurred_at > BELIEVED:
            found.append([])
        found[-1].append(held)
    return found


def interaction_ids(identity: str, things: Sequence[Sequence[Accepted]]) -> list[str]:
    """Name what `clusters` found: the identity; for a reused Message-ID the day as well, and what it tells."""
    names: list[str] = []
    for cluster in things:
        name = f"{identity}-{cluster[0].occurred_at // 86400}" if names else identity
        if name in names:
            content = json.dumps(min(map(_told, cluster))).encode()
            name = f"{name}-{blake2b(content, digest_size=4).hexdigest()}"
        names.append(name)
    return names


def merge(tellings: Sequence[Accepted]) -> Accepted:
    """Fold the tellings of one interaction into one; the result does not depend on their order."""
    if len(tellings) == 1:
        return tellings[0]
    channel = min(held.channel for held in tellings)
    my_role = _best((held.my_role for held in tellings), ROLES)
    my_response = _best((held.my_response for held in tellings), RESPONSES)
    told: dict[str, list[Part]] = defaultdict(list)
    for held in tellings:
        for address, part in held.people.items():
            told[address].append(part)
    people = {address: _strongest(parts) for address, parts in told.items()}
    coming = sum(role not in PASSING and response is not Response.DECLINED for role, response, _ in people.values())
    size = max(1 + coming, *(held.group_size for held in tellings))

    def touch(address: str) -> Touch | None:
        if all(part[2] is None for part in told[address]):
            return None
        role, response, _ = people[address]
        return touch_of(channel, role, response, size, my_role, my_response)

    begins = min(held.occurred_at for held in tellings)
    ends = _first((held.ends_at for held in tellings), largest=True)
    return Accepted(
        account=min(held.account for held in tellings),
        channel=channel,
        direction=min((held.direction for held in tellings), key=DIRECTIONS.index),
        occurred_at=begins,
        counts_at=begins if ends is None else ends,
        ends_at=ends,
        group_size=size,
        people={address: (role, response, touch(address), name) for address, (role, response, name) in people.items()},
        subject=_first((held.subject for held in tellings), largest=True),
        thread=_first(held.thread for held in tellings),
        message_id=_first(held.message_id for held in tellings),
        ical_uid=_first(held.ical_uid for held in tellings),
        recurrence_at=_first(held.recurrence_at for held in tellings),
        my_role=my_role,
        my_response=my_response,
        same_person=[pair for held in tellings for pair in held.same_person],
    )


def _strongest(parts: Sequence[Part]) -> tuple[Role, Response | None, str]:
    role = min((part[0] for part in parts), key=ROLES.index)
    name = max(parts, key=lambda part: (part[3] != "", part[0] is Role.FROM, part[3]))[3]
    return role, _best((part[1] for part in parts), RESPONSES), name


def _first(values: Iterable[T | None], *, largest: bool = False) -> T | None:
    present = [value for value in values if value is not None]
    return (max if largest else min)(present, default=None)


def _best(values: Iterable[Word | None], order: Sequence[Word]) -> Word | None:
    return min((value for value in values if value is not None), key=order.index, default=None)
