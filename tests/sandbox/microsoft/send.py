"""POST /me/sendMail with MIME: into Sent Items, and into the Inbox where its sender is among those it is to."""

import base64
import binascii
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime

from models.records import Mailbox
from tests.sandbox.http import Response
from tests.sandbox.microsoft.mailbox import MailStore
from tests.sandbox.microsoft.odata import Call, Refused


def answer(call: Call, store: MailStore, me: Mailbox) -> Response:
    """Take a mail; nothing is told of it but that it was accepted.

    Raises:
        Refused: the scope is missing, or it is no mail.
    """
    call.needs("Mail.Send")
    if call.request.headers.get("content-type") != "text/plain":
        raise Refused(415, "UnsupportedMediaType", "This sandbox takes MIME only.")
    try:
        raw = base64.b64decode(call.request.body, validate=True)
    except binascii.Error:
        raise Refused(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.") from None
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    to = [
        Mailbox(address, name)
        for name, address in getaddresses([str(mail[name]) for name in ("To", "Cc") if mail[name]])
    ]
    if not to:
        raise Refused(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    store.outgoing.append(raw)
    # what it is from and called is Exchange's to say, and of other headers only Exchange's own are left
    at, subject = parsedate_to_datetime(str(mail["Date"])), str(mail["Subject"])
    name = f"DB9PR04MB{len(store.outgoing):04d}@eurprd04.prod.example"
    store.send(to, me=me, at=at, subject=subject, message_id=name)
    if me.address in {box.address for box in to}:
        received = [("Received", "from mailbox by outlook.example with HTTPS")]
        store.deliver(me, to, at=at, subject=subject, message_id=name, headers=received)
    return Response(202)
