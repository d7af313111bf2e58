"""Growing together, as the demo tells it: one introduction from its email to the thank-you, one pass-it-on, a season."""

from datetime import datetime, timedelta

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.truth import Bond, Holidays, Kind

ME = "mira@halvorsen-advisory.example"
BEGINS, ENDS = at("2024-03-04T08:00"), at("2026-10-19T07:00")
#: the Mondays on which digests are read: one that introduces itself, and the first of a new quarter
FIRST, MONDAY = at("2026-09-21T08:00"), at("2026-10-05T08:00")
FRIENDS = (
    ("Rosa Lindner", 24), ("Jonas Okafor", 12), ("Mei Tanaka", 15), ("Paul Dufour", 20), ("Ines Quintana", 18),
    ("Tomas Novak", 30), ("Greta Solberg", 22),
)  # fmt: skip


def tell() -> Life:
    """Tell the life of Mira, who does not exist."""
    life = Life(ME, BEGINS, ENDS, seed=5, away=Holidays([(at("2026-08-03"), at("2026-08-17"))]))
    friends = {name: life.friend(name, every, meetings=0.3) for name, every in FRIENDS}
    editor = life.friend("Carla Voss", 16, ends=at("2026-05-20"))
    _matter(life, editor, "Copy editing of the report", at("2026-03-10T09:00"))
    for name, day in (("Mei Tanaka", "2026-06-02"), ("Paul Dufour", "2026-06-16")):
        _matter(life, friends[name], "Pricing model", at(f"{day}T09:00"))
        _matter(life, friends[name], "Pricing again", at(f"{day}T09:00") + 50 * DAY)
    _introduced(life, friends["Jonas Okafor"], "Wanjiru Maina", at("2025-03-11T10:00"), thanked=True)
    wanjiru = next(bond for bond in life.bonds if bond.name == "Wanjiru Maina")
    _introduced(life, wanjiru, "Luc Moreau", at("2026-01-20T10:00"), thanked=True)
    _introduced(life, friends["Rosa Lindner"], "Ben Adeyemi", at("2026-08-25T10:00"), thanked=False)
    _brought(life, friends["Ines Quintana"], friends["Tomas Novak"], at("2026-07-07T10:00"))
    _quiet(life, friends["Rosa Lindner"], at("2026-08-25T10:00"))
    return life


def _matter(life: Life, bond: Bond, subject: str, when: datetime) -> None:
    """One exchange about something in particular, begun by Mira."""
    life.talk(bond, when, 3, subject=subject, mine=True)


def _introduced(life: Life, friend: Bond, name: str, when: datetime, *, thanked: bool) -> Bond:
    """A friend writes to both, and the two go on by themselves; `thanked`: with the friend in Bcc of the answer."""
    new = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-studio.example", Kind.FRIEND, 25)
    thread = life.box.mail(when, friend.addresses[0], [ME, new.addresses[0]], subject=f"{name} / Mira")
    life.box.mail(
        when + timedelta(hours=5), ME, new.addresses[0], subject=f"Re: {name} / Mira", reply=thread,
        bcc=[friend.addresses[0]] if thanked else (),
    )  # fmt: skip
    life.talk(new, when + DAY, 3, subject=f"Re: {name} / Mira", mine=False)
    life.lunch(new, life.workday(when + 16 * DAY).replace(hour=12, minute=0))
    life.rhythm(new, when + 30 * DAY, life.ends, meetings=0.3)
    return new


def _brought(life: Life, one: Bond, other: Bond, when: datetime) -> None:
    """Mira brings two of hers together, and they answer."""
    both = [one.addresses[0], other.addresses[0]]
    thread = life.box.mail(when, ME, both, subject="You two should talk")
    life.box.mail(when + DAY, both[0], both[1], cc=[ME], subject="Re: You two should talk", reply=thread)


def _quiet(life: Life, friend: Bond, since: datetime) -> None:
    """Mira has not written to a friend, nor met them, since a moment."""
    address = friend.addresses[0].encode()
    life.box.mails = [
        (when, own, raw) for when, own, raw in life.box.mails if not (own and when > since and address in raw)
    ]
    life.box.events = [
        event for event in life.box.events if event.starts < since or friend.addresses[0] not in event.answers
    ]
