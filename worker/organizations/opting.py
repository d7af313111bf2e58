"""A person's own no: by a mail to themselves or a command, for good, whatever any list says; and taking it back."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from models.accounts import Account, Secret, User
from models.base import moment
from models.enums import Place
from models.organizations import Member, OptOut, Organization
from models.records import EmailRecord
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.mail import mail_time
from worker.organizations.notice import BEGINS


def opt_out(connection: Connection, address: str, now: datetime) -> bool:
    """Read nothing more of an address; what was read is erased by the organization's next upkeep.

    Returns:
        Whether any organization has this person.
    """
    bare = address.strip().lower()
    if connection.scalar(select(OptOut.address).where(OptOut.address == bare)) is None:
        connection.execute(insert(OptOut).values(address=bare, at=now))
    theirs = connection.execute(
        select(Member.user_id, Organization.provider)
        .join(Organization, Organization.id == Member.organization_id)
        .where(Member.address == bare)
    ).all()
    for row in theirs:
        own = (Account.user_id == row.user_id, Account.provider == row.provider, Account.address == bare)
        for account in connection.scalars(select(Account.id).where(*own)).all():
            connection.execute(delete(Secret).where(Secret.account_id == account, Secret.purpose == "read"))
            connection.execute(update(Account).where(Account.id == account).values(state="disconnected", trouble=None))
    return bool(theirs)


def opt_in(connection: Connection, address: str) -> None:
    """Take the no back: the next upkeep invites again, if a list still names them."""
    connection.execute(delete(OptOut).where(OptOut.address == address.strip().lower()))


def opt_out_by_mail(connection: Connection, user_id: int, mails: Sequence[EmailRecord], filters: Filters) -> None:
    """Take the no of a person who has sent themselves the mail that their notice names.

    Only their own sent mail is looked at: no one else can put anything there.
    """
    asked = [
        mail
        for mail in mails
        if mail.place is Place.SENT
        and (mail.subject or "").startswith(BEGINS)
        and mail.sender is not None
        and filters.is_own(mail.sender.address)
    ]
    if not asked:
        return
    word = connection.scalar(select(User.unsubscribe_token).where(User.id == user_id)) or ""
    for mail in asked:
        said = (mail.subject or "").removeprefix(BEGINS).strip()
        if word and hmac.compare_digest(said.encode(), word.encode()):
            for address in connection.scalars(select(Member.address).where(Member.user_id == user_id)).all():
                opt_out(connection, address, moment(mail_time(mail) or 0))
            return
