"""A digest that may have gone out, found among the sent mail: then it has, and is not sent again."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.base import moment, seconds
from models.enums import Place
from models.judgement import StoredDigest
from models.records import EmailRecord
from worker.ingest.classify.filters import Filters

#: By how much the provider's clock may be behind ours, in seconds.
SKEW = 600


def note_delivered(connection: Connection, user_id: int, mails: Sequence[EmailRecord], filters: Filters) -> None:
    """Note as sent what was begun and is found: from and to the user alone, with its subject, taken since it was made.

    Neither Message-ID nor the headers of its own show it: providers replace the one and drop the others.
    """
    own = [
        mail
        for mail in mails
        if mail.place is Place.SENT
        and mail.subject is not None
        and mail.received_at is not None
        and mail.sender is not None
        and all(filters.is_own(box.address) for box in (mail.sender, *mail.to, *mail.cc, *mail.bcc))
    ]
    if not own:
        return
    unsent = (StoredDigest.user_id == user_id, StoredDigest.sent_at.is_(None))
    begun = connection.execute(
        select(StoredDigest.period, StoredDigest.document, StoredDigest.made_at)
        .where(*unsent, StoredDigest.delivery_started_at.is_not(None), StoredDigest.document.is_not(None))
        .order_by(StoredDigest.period)
    ).all()
    for digest in begun:
        if taken := _taken(own, _subject(digest.document), seconds(digest.made_at)):
            connection.execute(
                update(StoredDigest)
                .where(*unsent, StoredDigest.period == digest.period)
                .values(sent_at=moment(min(taken)), delivery_started_at=None, trouble=None)
            )


def _taken(mails: Sequence[EmailRecord], subject: str, made: int) -> list[int]:
    """When the provider took emails of this subject, in seconds since 1970; none of before the digest was `made`."""
    return [
        at
        for mail in mails
        if mail.received_at is not None
        and " ".join((mail.subject or "").split()) == subject
        and (at := seconds(mail.received_at)) >= made - SKEW
    ]


def _subject(document: bytes) -> str:
    mail = BytesParser(EmailMessage, policy=default).parsebytes(document, headersonly=True)
    return " ".join(str(mail["Subject"]).split())
