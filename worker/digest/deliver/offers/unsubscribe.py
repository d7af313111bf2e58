"""Unsubscribing by email: a digest names a subject only its reader knows; sent to oneself, it switches digests off."""

import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.accounts import NEVER, Account, User
from models.base import seconds
from models.enums import Place
from models.records import EmailRecord
from worker.accounts.providers import PROVIDERS
from worker.app.runtime import Runtime
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.mail import mail_time
from worker.storage.transactions import writing

_BEGINS = "No more digests, please: "


def unsubscribe_subject(word: str) -> str:
    """Return the subject that the mail must have."""
    return _BEGINS + word


def unsubscribe(connection: Connection, user_id: int, mails: Sequence[EmailRecord], filters: Filters) -> None:
    """Switch a user's digests off where they have sent such a mail after they last said how they want them.

    Only their own sent mail is looked at: no one else can put anything there.
    """
    asked = [
        mail
        for mail in mails
        if mail.place is Place.SENT
        and mail.subject is not None
        and mail.subject.startswith(_BEGINS)
        and mail.sender is not None
        and filters.is_own(mail.sender.address)
    ]
    if not asked:
        return
    user = connection.execute(select(User.unsubscribe_token, User.preferences_set_at).where(User.id == user_id)).one()
    since = seconds(user.preferences_set_at) if user.preferences_set_at else 0
    word = user.unsubscribe_token or ""
    for mail in asked:
        said = (mail.subject or "").removeprefix(_BEGINS).strip()
        if word and hmac.compare_digest(said.encode(), word.encode()) and (mail_time(mail) or 0) > since:
            connection.execute(update(User).where(User.id == user_id).values(digest_weekday=NEVER))
            return


def unsubscribe_subject_for(runtime: Runtime, user_id: int, to: str) -> str | None:
    """Return the subject of the mail that switches this reader's digests off.

    None where keepwarm would never see such a mail: it reads what is sent from connected accounts alone.
    """
    with writing(runtime.engine) as connection:
        seen = connection.scalar(
            select(Account.id)
            .where(
                Account.user_id == user_id,
                Account.provider.in_([name for name, one in PROVIDERS.items() if one.sees_sent_mail]),
                Account.address == to.lower(),
                Account.state != "disconnected",
            )
            .limit(1)
        )
        if seen is None:
            return None
        word = connection.scalar(select(User.unsubscribe_token).where(User.id == user_id))
        if word is None:
            word = secrets.token_urlsafe(12)
            connection.execute(update(User).where(User.id == user_id).values(unsubscribe_token=word))
        return unsubscribe_subject(word)
