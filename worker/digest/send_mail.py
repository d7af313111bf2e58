"""A letter as a mail: text and HTML, headers that say what it is, and nothing that tells anybody it was opened."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from worker.digest import html, text, wording
from worker.digest.letter import Letter


def message_id(reader: str, period: str, sender: str) -> str:
    """Name the mail of a reader and a period: always the same, so that a repetition is known to be one."""
    token = sha256(f"{reader}\n{period}".encode()).hexdigest()[:24]
    return f"<keepwarm.{period}.{token}@{sender.rpartition('@')[2]}>"


def mail_of(letter: Letter, *, sender: str, to: str, named: str, now: datetime) -> bytes:
    """Write the mail.

    Raises:
        ValueError: an address is none.
    """
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = Address("keepwarm", addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = wording.subject(letter)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = named
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"keepwarm <digest.keepwarm.{sender.rpartition('@')[2]}>"
    mail["List-Unsubscribe"] = f"<mailto:{quote(sender, safe='@.+-_')}?subject=No%20more%20digests>"
    mail.set_content(text.render(letter))
    mail.add_alternative(html.render(letter), subtype="html")
    return mail.as_bytes()
