"""What introductions look like: each scene is one, and notes it as true."""

from datetime import timedelta

from models.records import Mailbox
from tests.introductions.world import DAY, HOUR, ME, World


def _opened(world: World, *, said: float = 0.5, domain: str = "") -> tuple[Mailbox, Mailbox, str]:
    friend, new = world.friend(), world.who(domain)
    subject = world.subject("intro" if world.random.random() < said else "plain").replace("NAME", new.name)
    world.truth.received.add((friend.address, new.address))
    return friend, new, subject


def bcc(world: World) -> None:
    """As etiquette wants: the first reply moves the introducer to Bcc."""
    friend, new, subject = _opened(world)
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=subject)
    world.mail(when + 5 * HOUR, ME, new, bcc=[friend], subject=f"Re: {subject}", thread=thread)
    world.truth.thanked.add((friend.address, new.address))
    world.talk(when + DAY, new, 4, thread=thread)


def they_reply_first(world: World) -> None:
    """The other answers with the introducer in Cc, and the owner drops them."""
    friend, new, subject = _opened(world)
    when = world.some_day()
    thread = world.mail(when, friend, ME, cc=[new], subject=subject)
    world.mail(when + DAY, new, ME, cc=[friend], subject=f"Re: {subject}", thread=thread)
    world.talk(when + 2 * DAY, new, 5, thread=thread)


def copied_once(world: World) -> None:
    """Both reply to all once, and go on alone."""
    friend, new, subject = _opened(world)
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=subject)
    world.mail(when + 3 * HOUR, new, ME, cc=[friend], subject=f"Re: {subject}", thread=thread)
    world.mail(when + 8 * HOUR, ME, new, cc=[friend], subject=f"Re: {subject}", thread=thread)
    world.truth.thanked.add((friend.address, new.address))
    world.talk(when + 2 * DAY, new, 4, thread=thread)


def to_a_meeting(world: World) -> None:
    """A few words in copy, and a meeting of the two."""
    friend, new, subject = _opened(world)
    when = world.some_day()
    thread = world.mail(when, friend, ME, cc=[new], subject=subject)
    world.mail(when + DAY, ME, new, subject=f"Re: {subject}", thread=thread)
    world.mail(when + 2 * DAY, new, ME, subject=f"Re: {subject}", thread=thread)
    world.meet(when + 8 * DAY, ME, new)


def asked_before(world: World) -> None:
    """The friend asks whether they may, and adds the other to the same thread."""
    friend, new, subject = _opened(world, said=0.3)
    when = world.some_day()
    thread = world.mail(when, friend, ME, subject=subject)
    world.mail(when + DAY, ME, friend, subject=f"Re: {subject}", thread=thread)
    world.mail(when + 3 * DAY, friend, ME, new, subject=f"Re: {subject}", thread=thread)
    world.talk(when + 4 * DAY, new, 5, thread=thread)


def at_a_table(world: World) -> None:
    """A meeting of three brings two strangers together, who then write to each other."""
    friend, new, subject = _opened(world, said=0.2)
    when = world.some_day()
    world.meet(when, friend, ME, new, subject=subject)
    world.talk(when + 2 * DAY, new, 5)


def two_at_once(world: World) -> None:
    """The friend brings two of one firm."""
    friend, new, subject = _opened(world)
    other = world.who(new.address.partition("@")[2])
    world.truth.received.add((friend.address, other.address))
    when = world.some_day()
    thread = world.mail(when, friend, ME, cc=[new, other], subject=subject)
    world.mail(when + DAY, ME, new, other, bcc=[friend], subject=f"Re: {subject}", thread=thread)
    world.truth.thanked |= {(friend.address, new.address), (friend.address, other.address)}
    world.talk(when + 2 * DAY, new, 4, thread=thread)
    world.talk(when + 3 * DAY, other, 4)


def asked_again(world: World) -> None:
    """The friend asks once more, and only then the two begin."""
    friend, new, subject = _opened(world)
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=subject)
    world.mail(when + 9 * DAY, friend, ME, new, subject=f"Re: {subject}", thread=thread)
    world.talk(when + 10 * DAY, new, 5, thread=thread)


def kept_in_copy(world: World) -> None:
    """The replies keep the introducer in Cc, who says nothing; then the two meet."""
    friend, new, subject = _opened(world)
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=subject)
    for i in range(5):
        sender, to = (ME, new) if i % 2 else (new, ME)
        world.mail(when + (i + 1) * DAY, sender, to, cc=[friend], subject=f"Re: {subject}", thread=thread)
    world.truth.thanked.add((friend.address, new.address))
    world.meet(when + timedelta(days=12), new, ME)


def slowly(world: World) -> None:
    """The other answers after weeks, from a private mailbox, to the owner alone."""
    friend, new, subject = _opened(world, domain="gmail.com")
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=subject)
    world.mail(when + 20 * DAY, new, ME, subject=f"Re: {subject}", thread=thread)
    world.talk(when + 22 * DAY, new, 5, thread=thread)


def within_a_firm(world: World) -> None:
    """A friend brings a partner of the same firm, and says so."""
    friend = world.friend()
    new = world.who(friend.address.partition("@")[2])
    world.truth.received.add((friend.address, new.address))
    subject = world.subject("intro").replace("NAME", new.name)
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=subject)
    world.talk(when + DAY, new, 5, thread=thread)


def by_me(world: World) -> None:
    """The owner brings two friends together; they answer, and go on by themselves."""
    one, other = world.random.sample(world.friends, 2)
    if together(world, one, other):
        return
    world.truth.made.add(_pair(one, other))
    when = world.some_day()
    subject = world.subject("intro" if world.random.random() < 0.5 else "plain").replace("NAME", other.name)
    thread = world.mail(when, ME, one, other, subject=subject)
    world.mail(when + DAY, one, other, cc=[ME], subject=f"Re: {subject}", thread=thread)
    if world.random.random() < 0.5:
        world.mail(when + 2 * DAY, other, one, cc=[ME], subject=f"Re: {subject}", thread=thread)


def lunch_of_mine(world: World) -> None:
    """The owner asks two friends to lunch who did not know each other."""
    one, other = world.random.sample(world.friends, 2)
    if together(world, one, other):
        return
    world.truth.made.add(_pair(one, other))
    world.meet(world.some_day(), ME, one, other)


def _pair(one: Mailbox, other: Mailbox) -> tuple[str, str]:
    first, second = sorted((one.address, other.address))
    return first, second


def together(world: World, one: Mailbox, other: Mailbox) -> bool:
    """Whether two have shared anything in this story already: then nobody needs to bring them together."""
    both = {one.address, other.address}
    return any(both <= _everybody(record) for record in world.records)


def _everybody(record: object) -> set[str]:
    found = {box.address for name in ("to", "cc", "bcc", "attendees") for box in getattr(record, name, ())}
    sender = getattr(record, "sender", None)
    return found | ({sender.address} if sender else set())


SCENES = (
    bcc, they_reply_first, copied_once, to_a_meeting, asked_before, at_a_table, two_at_once, asked_again, kept_in_copy,
    slowly, within_a_firm,
)  # fmt: skip
MINE = (by_me, lunch_of_mine)
