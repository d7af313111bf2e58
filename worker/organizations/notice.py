"""The welcome mail: what is read, by whose decision, how to see it, to stop it, and to have it erased."""

import secrets
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.accounts import User
from worker.app.settings import Settings
from worker.digest.deliver.smtp import hand_over, post_of
from worker.organizations.changes import KEPT

BEGINS = "Leave keepwarm, please: "
SUBJECT = "keepwarm will read who you are in touch with, unless you object"
_TEXT = """\
Hello{name},

{decided_by} has connected your mailbox {address} to keepwarm, which helps people keep in touch with those they
work with.

What is read: who, when and with whom, of your email and calendar{subjects}. Never the text of an
email, never an attachment.

Who sees it: you alone. Nobody else does, not even {decided_by}: there is no view for managers, and
no measure of anybody's activity.

To see it: ask whoever runs keepwarm for your access, or run `keepwarm people --user {address}` on its machine.

To stop it, and have everything erased: send an email from {address} to yourself with this subject:

    {leave}

or reply to {decided_by}, or run `keepwarm organisation leave {address}`. Your no counts for good, whatever
any list says.

If you leave the organization, reading stops, and everything is erased after {days} days.
"""


def leave_subject(connection: Connection, user_id: int) -> str:
    """Return the subject of the mail to oneself that ends it: it holds a word only this person knows."""
    word = connection.scalar(select(User.unsubscribe_token).where(User.id == user_id))
    if word is None:
        word = secrets.token_urlsafe(12)
        connection.execute(update(User).where(User.id == user_id).values(unsubscribe_token=word))
    return BEGINS + word


def send_notice(settings: Settings, *, address: str, name: str, decided_by: str, leave: str, now: datetime) -> None:
    """Send a person the notice; when this returns, their mail server has it.

    Raises:
        NotSent: there is no way to send it, or it was not taken.
    """
    post = post_of(settings.smtp_url.get_secret_value())
    sender = post.sender or decided_by
    mail = notice(sender, address=address, name=name, decided_by=decided_by, leave=leave, now=now,
                  subjects=settings.keep_subjects)  # fmt: skip
    hand_over(post, mail, sender=sender, to=address, name=f"notice-{sha256(address.encode()).hexdigest()[:16]}")


def notice(
    sender: str, *, address: str, name: str, decided_by: str, leave: str, now: datetime, subjects: bool
) -> bytes:
    """Write the notice.

    Raises:
        ValueError: an address is none.
    """
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = Address("keepwarm", addr_spec=sender)
    mail["To"] = Address(addr_spec=address)
    mail["Reply-To"] = Address(addr_spec=decided_by)
    mail["Subject"] = SUBJECT
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<keepwarm.notice.{sha256(address.encode()).hexdigest()[:24]}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    text = _TEXT.format(
        name=f" {name}" if name else "", address=address, decided_by=decided_by, leave=leave, days=KEPT.days,
        subjects=", with subjects" if subjects else ", without subjects",
    )  # fmt: skip
    mail.set_content(text)
    mail.add_alternative(
        f"<pre style='font:1em sans-serif;white-space:pre-wrap'>{_escaped(text)}</pre>", subtype="html"
    )
    return mail.as_bytes()


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)
