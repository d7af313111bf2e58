"""What a reader asked for by email or link is confirmed in the next digest, once, each in a sentence."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from models.people import Person, TakenAction
from worker.decisions.actions import Action, Done, Via, recent_actions
from worker.digest.digest import Confirmation
from worker.wording.dates import date
from worker.wording.text import name_of

#: What was done longer ago than this is old news; actions confirmed in one digest.
RECENT, MOST = timedelta(days=60), 10
SAID = {
    Action.SNOOZE: "{name} is snoozed until {until}.",
    Action.TALKED: "Noted that you talked with {name} on {at}.",
    Action.REST: "{name} is resting.",
    Action.MUTE: "{name} won't be named again.",
    Action.INTRODUCED: "Noted that {name} was introduced to you.",
    Action.NOT_INTRODUCED: "Noted that {name} wasn't introduced to you that way.",
    Action.FEWER: "This digest names fewer people from now on.",
    Action.MORE: "This digest names more people from now on.",
    Action.STOP: "These digests were stopped.",
}
UNDONE = {
    Action.SNOOZE: "{name} is no longer snoozed.",
    Action.TALKED: "The talk with {name} was taken back.",
    Action.REST: "{name} is no longer resting.",
    Action.MUTE: "{name} may be named again.",
    Action.INTRODUCED: "Taken back: that {name} was introduced to you.",
    Action.NOT_INTRODUCED: "Taken back: that {name} wasn't introduced to you that way.",
    Action.FEWER: "This digest names as many people as before.",
    Action.MORE: "This digest names as many people as before.",
    Action.STOP: "These digests come again.",
}


def confirmations(
    connection: Connection, user_id: int, period: str, now: datetime, zone: str
) -> tuple[Confirmation, ...]:
    """Say what was done since the digest before; asked again for its period, the same."""
    taken = TakenAction
    wanted = set(
        connection.scalars(
            select(taken.id)
            .where(
                taken.user_id == user_id,
                taken.via.in_((Via.MAIL.value, Via.LINK.value)),
                taken.at > now - RECENT,
                or_(taken.confirmed_in.is_(None), taken.confirmed_in == period),
            )
            .order_by(taken.at.desc())
            .limit(MOST)
        )
    )
    if not wanted:
        return ()
    found = [one for one in recent_actions(connection, user_id, limit=500) if one.id in wanted]
    mine = (Person.user_id == user_id, Person.key.in_({one.person for one in found}))
    names = {row.key: row.name for row in connection.execute(select(Person.key, Person.name).where(*mine))}
    return tuple(
        Confirmation(one.id, sentence_of(one, names.get(one.person, ""), now, zone), undoable=not one.undone)
        for one in reversed(found)
    )


def sentence_of(done: Done, name: str, now: datetime, zone: str) -> str:
    """Say what was done, or undone, in one sentence; `name` is the person's, "" if they have none."""
    said = (UNDONE if done.undone else SAID)[done.action]
    until = date(done.until, now, zone) if done.until else ""
    return said.format(name=name_of(name, done.person), until=until, at=date(done.at, now, zone))
