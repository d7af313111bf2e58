"""The way out that a letter names: a mail with a word in its subject that only this reader's letters hold."""

import secrets

from sqlalchemy import select, update

from models.accounts import Account, User
from models.enums import Provider
from worker.db import writing
from worker.ingest.leave import subject
from worker.runtime import Runtime


def way_out(runtime: Runtime, user_id: int, to: str) -> str | None:
    """Give the subject of the mail that switches this reader's digests off.

    None where keepwarm would never see such a mail: it reads what is sent from connected accounts alone.
    """
    with writing(runtime.engine) as connection:
        seen = connection.scalar(
            select(Account.id)
            .where(
                Account.user_id == user_id,
                Account.provider.in_((Provider.GMAIL, Provider.OUTLOOK)),
                Account.address == to.lower(),
                Account.state != "disconnected",
            )
            .limit(1)
        )
        if seen is None:
            return None
        word = connection.scalar(select(User.leave_word).where(User.id == user_id))
        if word is None:
            word = secrets.token_urlsafe(12)
            connection.execute(update(User).where(User.id == user_id).values(leave_word=word))
        return subject(word)
