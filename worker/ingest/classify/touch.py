"""What an interaction is between the user and one other person in it (pure)."""

from functools import lru_cache

from models.enums import PASSING, Channel, Response, Role, Touch

#: More recipients than this make a mail a crowd (coldbench's protocol), more people a meeting.
MANY = 10


@lru_cache(maxsize=1024)  # asked for everyone in every email, and there are few answers
def mail_touch(theirs: Role, mine: Role, recipients: int) -> Touch:
    """Classify a mail by the other's role, the user's role, and the number of distinct recipients."""
    if recipients > MANY or (theirs is not Role.FROM and mine is not Role.FROM):
        return Touch.SEEN
    if mine is Role.FROM:
        if theirs is not Role.TO:
            return Touch.OUT_COPY
        return Touch.OUT_ONE if recipients == 1 else Touch.OUT
    if mine is not Role.TO:
        return Touch.IN_COPY
    return Touch.IN_ONE if recipients == 1 else Touch.IN


def meeting_touch(
    theirs: Role, response: Response, size: int, mine: Role | None, my_response: Response | None
) -> Touch | None:
    """Classify a meeting by both answers, who organized it, and the number of people coming.

    What a third person has put into the calendar says nothing of the user and the others until the user has answered;
    `my_response` is None where the user was not even named. The user's own meeting of two is expected to happen,
    whether or not the other ever pressed a button.
    """
    if response is Response.DECLINED:
        return None
    if mine is Role.ORGANIZER and size == 2 and response is Response.NONE:
        return Touch.EXPECTED
    if mine is not Role.ORGANIZER and theirs is not Role.ORGANIZER and my_response in {None, Response.NONE}:
        return None
    if mine is not Role.ORGANIZER and my_response is Response.NONE:
        return Touch.INVITED
    if response is Response.NONE and theirs is not Role.ORGANIZER:
        return Touch.INVITED
    if size == 2:
        return Touch.MET_ONE
    return Touch.MET if size <= MANY else Touch.MET_CROWD


def touch_of(
    channel: Channel,
    theirs: Role,
    response: Response | None,
    size: int,
    mine: Role | None,
    my_response: Response | None,
) -> Touch | None:
    """Classify an interaction from what is stored and exported of it; `size` counts the user and all who came."""
    if theirs in PASSING:
        return None
    if channel is Channel.TALK:
        return Touch.TALKED
    if channel is Channel.EMAIL:
        return mail_touch(theirs, mine or Role.TO, size - 1)
    return meeting_touch(theirs, response or Response.NONE, size, mine, my_response)
