"""Real mailboxes through the whole pipeline, beside a count made from the table alone: nothing is unaccounted for.

The count follows the protocol of the data, not our code: whoever wrote it, to whom, and how many.
"""

import csv
import gzip
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.history import Interaction, Participation, Sighting
from models.people import Address
from tests.connectors.test_coldbench_mail import UNCLEAR
from worker.accounts.connect_archive import connect_archive
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import sync

COLDBENCH = Path(__file__).parents[2].parent / "shared" / "coldbench"
#: Of each set; more where there is time for it.
OWNERS = int(os.environ.get("KEEPWARM_COLDBENCH_OWNERS", "2"))
NOW = datetime(2030, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not COLDBENCH.is_dir(), reason="coldbench lies beside the repository only where it is built"
)

#: A mail: direction, time, and everybody beside the owner.
Line = tuple[str, int, frozenset[str]]


def mailboxes() -> list[tuple[str, str]]:
    """The first owners of each public set."""
    folders = sorted(COLDBENCH.glob("public/*"))
    return [(folder.name, owner) for folder in folders for owner in (folder / "egos.txt").read_text().split()[:OWNERS]]


def counted(name: str, owner: str) -> tuple[dict[str, Line], Counter[str]]:
    """What the table says: the mails that are contact, by Message-ID, and how many are not, by reason."""
    contact: dict[str, Line] = {}
    not_contact: Counter[str] = Counter()
    with gzip.open(COLDBENCH / "public" / name / "messages.tsv.gz", "rt") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            named = {field: {one for one in row[field].split(",") if one} for field in ("to", "cc", "bcc")}
            mine = row["frm"] == owner
            if not mine:
                named["bcc"] &= {owner}
            receivers = named["to"] | named["cc"] | named["bcc"]
            if not mine and owner not in receivers:
                continue
            others = (receivers | {row["frm"]}) - {owner}
            if len(receivers) > 100:
                not_contact["crowd"] += 1
            elif mine and not others:
                not_contact["to oneself" if receivers else "no recipient"] += 1
            else:
                people = frozenset(f"{one}@{name}.example" for one in others)
                contact[f"{row['mid']}@{name}.example"] = ("out" if mine else "in", int(row["t"]), people)
    return contact, not_contact


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("name", "owner"), mailboxes())
def test_every_mail_is_contact_or_has_a_reason(tmp_path: Path, name: str, owner: str) -> None:
    path = tmp_path / f"{owner}.mbox"
    with path.open("wb") as file:
        export = [sys.executable, COLDBENCH / "export.py", COLDBENCH / "public" / name, owner, "--format", "mbox"]
        subprocess.run(list(map(str, export)), stdout=file, check=True)
    runtime = open_runtime(Settings(home=tmp_path / "home"), clock=lambda: NOW)
    me = [f"{owner}@{name}.example"] if (name, owner) in UNCLEAR else []  # where the person is asked
    connected = connect_archive(runtime, [path], me=me)
    assert connected.address == f"{owner}@{name}.example", "whose it is can be told from the mails"
    assert all(stream.finished for stream in sync(runtime, connected.user_id))

    contact, not_contact = counted(name, owner)
    with runtime.engine.connect() as connection:
        people: dict[str, set[str]] = {}
        parts = select(Interaction.id, Address.address).select_from(Participation).join(Interaction).join(Address)
        for key, address in connection.execute(parts):
            people.setdefault(key, set()).add(address)
        stored: dict[str, Line] = {}
        for row in connection.execute(select(*Interaction.__table__.columns)):
            stored[row.message_id] = (row.direction, int(row.occurred_at.timestamp()), frozenset(people[row.id]))
        seen = connection.execute(select(Sighting.outcome, Sighting.reason)).all()
    assert stored == contact
    assert Counter(reason for outcome, reason in seen if outcome != "held") == not_contact
    assert len(seen) == len(contact) + not_contact.total()
