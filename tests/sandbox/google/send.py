"""users.messages.send: the mail goes out, into SENT, and into INBOX as well where its sender is among those it is to."""

import base64
import binascii
import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime

from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.wire import Json, bad_request
from tests.sandbox.http import Request


def answer(mailbox: GoogleMailbox, request: Request) -> Json:
    """Take a mail.

    Raises:
        Refusal: it is none, or goes to nobody.
    """
    try:
        raw = base64.urlsafe_b64decode(json.loads(request.body)["raw"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise bad_request(
            "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
        ) from None
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    to = {address for _, address in getaddresses([str(mail[name]) for name in ("To", "Cc", "Bcc") if mail[name]])}
    if not to:
        raise bad_request("Recipient address required")
    mailbox.outgoing.append(raw)
    id_ = mailbox.deliver(
        _headers(mail, mailbox),
        parsedate_to_datetime(str(mail["Date"])),
        labels=("SENT", "INBOX", "UNREAD") if mailbox.address in to else ("SENT",),
    )
    sent = mailbox.messages[id_]
    return {"id": id_, "threadId": sent.thread_id, "labelIds": sorted(sent.labels)}


def _headers(mail: EmailMessage, mailbox: GoogleMailbox) -> list[tuple[str, str]]:
    """Write the headers as they are kept: Gmail names every mail itself, and nobody sends as somebody else."""
    shown = [("Received", "from 1234567890 named unknown by gmailapi.google.com with HTTPREST")]
    for name, value in mail.items():
        text = str(value)
        match name.lower():
            case "message-id":
                text = f"<CAK{len(mailbox.outgoing):06d}+sandbox@mail.gmail.com>"
            case "from" if mailbox.address not in text:
                text = mailbox.address
        shown.append((name, text))
    return shown
