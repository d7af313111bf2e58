"""How several copies of one thing become one interaction: for every field an order-free way to merge (pure)."""

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


def clusters(copies: Sequence[Accepted]) -> list[list[Accepted]]:
    """Group copies of one identity by the thing they are of, earliest first.

    Mails that reuse one Message-ID are different mails where their times lie more than two days apart, or where they
    disagree on the recipients or the subject: whoever was in Cc knows a Message-ID, and may reuse it.
    """
    if not copies:
        return []
    if copies[0].channel is Channel.MEETING:
        return [sorted(copies, key=lambda copy: copy.occurred_at)]
    found = [chain for agreeing in _agreeing(copies) for chain in _near(agreeing)]
    return sorted(found, key=lambda cluster: (cluster[0].occurred_at, _content(cluster[0])))


Content = tuple[Direction, str, tuple[str, ...]]


def _content(copy: Accepted) -> Content:
    """Return what a copy names: a subject without what lists and mail programs put before it, and everyone in it.

    Who passed it on is left out: a copy that someone sent on is a copy of the same email.
    """
    subject = _PREFIXES.sub("", copy.subject or "").strip().casefold()
    return copy.direction, subject, tuple(sorted(one for one, part in copy.people.items() if part[0] not in PASSING))


def _agreeing(copies: Sequence[Accepted]) -> Iterable[list[Accepted]]:
    """Group mails that agree; those that name most people come first, so that the groups do not depend on the order."""
    groups: dict[Content, list[Accepted]] = {}
    of_people: dict[tuple[Direction, tuple[str, ...]], Content] = {}
    for copy in sorted(copies, key=lambda copy: (copy.subject is None, -len(_content(copy)[2]), _content(copy))):
        content = direction, subject, people = _content(copy)
        if copy.subject is None:
            content = of_people.get((direction, people), content)
        if content not in groups and direction is Direction.OUT:
            # only the writer's own copy names the blind copies
            wider = (
                known
                for known in islice(groups, COPIES)
                if known[0] is direction
                and set(people) <= set(known[2])
                and (copy.subject is None or subject == known[1])
            )
            content = next(wider, content)
        groups.setdefault(content, []).append(copy)
        of_people.setdefault((direction, people), content)
    return groups.values()


def _near(copies: Iterable[Accepted]) -> list[list[Accepted]]:
    ordered = sorted(copies, key=lambda copy: copy.occurred_at)
    found = [[ordered[0]]]
    for copy in ordered[1:]:
        if copy.occurred_at - found[-1][-1].occurred_at > BELIEVED:
            found.append([])
        found[-1].append(copy)
    return found


def interaction_ids(identity: str, things: Sequence[Sequence[Accepted]]) -> list[str]:
    """Name what `clusters` found: the identity; for a reused Message-ID the day as well, and its content."""
    names: list[str] = []
    for cluster in things:
        name = f"{identity}-{cluster[0].occurred_at // 86400}" if names else identity
        if name in names:
            content = json.dumps(min(map(_content, cluster))).encode()
            name = f"{name}-{blake2b(content, digest_size=4).hexdigest()}"
        names.append(name)
    return names


def merge(copies: Sequence[Accepted]) -> Accepted:
    """Merge the copies of one interaction into one; the result does not depend on their order."""
    if len(copies) == 1:
        return copies[0]
    channel = min(copy.channel for copy in copies)
    my_role = _best((copy.my_role for copy in copies), ROLES)
    my_response = _best((copy.my_response for copy in copies), RESPONSES)
    people, size = _people(copies, channel, my_role, my_response)
    begins = min(copy.occurred_at for copy in copies)
    ends = _first((copy.ends_at for copy in copies), largest=True)
    return Accepted(
        account=min(copy.account for copy in copies),
        channel=channel,
        direction=min((copy.direction for copy in copies), key=DIRECTIONS.index),
        occurred_at=begins,
        counts_at=begins if ends is None else ends,
        ends_at=ends,
        group_size=size,
        people=people,
        subject=_first((copy.subject for copy in copies), largest=True),
        thread=_first(copy.thread for copy in copies),
        message_id=_first(copy.message_id for copy in copies),
        ical_uid=_first(copy.ical_uid for copy in copies),
        recurrence_at=_first(copy.recurrence_at for copy in copies),
        my_role=my_role,
        my_response=my_response,
        same_person=[pair for copy in copies for pair in copy.same_person],
    )


def _people(
    copies: Sequence[Accepted], channel: Channel, my_role: Role | None, my_response: Response | None
) -> tuple[dict[str, Part], int]:
    """Merge everyone in the copies, by address; and count them, the user included."""
    parts: dict[str, list[Part]] = defaultdict(list)
    for copy in copies:
        for address, part in copy.people.items():
            parts[address].append(part)
    strongest = {address: _strongest(each) for address, each in parts.items()}
    coming = sum(role not in PASSING and response is not Response.DECLINED for role, response, _ in strongest.values())
    size = max(1 + coming, *(copy.group_size for copy in copies))

    def touch(address: str) -> Touch | None:
        if all(part[2] is None for part in parts[address]):
            return None
        role, response, _ = strongest[address]
        return touch_of(channel, role, response, size, my_role, my_response)

    people = {address: (role, response, touch(address), name) for address, (role, response, name) in strongest.items()}
    return people, size


def _strongest(parts: Sequence[Part]) -> tuple[Role, Response | None, str]:
    role = min((part[0] for part in parts), key=ROLES.index)
    name = max(parts, key=lambda part: (part[3] != "", part[0] is Role.FROM, part[3]))[3]
    return role, _best((part[1] for part in parts), RESPONSES), name


def _first(values: Iterable[T | None], *, largest: bool = False) -> T | None:
    present = [value for value in values if value is not None]
    return (max if largest else min)(present, default=None)


def _best(values: Iterable[Word | None], order: Sequence[Word]) -> Word | None:
    return min((value for value in values if value is not None), key=order.index, default=None)
