"""What looks like an introduction and is none."""

from models.records import Mailbox
from tests.introductions.introduced import together
from tests.introductions.world import DAY, HOUR, ME, World


def project(world: World) -> None:
    """A client adds a contractor, and stays in the conversation; the owner and the contractor also write alone."""
    client, new = world.friend(), world.who()
    when = world.some_day()
    thread = world.mail(when, client, ME, new)
    for i in range(7):
        turn = (client, ME, new)[i % 3]
        rest = [one for one in (client, ME, new) if one is not turn]
        world.mail(when + (i + 1) * 2 * DAY, turn, *rest, thread=thread)
    world.talk(when + 6 * DAY, new, 3)


def handover(world: World) -> None:
    """A colleague takes over, and whoever handed over is gone."""
    before = world.friend()
    new = world.who(before.address.partition("@")[2])
    when = world.some_day()
    thread = world.mail(when, before, ME, cc=[new], subject=world.subject("handover"))
    world.talk(when + DAY, new, 6, thread=thread)


def assistant(world: World) -> None:
    """An assistant finds a time, and the meeting is with whom they work for."""
    friend = world.friend()
    new = world.who(friend.address.partition("@")[2] if world.random.random() < 0.5 else "")
    when = world.some_day()
    thread = world.mail(when, friend, ME, cc=[new], subject=world.subject("meet"))
    world.mail(when + 3 * HOUR, new, ME, thread=thread)
    world.mail(when + 6 * HOUR, ME, new, thread=thread)
    world.mail(when + DAY, new, ME, thread=thread)
    world.meet(when + 9 * DAY, friend, ME)


def can_we_meet(world: World) -> None:
    """Three who arrange to meet, again and again."""
    friend, new = world.friend(), world.who()
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=world.subject("meet"))
    world.mail(when + DAY, ME, friend, new, thread=thread)
    world.mail(when + 2 * DAY, new, friend, ME, thread=thread)
    world.mail(when + 3 * DAY, friend, ME, new, thread=thread)
    for i in range(3):
        world.meet(when + (7 + 14 * i) * DAY, friend, ME, new)


def dinner(world: World) -> None:
    """One asks many to dinner; somebody sends the pictures afterwards."""
    host, guests = world.friend(), [world.who() for _ in range(4)]
    when = world.some_day()
    thread = world.mail(when, host, ME, *guests)
    for i, guest in enumerate(guests[:3]):
        world.mail(when + (i + 1) * DAY, guest, host, cc=[ME, *guests[3:]], thread=thread)
    world.mail(when + 9 * DAY, guests[0], ME)
    world.mail(when + 9 * DAY + HOUR, ME, guests[0])


def stranger_brings(world: World) -> None:
    """Somebody the owner never wrote to names another, and the owner talks to that one."""
    stranger, new = world.who(), world.who()
    when = world.some_day()
    world.mail(when, stranger, ME, cc=[new], subject=world.subject("intro").replace("NAME", new.name))
    world.talk(when + DAY, new, 4)


def borrowed_name(world: World) -> None:
    """A stranger puts a friend of the owner's into Cc, and the owner answers."""
    friend, stranger = world.friend(), world.who()
    when = world.some_day()
    thread = world.mail(when, stranger, ME, cc=[friend], subject=world.subject("intro").replace("NAME", stranger.name))
    world.talk(when + DAY, stranger, 4, thread=thread)


def in_passing(world: World) -> None:
    """A friend copies somebody, and nothing follows."""
    world.mail(world.some_day(), world.friend(), ME, cc=[world.who()])


def known_already(world: World) -> None:
    """A friend writes to two who have known each other for long."""
    friend, new = world.friend(), world.who()
    when = world.some_day()
    world.talk(when - 70 * DAY, new, 4)
    thread = world.mail(when, friend, ME, new)
    world.talk(when + DAY, new, 4, thread=thread)


def one_errand(world: World) -> None:
    """A friend copies whoever keeps the books; one question, one answer, one thank-you."""
    friend, new = world.friend(), world.who()
    when = world.some_day()
    thread = world.mail(when, friend, ME, cc=[new])
    world.mail(when + DAY, new, ME, cc=[friend], thread=thread)
    world.mail(when + DAY + HOUR, ME, new, cc=[friend], thread=thread)
    world.mail(when + 2 * DAY, friend, ME, new, thread=thread)


def quick_errand(world: World) -> None:
    """A friend copies somebody who sends a file to the owner; nobody says more than they must."""
    friend, new = world.friend(), world.who()
    when = world.some_day()
    thread = world.mail(when, friend, ME, cc=[new])
    world.mail(when + DAY, new, ME, thread=thread)
    world.mail(when + DAY + HOUR, ME, new, thread=thread)
    world.mail(when + 2 * DAY, new, ME, thread=thread)


def round_of_many(world: World) -> None:
    """A round of seven, one of whom writes weeks later."""
    host, guests = world.friend(), [world.who() for _ in range(6)]
    when = world.some_day()
    world.meet(when, host, ME, *guests)
    world.talk(when + 40 * DAY, guests[2], 4)


def slides(world: World) -> None:
    """What an introduction is called in a course or a slide deck."""
    friend, new = world.friend(), world.who()
    when = world.some_day()
    thread = world.mail(when, friend, ME, new, subject=world.subject("slides"))
    world.mail(when + DAY, new, friend, ME, thread=thread)
    world.mail(when + 2 * DAY, ME, friend, new, thread=thread)
    world.mail(when + 3 * DAY, friend, ME, new, thread=thread)
    world.mail(when + 5 * DAY, friend, new, ME, thread=thread)


def two_questions(world: World) -> None:
    """The owner asks two friends the same; each answers alone."""
    one, other = world.random.sample(world.friends, 2)
    when = world.some_day()
    thread = world.mail(when, ME, one, other)
    world.mail(when + DAY, one, ME, thread=thread)
    world.mail(when + 2 * DAY, other, ME, thread=thread)


def project_of_mine(world: World) -> None:
    """Three who work together for months, the owner among them; they knew each other when it began."""
    one, other = world.random.sample(world.friends, 2)
    if together(world, one, other):
        return
    when = world.some_day()
    trio: tuple[Mailbox, ...] = (one, ME, other)
    thread = world.mail(when, one, ME, other)
    for i in range(9):
        turn = trio[i % 3]
        world.mail(when + (i + 1) * 3 * DAY, turn, *(who for who in trio if who is not turn), thread=thread)


SCENES = (
    project, handover, assistant, can_we_meet, dinner, stranger_brings, borrowed_name, in_passing, known_already,
    one_errand, quick_errand, round_of_many, slides, two_questions, project_of_mine,
)  # fmt: skip
