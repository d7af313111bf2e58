"""What fills a mailbox without being contact: newsletters, notifications, lists of goods, spam, and machines that answer."""

import random
import tomllib
from datetime import datetime
from pathlib import Path

from models.records import Mailbox
from tests.sandbox.notebook import Notebook, automatic
from tests.sandbox.people import OWNER, PRIVATE
from tests.sandbox.rhythms import DAY
from tests.sandbox.story import WorldMail

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
_LETTERS = [Mailbox(address, name) for address, name in _WORDS["letters"].items()]
_MACHINES = [Mailbox(address, name) for address, name in _WORDS["machines"].items()]
_NEWS, _NOTES, _BAIT = (_WORDS["noise"][kind] for kind in ("news", "notes", "bait"))


def fill(book: Notebook, rng: random.Random, began: datetime, ended: datetime, count: int, names: list[str]) -> None:
    """Let `count` mails of noise arrive, evenly over the time."""
    span = (ended - began).total_seconds()
    for _ in range(count):
        at = (began + DAY * (rng.random() * span / 86400)).replace(microsecond=0)
        book.arrives(one(book, rng, at, names))


def one(book: Notebook, rng: random.Random, at: datetime, names: list[str]) -> WorldMail:
    """One mail of noise, newsletters being the most frequent."""
    chance, n = rng.random(), rng.randrange(3, 9000)
    if chance < 0.45:
        return newsletter(book, rng, at, n)
    if chance < 0.72:
        return notification(book, rng, at, n)
    if chance < 0.84:
        return relay(book, rng, at, names)
    if chance < 0.94:
        return spam(book, rng, at, n)
    if chance < 0.98:
        return shared(book, rng, at, n)
    return draft(book, rng, at, names)


def newsletter(book: Notebook, rng: random.Random, at: datetime, n: int) -> WorldMail:
    """A letter to many, with the marks that honest senders set."""
    sender = rng.choice(_LETTERS)
    domain = sender.address.partition("@")[2]
    headers = {
        "List-Id": f"{sender.name.split()[0]} <letter.{domain}>",
        "List-Unsubscribe": f"<https://{domain}/u/{n}>, <mailto:leave@{domain}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    return automatic(
        book,
        at,
        sender,
        rng.choice(_NEWS).format(n=n % 50),
        "newsletter",
        PRIVATE if n % 5 == 0 else OWNER,
        headers=headers,
        category="promotions" if n % 4 else "updates",
        trash=n % 9 == 0,
    )


def notification(book: Notebook, rng: random.Random, at: datetime, n: int) -> WorldMail:
    """What a service tells: some with Auto-Submitted, some recognisable by their address only."""
    sender = rng.choice(_MACHINES)
    receipt = sender.address.startswith(("billing", "receipts"))
    headers = {"Auto-Submitted": "auto-generated"} if n % 3 else {}
    return automatic(
        book,
        at,
        sender,
        rng.choice(_NOTES).format(n=n),
        "receipt" if receipt else "notification",
        headers=headers,
        category="updates" if n % 5 else None,
    )


def relay(book: Notebook, rng: random.Random, at: datetime, names: list[str]) -> WorldMail:
    """A human's name on a machine's address: no contact, however it looks."""
    name, (service, domain) = (
        rng.choice(names),
        rng.choice((("LinkedIn", "linkedin"), ("Docs", "docsuite"), ("Meetups", "meetups"))),
    )
    sender = Mailbox(f"noreply@{domain}.example", f"{name} (via {service})")
    subject = rng.choice(
        (f"{name} sent you a message", f"{name} shared “Notes” with you", f"Congratulate {name} on a work anniversary")
    )
    headers = (
        {"Reply-To": f"{name.split()[0]} <reply+{book.rng.getrandbits(40):x}@{domain}.example>"}
        if rng.random() < 0.4
        else {}
    )
    return automatic(book, at, sender, subject, "notification", headers=headers, category="social")


def spam(book: Notebook, rng: random.Random, at: datetime, n: int) -> WorldMail:
    """What lies in the spam folder."""
    sender = Mailbox(
        f"{rng.choice(('prince', 'dr.smith', 'claims', 'lucky'))}{n}@cheap-{n % 37}.example",
        "Dr. Smith" if n % 2 else "",
    )
    return automatic(book, at, sender, rng.choice(_BAIT).format(n=n), "spam", spam=True)


def shared(book: Notebook, rng: random.Random, at: datetime, n: int) -> WorldMail:
    """To or from a shared address, behind which there is no one person."""
    box = Mailbox(
        f"{rng.choice(('support', 'hello', 'office', 'info', 'accounting'))}@{rng.choice(('hostwell', 'paper-supply', 'city-forum'))}.example",
        "",
    )
    if n % 2:
        return automatic(book, at, OWNER, f"Question on invoice {n}", "role", box, sent=True)
    return automatic(book, at, box, f"Your request {n}", "role")


def draft(book: Notebook, rng: random.Random, at: datetime, names: list[str]) -> WorldMail:
    """What the owner began and never sent, and notes to oneself."""
    if rng.random() < 0.5:
        return automatic(book, at, OWNER, "Note to self: call the printer", "self", PRIVATE, sent=True)
    name = rng.choice(names)
    return automatic(
        book,
        at,
        OWNER,
        f"Dinner, {name.split()[0]}?",
        "personal",
        Mailbox("somebody@nowhere.example", name),
        draft=True,
    )
