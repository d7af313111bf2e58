"""Training the dictionaries that rows are packed with, on made-up lives alone: nobody's email is in them.

    python -m tests.bench.dictionary records|assessments

Writes models/dictionaries/NUMBER.zdict. A number that was released must never be written anew: what was packed with it
can be read by it alone.
"""

import random
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec.structs import replace

from connectors.archive.connector import ArchiveConnector
from models.enums import Channel, Direction, Place, Role
from models.packed import ASSESSMENTS, DICTIONARIES, LEVEL, RECORDS, library
from models.records import EmailRecord, ExportedPerson, ExportedRecord, Mailbox, MeetingRecord
from tests.bench.importing import OURS, cost
from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write, write_mbox
from tests.sandbox.people import OWNER, strangers
from tests.sandbox.world import World
from worker.judgement.keep.stored import unpacked

NAMES = ("alex", "sam", "jo", "kim", "robin", "nicola", "andrea", "maria", "peter", "li", "ana", "tom")
UNTIL = datetime(2026, 11, 20, 18, tzinfo=UTC)
#: Bytes of a dictionary: a larger one gives a few bytes a record and takes longer to load.
SIZE = 16 << 10
ENCODE = msgspec.json.Encoder().encode
Contact = EmailRecord | MeetingRecord
#: Where many people's mailboxes are, and what their Message-IDs end with.
SERVICES = ("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "icloud.com", "yahoo.com", "gmx.de", "web.de")
HOSTS = ("mail.gmail.com", "eurprd04.prod.outlook.com", "namprd12.prod.outlook.com", "email.amazonses.com", "localhost")
MACHINES = (
    ("list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "precedence=bulk"),
    ("list-unsubscribe", "list-unsubscribe-post", "feedback-id", "auto-submitted=auto-generated"),
    ("list-id", "list-unsubscribe", "precedence=list"), ("auto-submitted=auto-replied", "automatic-reply"),
    ("x-auto-response-suppress=all", "auto-submitted=auto-generated", "return-path=<>", "report"),
    ("category=promotions",), ("category=updates",), ("category=social",), ("category=forums",),
)  # fmt: skip


def contacts(place: Path) -> Iterator[Contact]:
    """Records as files of made-up lives show them."""
    write_mbox(bulk(2, 3000, people=300, years=8, until=UNTIL), place / "bulk.mbox")
    for seed in (2, 3):
        write(World(seed, until=UNTIL, mails=2500), place / f"world-{seed}")
    reader = ArchiveConnector([place], now=UNTIL)
    for stream in reader.streams():
        for page in reader.changes(stream, None, since=UNTIL):
            yield from (record for record in page.records if isinstance(record, EmailRecord | MeetingRecord))


def elsewhere(record: Contact, rng: random.Random) -> Contact | ExportedRecord:
    """Tell of it as another provider would, or as an export has it."""
    if isinstance(record, MeetingRecord):
        return replace(record, key=f"{rng.getrandbits(130):x}", ical_uid=f"{rng.getrandbits(130):x}@google.com")
    number, host = rng.getrandbits(64), rng.choice(HOSTS)
    message_id = rng.choice((f"{UUID(int=rng.getrandbits(128))}@{host}", f"CA{rng.getrandbits(200):x}@{host}"))
    boxes = {name: tuple(_moved(box, rng) for box in getattr(record, name)) for name in ("to", "cc")}
    match rng.randrange(4):
        case 0:  # Gmail
            more = {"thread": f"{number:016x}", "sent_here": record.place is Place.SENT}
            return replace(record, key=f"{number:016x}", message_id=message_id, dmarc="pass", **boxes, **more)
        case 1:  # IMAP and files, with what machines write
            marks = rng.choice(MACHINES) if record.signals else ()
            return replace(record, key=f"{number % 90_000}", message_id=message_id, signals=marks, **boxes)
        case 2:
            key = f"AAMkA{rng.getrandbits(600):x}"
            return replace(record, key=key, message_id=message_id, thread=f"AAQkA{rng.getrandbits(240):x}=", **boxes)
        case _:
            return _exported(record, rng)


def _moved(box: Mailbox, rng: random.Random) -> Mailbox:
    name = box.address.partition("@")[0]
    return Mailbox(f"{name}.made.up@{rng.choice(SERVICES)}", box.name) if rng.random() < 0.5 else box


def _exported(record: EmailRecord, rng: random.Random) -> ExportedRecord:
    box = record.sender or next(strangers(1)).mailboxes[0]
    person = ExportedPerson(box.address, box.name, box.address, Role.FROM)
    return ExportedRecord(
        f"{rng.getrandbits(128):032x}", "me@gmail.com", Channel.EMAIL, Direction.IN, record.sent_at or UNTIL,
        subject=record.subject, thread=record.thread, message_id=record.message_id, my_role=Role.TO, people=(person,),
    )  # fmt: skip


def samples() -> list[bytes]:
    """Records of every kind, each as it is and as another provider would tell of it."""
    rng = random.Random("dictionary")
    with tempfile.TemporaryDirectory() as folder:
        found = list(islice(contacts(Path(folder)), 12_000))
    rng.shuffle(found)
    return [_anybodys(ENCODE(one), rng) for record in found for one in (record, elsewhere(record, rng))]


def _anybodys(record: bytes, rng: random.Random) -> bytes:
    """Have it be anybody's: the owner of the made-up lives must not be known to the dictionary, as no owner is."""
    name, word = rng.choice(NAMES), f"{rng.getrandbits(40):x}"
    record = re.sub(rb"halvorsen-advisory", word.encode(), record)
    return re.sub(rb"(?i)mira", name.encode(), re.sub(rb"Halvorsen", word.title().encode(), record))


def judged() -> list[bytes]:
    """Assessments of the people of made-up lives, shuffled."""
    found: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, count in enumerate((12_000, 20_000), start=2):
            place = Path(folder) / str(number)
            place.mkdir()
            write_mbox(bulk(number, count, people=count // 10, years=8, until=UNTIL), place / "bulk.mbox")
            write(World(number, until=UNTIL, mails=3000), place / "world")
            cost(OURS, str(place), str(place / "home"), OWNER.address)
            with sqlite3.connect(place / "home" / "keepwarm.db") as database:
                found += [unpacked(row[0]) for row in database.execute("SELECT document FROM assessments")]
            database.close()
    random.Random("judged").shuffle(found)
    return found


#: Dictionaries by their name: their number, and what they are trained on.
KINDS = {"records": (RECORDS, samples), "assessments": (ASSESSMENTS, judged)}


def main(kind: str) -> None:
    """Train, write, and say what it gives on what it hasn't seen."""
    number, given = KINDS[kind]
    path = DICTIONARIES / f"{number}.zdict"
    if not path.exists():
        path.write_bytes(b"{}" * 8)  # what is read to learn from has to be packed with something
    records = given()
    learned = records[: len(records) * 4 // 5]
    tried = records[len(learned) :]
    zstd = library()
    made = zstd.train_dict(learned, SIZE)
    path.write_bytes(made.dict_content)
    before, after = (
        sum(map(len, some)) / len(tried)
        for some in (tried, (zstd.compress(one, LEVEL, zstd_dict=made) for one in tried))
    )
    print(f"{len(learned)} {kind}, {len(made.dict_content)} bytes; others: {before:.0f} bytes each, packed {after:.0f}")


if __name__ == "__main__":
    main(sys.argv[1])
