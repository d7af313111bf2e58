"""Weighing a mail: who wrote it to whom, when, and whether a human did (pure)."""

from collections.abc import Iterable

from models.base import seconds
from models.enums import Channel, Direction, Place, Role
from models.records import EmailRecord, Mailbox
from worker.addresses.automation import automatic, kind_of
from worker.addresses.names import full_name
from worker.ingest.classify.accepted import Accepted, SamePerson, Skipped, sane
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.touch import mail_touch

#: A Date header is believed if it lies within two days of the time of receipt (design, law 3).
BELIEVED = 2 * 86400
#: Recipients beyond which a mail is an announcement, not contact.
CROWD = 100


def mail_time(record: EmailRecord) -> int | None:
    """Say when a mail was written, in seconds: its Date if believable, else its receipt; None if neither is."""
    sent = sane(seconds(record.sent_at)) if record.sent_at else None
    received = sane(seconds(record.received_at)) if record.received_at else None
    if sent is None or received is None:
        return received if sent is None else sent
    return sent if abs(sent - received) <= BELIEVED else received


def _recipients(record: EmailRecord) -> dict[str, tuple[Role, Mailbox]]:
    """Address -> strongest role, To before Cc before Bcc."""
    found: dict[str, tuple[Role, Mailbox]] = {}
    for role, mailboxes in ((Role.TO, record.to), (Role.CC, record.cc), (Role.BCC, record.bcc)):
        for mailbox in mailboxes:
            found.setdefault(mailbox.address.lower(), (role, mailbox))
    return found


def classify_mail(record: EmailRecord, filters: Filters) -> Accepted | Skipped:
    """Judge one mail."""
    if record.place in {Place.SPAM, Place.DRAFT, Place.CHAT}:
        return Skipped(record.place.value)
    if record.invitation:
        return Skipped("invitation")
    if record.sender is None or not record.sender.address:
        return Skipped("no sender")
    at = mail_time(record)
    if at is None:
        return Skipped("no date")
    sender = record.sender.address.lower()
    recipients = _recipients(record)
    out = filters.is_own(sender)
    mine = [role for address, (role, _) in recipients.items() if filters.is_own(address)]
    if out and record.signals and automatic(record, addressed=True) == "automatic reply":
        return Skipped("automatic reply")
    if not out and (reason := automatic(record, addressed=bool(mine))):
        return Skipped(reason)
    if filters.is_barred(sender):
        return Skipped("blocked")
    if len(recipients) > CROWD:
        return Skipped("crowd")
    my_role = Role.FROM if out else mine[0] if mine else Role.BCC
    roles = {} if out else {sender: (Role.FROM, record.sender.name)}
    others = [(address, *told) for address, told in recipients.items() if not filters.is_own(address)]
    for address, role, mailbox in others:
        if address not in roles and not filters.is_barred(address):
            roles[address] = (role, mailbox.name)
    if not roles:
        return Skipped("blocked" if others else "to oneself" if recipients else "no recipient")
    if out and not any(kind_of(address) == "person" and address not in filters.lists for address in roles):
        return Skipped("no person")
    return Accepted(
        account=filters.account,
        channel=Channel.EMAIL,
        direction=Direction.OUT if out else Direction.IN,
        occurred_at=at,
        counts_at=at,
        group_size=len(roles) + 1,
        people={
            address: (role, None, mail_touch(role, my_role, len(roles)), name)
            for address, (role, name) in roles.items()
        },
        subject=record.subject if filters.keep_subjects else None,
        thread=record.thread,
        message_id=record.message_id,
        my_role=my_role,
        same_person=[] if out else _alike(record.sender, (*(box for _, _, box in others), record.reply_to), filters),
    )


def _alike(sender: Mailbox, others: Iterable[Mailbox | None], filters: Filters) -> list[SamePerson]:
    """Find addresses the sender shows to be their own too, in the same name: asked to answer there, or copied to."""
    return [
        SamePerson(sender.address.lower(), other.address.lower(), f"{sender.name} uses both in one mail")
        for other in others
        if other
        and other.name
        and other.address.lower() != sender.address.lower()
        and full_name(other.name) == full_name(sender.name) != ""
        and not filters.is_own(other.address)
        and not filters.is_barred(other.address)
    ]
