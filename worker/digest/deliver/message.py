"""A digest as a mail: text and HTML, headers that say what it is, and nothing that reveals that it was opened."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from worker.digest.digest import Digest
from worker.digest.render import html, text, wording
from worker.digest.render.links import Links
from worker.network.season.bitmap import png

POLICY = SMTP.clone(cte_type="7bit")
#: The Content-ID of the picture of the years, by which its page names it (RFC 2392).
PICTURE = "years@keepwarm"


def message_id(reader: str, period: str, sender: str) -> str:
    """Name the mail of a reader and a period: always the same, so that a repetition is known to be one."""
    token = sha256(f"{reader}\n{period}".encode()).hexdigest()[:24]
    return f"<keepwarm.{period}.{token}@{sender.rpartition('@')[2]}>"


class WaysOut(NamedTuple):
    """How a reader can stop the digests without reading on: by an email with this subject, or at this address."""

    subject: str | None = None  # None: keepwarm would never see such an email
    page: str | None = None  # takes a POST of one click (RFC 8058)


def mail_of(
    digest: Digest, *, sender: str, to: str, named: str, now: datetime, leave: WaysOut, links: Links | None = None
) -> bytes:
    """Write the mail; a way out that leads nowhere is not offered.

    Raises:
        ValueError: an address is none.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address("keepwarm", addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = wording.subject(digest)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = named
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"keepwarm <digest.keepwarm.{sender.rpartition('@')[2]}>"
    ways = [f"<{leave.page}>"] if leave.page else []
    if leave.subject:
        ways.append(f"<mailto:{quote(sender, safe='@.+-_')}?subject={quote(leave.subject)}>")
    if ways:
        mail["List-Unsubscribe"] = ", ".join(ways)
    if leave.page:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text.render(digest))
    mail.add_alternative(html.render(digest, links, f"cid:{PICTURE}"), subtype="html")
    if digest.years:  # an image that the mail itself holds is shown without asking; SVG mostly is not
        *_, page = mail.iter_parts()
        page.add_related(
            png(digest.years), "image", "png", disposition="inline", cid=f"<{PICTURE}>", filename=f"{digest.period}.png"
        )
    return mail.as_bytes()


def addressed(mail: bytes, *, sender: str, to: str) -> bytes:
    """Return a stored mail as it goes to `to` and no one else; the very same bytes where it was made for that.

    The way digests go may have changed since: the mail stays the one it was, by its Message-ID.

    Raises:
        ValueError: an address is none.
    """
    message = BytesParser(EmailMessage, policy=POLICY).parsebytes(mail)
    boxes = {
        name: [box.addr_spec for field in message.get_all(name, []) for box in field.addresses]
        for name in ("From", "To", "Cc", "Bcc")
    }
    if boxes == {"From": [sender], "To": [to], "Cc": [], "Bcc": []}:
        return mail
    for name in boxes:
        del message[name]
    message["From"] = Address("keepwarm", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    return message.as_bytes()
