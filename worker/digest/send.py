"""The outbox: a digest is made once for each period, stored as the mail it will be, and handed over until it is taken.

made -> begun -> sent. A kill between the server's acceptance and our note of it leaves `begun`: then the same mail,
with the same Message-ID, goes out again, and the doubt is counted. Nothing else can repeat.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from models.accounts import User
from models.judgement import Letter as Stored
from worker.db import reading, writing
from worker.digest.letter import Letter
from worker.digest.send_mail import mail_of, message_id
from worker.digest.send_ready import NOTHING, due_letters
from worker.digest.send_smtp import NotSent, Unsure, hand_over, post_of
from worker.runtime import Runtime
from worker.users import hold

Compose = Callable[[Runtime, int, datetime], Letter]
#: Notes what a letter said, in the transaction that stores it.
Remember = Callable[[Connection, int, Letter], None]


class Sent(StrEnum):
    """What became of a digest."""

    SENT = "sent"
    NOTHING = "nothing to say"
    ALREADY = "already sent"
    NOT_DUE = "not due"


def send_due(runtime: Runtime, user_id: int, compose: Compose, remember: Remember) -> Sent:
    """Send what is due: the letter of the present period, and any earlier one that could not be handed over in time.

    Raises:
        NotSent: with what to do about it; it stays in the outbox.
    """
    with reading(runtime.engine) as connection:
        periods = due_letters(connection, runtime.clock()).get(user_id, [])
    outcome = Sent.NOT_DUE
    for period in periods:
        outcome = send(runtime, user_id, period, compose, remember)
    return outcome


def send(runtime: Runtime, user_id: int, period: str, compose: Compose, remember: Remember) -> Sent:
    """Send the letter of a period: made now, unless it lies in the outbox; nothing to say is noted, too.

    Raises:
        NotSent: with what to do about it; it stays in the outbox.
    """
    post = post_of(runtime.settings.smtp_url.get_secret_value())
    with reading(runtime.engine) as connection:
        to = recipient(connection, user_id, runtime.settings.digest_to)
        made = connection.execute(
            select(Stored.document, Stored.sent_at).where(Stored.user_id == user_id, Stored.period == period)
        ).one_or_none()
    if made is not None and made.sent_at is not None:
        return Sent.ALREADY
    sender = post.sender or to
    if made is None or made.document is None:
        _make(runtime, user_id, period, compose, remember, sender=sender, to=to)
    mail = _begin(runtime, user_id, period)
    if isinstance(mail, Sent):
        return mail
    try:
        hand_over(post, mail, sender=sender, to=to, name=f"{period}-{user_id}")
    except NotSent as error:
        kept = {} if isinstance(error, Unsure) else {"begun_at": None}
        _note(runtime, user_id, period, {"trouble": str(error), **kept})
        raise
    _note(runtime, user_id, period, {"sent_at": runtime.clock(), "begun_at": None, "trouble": None})
    return Sent.SENT


def recipient(connection: Connection, user_id: int, digest_to: str) -> str:
    """Say where a user's letters go: KEEPWARM_DIGEST_TO counts only where nobody else's letters could go there, too."""
    users = connection.scalar(select(func.count()).select_from(User))
    own = connection.scalars(select(User.address).where(User.id == user_id)).one()
    return digest_to.strip() if digest_to.strip() and users == 1 else own


def _make(
    runtime: Runtime, user_id: int, period: str, compose: Compose, remember: Remember, *, sender: str, to: str
) -> None:
    now = runtime.clock()
    letter = replace(compose(runtime, user_id, now), period=period)  # late, it is still that week's
    named = message_id(to, period, sender)
    try:
        mail = NOTHING if letter.says_nothing else mail_of(letter, sender=sender, to=to, named=named, now=now)
    except ValueError as error:
        raise NotSent(f"{sender} or {to} is no mail address: see KEEPWARM_DIGEST_TO and KEEPWARM_SMTP_URL.") from error
    with writing(runtime.engine) as connection:
        hold(connection, user_id)
        own = (Stored.user_id == user_id, Stored.period == period)
        row = connection.execute(select(Stored.document).where(*own)).one_or_none()
        if row is None:
            connection.execute(insert(Stored).values(user_id=user_id, period=period, made_at=now))
        if row is None or row.document is None:  # another worker may have been quicker
            connection.execute(
                update(Stored).where(*own).values(made_at=now, document=mail, message_id=named if mail else None)
            )
            remember(connection, user_id, letter)


def _begin(runtime: Runtime, user_id: int, period: str) -> bytes | Sent:
    """Note that handing over begins, and give the mail; count it where an earlier beginning has no known end."""
    with writing(runtime.engine) as connection:
        own = (Stored.user_id == user_id, Stored.period == period)
        row = connection.execute(
            select(Stored.document, Stored.begun_at, Stored.sent_at, Stored.doubts).where(*own).with_for_update()
        ).one()
        if row.document == NOTHING:
            return Sent.NOTHING
        if row.sent_at is not None:
            return Sent.ALREADY
        doubts = row.doubts + (row.begun_at is not None)
        connection.execute(update(Stored).where(*own).values(begun_at=runtime.clock(), doubts=doubts))
        mail: bytes = row.document
        return mail


def _note(runtime: Runtime, user_id: int, period: str, values: dict[str, object]) -> None:
    with writing(runtime.engine) as connection:
        connection.execute(update(Stored).where(Stored.user_id == user_id, Stored.period == period).values(**values))
