"""Leaving by mail: what a reader sent with the word of their letters in its subject switches their digests off."""

import hmac
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.accounts import NEVER, User
from models.base import seconds
from models.enums import Place
from models.records import EmailRecord
from worker.ingest.view import View
from worker.ingest.weigh_mail import mail_time

_BEGINS = "No more digests, please: "


def subject(word: str) -> str:
    """Give the subject that the mail must have."""
    return _BEGINS + word


def leave(connection: Connection, user_id: int, mails: Iterable[EmailRecord], view: View) -> None:
    """Switch a user's digests off where they have sent such a mail after they last said how they want them.

    Only their own sent mail is looked at: nobody else can put anything there.
    """
    asked = [
        mail
        for mail in mails
        if mail.place is Place.SENT
        and mail.subject is not None
        and mail.subject.startswith(_BEGINS)
        and mail.sender is not None
        and view.is_own(mail.sender.address)
    ]
    if not asked:
        return
    user = connection.execute(select(User.leave_word, User.digest_said_at).where(User.id == user_id)).one()
    since = seconds(user.digest_said_at) if user.digest_said_at else 0
    word = user.leave_word or ""
    for mail in asked:
        said = (mail.subject or "").removeprefix(_BEGINS).strip()
        if word and hmac.compare_digest(said.encode(), word.encode()) and (mail_time(mail) or 0) > since:
            connection.execute(update(User).where(User.id == user_id).values(digest_weekday=NEVER))
            return
