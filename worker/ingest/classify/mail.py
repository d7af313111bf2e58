"""Classifying an email: its writer and recipients, when, and whether a human wrote it (pure)."""

from collections.abc import Iterable, Mapping

from models.base import seconds
from models.enums import Channel, Direction, Place, Role
from models.records import EmailRecord, Mailbox
from worker.addresses.automation import automatic
from worker.addresses.names import full_name
from worker.ingest.classify.accepted import Accepted, Part, SamePerson, Skipped, sane
from worker.ingest.classify.bounce import undelivered
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.passed_on import passed_on
from worker.ingest.classify.touch import mail_touch

#: Names of members that are asked for in every email: looking them up in their class takes five times as long.
FROM, TO, CC, BCC = Role.FROM, Role.TO, Role.CC, Role.BCC
SENT = Place.SENT
#: A Date header is believed if it lies within two days of the time of receipt (design, law 3).
BELIEVED = 2 * 86400
#: Where there is no mail that was sent or taken in.
PASSED_OVER = frozenset({Place.SPAM, Place.DRAFT, Place.CHAT})
#: Recipients beyond which a mail is an announcement, not contact.
CROWD = 100
#: What was not written by hand even by someone the user has said to be a person.
AUTOMATIC_REPLY = "automatic reply"
UNMISTAKABLE = frozenset({AUTOMATIC_REPLY, "bounce"})
#: A report of failure that says only in its body which email it is about.
UNNAMED = "bounce that doesn't say of which email"


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
    for role, mailboxes in ((TO, record.to), (CC, record.cc), (BCC, record.bcc)):
        for mailbox in mailboxes:
            found.setdefault(mailbox.address.lower(), (role, mailbox))
    return found


def classify_mail(record: EmailRecord, filters: Filters) -> Accepted | Skipped:
    """Classify one email."""
    if record.place in PASSED_OVER:
        return Skipped(record.place.value)
    if record.invitation:
        return Skipped("invitation")
    if record.sender is None or not record.sender.address:
        return Skipped("no sender")
    at = mail_time(record)
    return Skipped("no date") if at is None else _classified(record, record.sender, at, filters)


def _classified(record: EmailRecord, sender: Mailbox, at: int, filters: Filters) -> Accepted | Skipped:
    """Classify an email whose sender is known, and when it was sent (`at`, in seconds)."""
    address = sender.address.lower()
    recipients = _recipients(record)
    mine: list[Role] = []
    others: dict[str, tuple[Role, Mailbox]] = {}
    for other, named in recipients.items():
        if filters.is_own(other):
            mine.append(named[0])
        else:
            others[other] = named
    out = _sent(record, filters, addressed=bool(mine))
    if isinstance(out, Skipped):
        return out
    if reason := _machine(record, address, filters, out=out, addressed=bool(mine)):
        return Skipped(reason)
    if filters.is_barred(address):
        return Skipped("blocked")
    if len(recipients) > CROWD:
        return Skipped("crowd")
    roles = {} if out else {address: (FROM, sender.name)}
    for other, (role, mailbox) in others.items():
        if other not in roles and not filters.is_barred(other):
            roles[other] = (role, mailbox.name)
    if not roles:
        return Skipped("blocked" if others else "to oneself" if recipients else "no recipient")
    if out and not any(map(filters.is_person, roles)):
        return Skipped("no person")
    my_role = FROM if out else mine[0] if mine else BCC
    alone = out or not (others or record.reply_to)  # decided fast: most emails show no other address of anyone
    return Accepted(
        account=filters.account,
        channel=Channel.EMAIL,
        direction=Direction.OUT if out else Direction.IN,
        occurred_at=at,
        counts_at=at,
        group_size=len(roles) + 1,
        people=_parts(record, roles, my_role) | passed_on(record, roles, filters),
        subject=record.subject if filters.keep_subjects else None,
        thread=record.thread,
        message_id=record.message_id,
        my_role=my_role,
        same_person=[] if alone else _same_person(record, sender, (box for _, box in others.values()), filters),
    )


def _machine(record: EmailRecord, sender: str, filters: Filters, *, out: bool, addressed: bool) -> str | None:
    """Say as what a mail was written by no human, if so: the user's own only as an automatic reply."""
    if out:
        return AUTOMATIC_REPLY if record.signals and automatic(record, addressed=True) == AUTOMATIC_REPLY else None
    reason = automatic(record, addressed=addressed)
    if reason == "bounce" and not record.in_reply_to and undelivered(record) is not None:
        return UNNAMED  # whoever sees an address can write such a report: without an email it undoes nothing
    return reason if reason and (reason in UNMISTAKABLE or not filters.is_kept(sender)) else None


def forged(record: EmailRecord) -> bool:
    """Whether the receiving provider's own check says that From is not who wrote it (DMARC, RFC 7489).

    Such an email is kept and shown, and is evidence of nothing but itself.
    """
    return record.dmarc == "fail" and record.place is not SENT


def _parts(record: EmailRecord, roles: Mapping[str, tuple[Role, str]], my_role: Role) -> dict[str, Part]:
    """Say what an email was between the user and each of these."""
    if forged(record):
        return {address: (role, None, None, "") for address, (role, _) in roles.items()}
    # in an email that came through it, the list is no person
    listed = record.list_post.lower() if record.list_post and my_role is not FROM else None
    return {
        address: (role, None, None if address == listed else mail_touch(role, my_role, len(roles)), name)
        for address, (role, name) in roles.items()
    }


def _sent(record: EmailRecord, filters: Filters, *, addressed: bool) -> bool | Skipped:
    """Whether the user sent an email: by where it lies, and by its sender; `addressed` where it also went to them."""
    if record.sender is not None and filters.is_own(record.sender.address):
        return Skipped("not sent by you") if _came_in(record, filters) else True
    if record.place is not SENT:
        return False
    if sent_by_owner(record, filters.account):
        return True  # whatever name it bears
    return False if addressed else Skipped("on behalf of another")


def sent_by_owner(record: EmailRecord, account: str) -> bool:
    """Whether an email among the sent ones was written by the owner of the account, whatever its From says.

    Not what was redirected (RFC 5322, 3.6.6: From stays), sent on behalf of another, migrated there by a calendar, or
    what had come in and was filed there by hand.
    """
    return not (
        record.submitter
        or record.resent_by
        or record.list_post
        or record.invitation
        or record.delivered_to
        or any(box.address.lower() == account for box in (*record.to, *record.cc))
    )


def _came_in(record: EmailRecord, filters: Filters) -> bool:
    """Whether an email in the user's name came from elsewhere: anyone can write it, and lists bring one's own back."""
    if record.place is SENT:
        return False
    arrived = record.place is Place.INBOX or record.delivered_to is not None
    return forged(record) or (filters.marks_sent and arrived)


def _same_person(record: EmailRecord, sender: Mailbox, others: Iterable[Mailbox], filters: Filters) -> list[SamePerson]:
    """Find addresses the sender shows to be their own too, in the same name: asked to answer there, or copied to."""
    if forged(record):
        return []
    return [
        SamePerson(sender.address.lower(), other.address.lower(), f"{sender.name} uses both in one mail")
        for other in (*others, record.reply_to)
        if other
        and other.name
        and other.address.lower() != sender.address.lower()
        and full_name(other.name) == full_name(sender.name) != ""
        and not filters.is_own(other.address)
        and not filters.is_barred(other.address)
    ]
