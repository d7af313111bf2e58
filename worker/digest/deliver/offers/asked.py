"""Actions by email: a digest offers emails to oneself whose subject holds a signed word; sent, keepwarm obeys."""

import re
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.engine import Connection

from models.base import moment
from models.enums import Place
from models.records import EmailRecord
from worker.decisions.actions import ActionRefused, Via
from worker.decisions.words import obey, read_word
from worker.digest.render.links import BEGINS
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.mail import mail_time

#: The word ends the subject, in brackets, whatever stands before it.
ASKED = re.compile(re.escape(BEGINS) + r".{0,200}\[([^\[\]]{1,80})\]")


def obey_mails(connection: Connection, user_id: int, mails: Sequence[EmailRecord], filters: Filters) -> None:
    """Do what a user has asked for by emails to themselves.

    Only their own sent mail is looked at, and only what went to no one but themselves.
    """
    for mail in mails:
        asked = ASKED.fullmatch(mail.subject.strip()) if mail.place is Place.SENT and mail.subject else None
        at = mail_time(mail) if asked else None
        if asked is None or at is None or not _to_oneself(mail, filters):
            continue
        meant = read_word(connection, user_id, asked[1], moment(at))
        if meant is not None:
            with suppress(ActionRefused):  # the person it is about is not known any more
                obey(connection, user_id, meant, Via.MAIL, moment(at))


def _to_oneself(mail: EmailRecord, filters: Filters) -> bool:
    boxes = (mail.sender, *mail.to, *mail.cc, *mail.bcc)
    return len(boxes) > 1 and all(box is not None and filters.is_own(box.address) for box in boxes)
