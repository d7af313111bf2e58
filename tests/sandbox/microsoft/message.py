"""A message as Graph keeps it, and the ids it is shown by."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.records import Mailbox
from tests.sandbox.microsoft.odata import Item, stamp

EventMessage = Literal["", "eventMessage", "eventMessageRequest", "eventMessageResponse"]


@dataclass
class Message:
    """A message: `fields` are its wire properties without id and parentFolderId."""

    key: str
    folder: str
    fields: Item
    kind: EventMessage = ""


_BODY = {"contentType": "text", "content": "This must never be read."}
_OF_EVERY_MESSAGE: Item = {
    "isDraft": False,
    "isRead": False,
    "importance": "normal",
    "inferenceClassification": "focused",
    "hasAttachments": False,
    "categories": [],
    "flag": {"flagStatus": "notFlagged"},
    "changeKey": "CQAAAA==",
    "webLink": "https://outlook.example/owa/",
    "body": _BODY,
    "bodyPreview": _BODY["content"],
    "uniqueBody": _BODY,
}


def wire_fields(
    *,
    sender: Mailbox | None,
    to: Sequence[Mailbox],
    cc: Sequence[Mailbox],
    bcc: Sequence[Mailbox],
    reply_to: Sequence[Mailbox],
    at: datetime,
    received_at: datetime,
    subject: str,
    message_id: str,
    thread: str,
    headers: Iterable[tuple[str, str]],
) -> Item:
    """Every property of a new message but its id and its folder."""
    fields: Item = {
        "createdDateTime": stamp(received_at),
        "receivedDateTime": stamp(received_at),
        "sentDateTime": stamp(at),
        "internetMessageId": f"<{message_id}>",
        "internetMessageHeaders": [{"name": name, "value": value} for name, value in headers],
        "subject": subject,
        "conversationId": f"conversation-{thread}",
        "toRecipients": [recipient(box) for box in to],
        "ccRecipients": [recipient(box) for box in cc],
        "bccRecipients": [recipient(box) for box in bcc],
        "replyTo": [recipient(box) for box in reply_to],
        **_OF_EVERY_MESSAGE,
    }
    if sender:
        fields |= {"from": recipient(sender), "sender": recipient(sender)}
    if not fields["internetMessageHeaders"]:
        del fields["internetMessageHeaders"]  # only received mail has them
    return fields


def recipient(box: Mailbox) -> Item:
    """A mailbox as Graph writes it."""
    return {"emailAddress": {"name": box.name or box.address, "address": box.address}}


def public_id(message: Message, *, immutable: bool) -> str:
    """The id a client is shown: without the immutable kind it depends on the folder, and so changes on a move."""
    if immutable:
        return f"AAkALgAA-{message.key}="
    place = hashlib.sha256(message.folder.encode()).hexdigest()[:8]
    return f"AAMkAGVm-{place}-{message.key}="


def key_of(shown: str) -> str:
    """The immutable key behind either kind of id."""
    return shown.rpartition("-")[2].rstrip("=")
