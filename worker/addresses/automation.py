"""Distinguishing machines, lists and roles from humans, by address and by header, each time with the reason.

The headers are those of provider-facts section 8 (RFC 3834, 2369, 2919, 8058, 5321); local parts are heuristics.
"""

import re
from functools import lru_cache

from models.records import EmailRecord

#: "Don't answer", as senders write it in their languages; "_" stands where a dot, a hyphen or an underscore may.
_DONT_ANSWER = (
    "(?:no|not|non|dont|do_not|donot)_(?:reply|replay|repley|respond|answer)|unmonitored|unattended",  # English
    "ne_pas_r[eé]pondre|pas_de_r[eé]ponse",  # French
    "no_(?:responder|responda|contestar|conteste|respongueu|respondre)",  # Spanish, Catalan
    "n[aã]o_(?:responda|responder)|non_(?:rispondere|risponda)",  # Portuguese, Italian
    "(?:bitte_)?nicht_(?:be)?antworten|keine_antwort(?:en)?",  # German
    "niet_(?:be)?antwoorden|niet_reageren|geen_antwoord",  # Dutch
    "svara_(?:inte|ej)|svar_ikke|ikke_svar|ei_vastausta|[aä]l[aä]_vastaa",  # Swedish, Danish and Norwegian, Finnish
    "nie_odpowiada(?:j|c|ć)|neodpov[ií]d(?:at|ejte)|neodpovedat",  # Polish, Czech, Slovak
    "ne_v[aá]laszol(?:j|jon)|nu_r[aă]spunde(?:[tț]i)?",  # Hungarian, Romanian
    "yanitlama(?:yin)?|cevap_verme(?:yin)?",  # Turkish
)
_NO_REPLY = "|".join(_DONT_ANSWER).replace("_", "[._-]?")
ROBOT = re.compile(
    rf"""^(?:.*[._+-])?(?:{_NO_REPLY})(?:[._+-].*)?$
    |^(?:mailer-daemon|postmaster|bounces?|bounces?[+._=-].*|.*[+._-]bounces?|.*-bounces\+.*|owner-.*|daemon|root|nobody|abuse|auto(?:mated|mailer|reply|-?confirm)?
        |notify|notifications?|notification[s]?[+._-].*|alerts?|updates?|news|newsletters?|digest|mailings?|marketing
        |calendar-notification|(?:inmail-)?hit-reply|drive-shares.*|comments-noreply|messages-noreply|invitations?|invoice\+.*|receipts?)$""",
    re.VERBOSE,
)
ROLE = re.compile(
    r"""^(?:info|hello|hi|hallo|contact|contacts|support|help|helpdesk|sales|team|office|admin|administration|billing|accounts?|accounting
        |invoices?|payments?|finance|jobs|careers|hr|recruiting|press|media|pr|legal|privacy|security|webmaster|hostmaster|orders?
        |booking|bookings|reservations?|service|customerservice|feedback|events?|membership|members|enquiries|inquiries|kontakt|buero)$""",
    re.VERBOSE,
)
#: What a service writes so that an answer finds its way: reply+TOKEN, a UUID, a recipient in the sender (VERP), SRS.
TOKEN = re.compile(
    r"""^(?:reply|replies|re|answers?|comments?|conversations?|discussions?|threads?|inbound|incoming|messages?|msg|posts?
        |tickets?|issues?|cases?|tasks?|todos?|unsubscribe|unsub|list|sns|notify|notifications?)[+=]\S+$
    |^(?:[a-z]{1,12}[+=_.-])?(?:[0-9a-f]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[+=_.-].*)?$
    |^.+[+-][^@=+]+=[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$
    |^srs[01][=+-].+=.+$""",
    re.VERBOSE,
)
#: Hosts that take in answers for services, by the first part of their names.
INTAKE = frozenset({"reply", "replies", "inbound", "incoming", "bounce", "bounces", "notify", "notifications"})
ROOMS = (
    "resource.calendar.google.com",
    "group.calendar.google.com",
    "import.calendar.google.com",
    "calendar.google.com",
)
RELAY = re.compile(r"\b(?:via|through|über|par)\s+\S+", re.IGNORECASE)


@lru_cache(maxsize=65536)
def kind_of(address: str) -> str:
    """Classify an address by itself: person, role, robot, room, or unusable.

    An X.500 name that Exchange encapsulated (IMCEAEX-, MS-OXCMAIL) is unusable: it names someone, but no mailbox.
    """
    local, _, domain = address.lower().rpartition("@")
    if domain in ROOMS:
        return "room"
    if local.startswith("imceaex-"):
        return "unusable"
    base = local.partition("+")[0]
    if ROBOT.match(local) or ROBOT.match(base) or TOKEN.match(local):
        return "robot"
    first, _, rest = domain.partition(".")
    if first in INTAKE and "." in rest and len(local) >= 12 and any(map(str.isdigit, local)):
        return "robot"
    return "role" if ROLE.match(base) else "person"


def automatic(record: EmailRecord, *, addressed: bool) -> str | None:
    """Say why a mail was not written by a human to the user, or None if it may have been.

    `addressed`: whether the user is named in To or Cc, so that a discussion on a list still reaches him in person.
    """
    listed = record.list_post is not None
    if (record.signals or listed) and (reason := _by_headers(record.signals, on_list=listed, addressed=addressed)):
        return reason
    if record.sender is None:
        return "no sender"
    kind = kind_of(record.sender.address)
    if kind == "person":
        return None  # decided fast: most are
    match kind:
        case "robot" if RELAY.search(record.sender.name):
            return "notification relay"
        case "robot":
            return "no-reply address"
        case "role":
            return "role address"
        case "room":
            return "room"
        case "unusable":
            return "unusable address"
        case _:
            return None


@lru_cache(maxsize=4096)  # machines repeat themselves
def _by_headers(marks: tuple[str, ...], *, on_list: bool, addressed: bool) -> str | None:
    signals = dict(mark.partition("=")[::2] for mark in marks)
    submitted = signals.get("auto-submitted", "no").partition(";")[0].strip()
    if submitted == "auto-replied" or not signals.keys().isdisjoint(
        {"x-autoreply", "x-autorespond", "automatic-reply"}
    ):
        return "automatic reply"
    if "report" in signals or signals.get("return-path") == "<>":
        return "bounce"
    if submitted != "no":
        return "automatic mail"
    precedence = signals.get("precedence", "")
    if precedence == "auto_reply":
        return "automatic reply"
    if on_list:
        return None if addressed else "mailing list"
    if precedence in {"bulk", "junk"} or not signals.keys().isdisjoint(
        {"list-unsubscribe", "list-unsubscribe-post", "feedback-id", "list-id", "list-help", "list-owner"}
    ):
        return "newsletter"
    return "mailing list" if precedence == "list" and not addressed else None
