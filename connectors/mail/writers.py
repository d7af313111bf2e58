"""Who wrote a mail that a mailing list sent on in its own name, as lists do for senders whose domain has DMARC.

Mailman, Google Groups, Sympa, groups.io and LISTSERV put themselves into From ("Ann Park via dev" <dev@lists...>) and
leave the writer in X-Original-From, Reply-To or Cc, or encode the address in their own. None of this is better proved
than From itself is, so it is believed only of mail that says it came through a list, and only for the one mail.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connectors.addresses import mailboxes
from connectors.automation import list_post
from connectors.mail.mailbox import mailbox
from models.records import Mailbox

#: What a mail has that came through a list.
LISTED = frozenset({"list-id", "list-post"})
NAMES = LISTED | {"x-original-from", "x-original-sender"}

# "via" as mailing lists and groups write it in the languages they speak.
_WORDS = "via|über|durch|par|por|tramite|door|przez|genom|gjennom|prostřednictvím|через|経由|通过|透過"
_WORD = re.compile(rf"[\s(](?:{_WORDS})\s", re.IGNORECASE)
_VIA = re.compile(rf"^[\"'\s]*(.*?)[\"'\s]*[\s(](?:{_WORDS})\s+\S.*$", re.IGNORECASE)
# ann=40park.example@dmarc.lists.example (IETF), ann=park.example@groups.io
_ENCODED = re.compile(r"(.+?)=(?:40)?([^=@]+\.[^=@]+)")


class Authors(NamedTuple):
    """Who wrote a mail, who submitted it on their behalf, and the address of the list it came through."""

    sender: Mailbox | None
    submitter: Mailbox | None
    list_post: str | None


def authors(
    headers: Mapping[str, str],
    sender: Mailbox | None,
    submitter: Mailbox | None,
    *,
    reply_to: Sequence[Mailbox],
    copied: Sequence[Mailbox],
) -> Authors:
    """Say who is behind a mail.

    Args:
        headers: of the mail, by lower-case name.
        sender: as From names them.
        submitter: as Sender names them; in a mail that came through a list, Sender is the list's own.
        reply_to: as Reply-To names them.
        copied: as Cc names them.
    """
    listed = list_post(headers) if "list-post" in headers else None
    if listed or "list-id" in headers:
        original = headers.get("x-original-from") or headers.get("x-original-sender")
        return Authors(sender and _writer(sender, original, reply_to, copied, listed), None, listed)
    other = submitter if submitter and sender and submitter.address != sender.address else None
    return Authors(sender, other, None)


def _writer(
    sender: Mailbox, original: str | None, reply_to: Sequence[Mailbox], copied: Sequence[Mailbox], listed: str | None
) -> Mailbox:
    """Return the writer of a mail that came through a list: `sender` itself where the list left From alone."""
    found = _VIA.match(sender.name) if _WORD.search(sender.name) else None
    name = found[1] if found else sender.name
    is_list = sender.address.lower() == listed
    if original and (found or is_list):
        for box in mailboxes(original[:2000]):
            if box.address.lower() not in {sender.address.lower(), listed}:
                return Mailbox(box.address, box.name or name)
    if inner := _encoded(sender, is_list=is_list or found is not None):
        return Mailbox(inner, name)
    if found is None:
        return sender
    others = [box for box in (*reply_to, *copied) if box.address.lower() not in {sender.address.lower(), listed}]
    for box in others:
        if _alike(box.name, name) or (not box.name and box in reply_to):
            return Mailbox(box.address, box.name or name)
    return sender


def _encoded(sender: Mailbox, *, is_list: bool) -> str | None:
    local, _, domain = sender.address.rpartition("@")
    found = _ENCODED.fullmatch(local)
    if found is None or not (is_list or domain.startswith("dmarc.") or domain == "groups.io"):
        return None
    inner = mailbox(f"{found[1]}@{found[2]}")
    return inner.address if inner else None


def _alike(one: str, other: str) -> bool:
    """Whether two display names can be one person's: the words of the shorter are all in the longer."""
    few, many = sorted((set(name.casefold().replace(",", " ").split()) for name in (one, other)), key=len)
    return bool(few) and few <= many
