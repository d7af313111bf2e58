"""Real mailboxes, counted twice: as the connector reads them, and from the table they were written from."""

import csv
import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.archive.connector import ArchiveConnector
from connectors.archive.owner import owner_of
from models.records import EmailRecord, Mailbox
from tests.connectors.contract import LONG_AGO, records

COLDBENCH = Path(os.environ.get("KEEPWARM_COLDBENCH", Path(__file__).parents[2].parent / "shared" / "coldbench"))
#: How many of each set are read; all 624 take a quarter of an hour.
OWNERS = int(os.environ.get("KEEPWARM_COLDBENCH_OWNERS", "2"))
#: Whose owner can't be told, so that the person is asked: somebody else is on nearly every email too.
UNCLEAR = {("man", "p1333"), ("man", "p0716"), ("man", "p0729")}


def mailboxes() -> list[tuple[str, str]]:
    """The first owners of each public set."""
    return [
        (folder.name, owner)
        for folder in sorted(COLDBENCH.glob("public/*"))
        for owner in (folder / "egos.txt").read_text().split()[:OWNERS]
    ]


def lines(folder: Path, owner: str) -> Iterator[tuple[str, int, str, frozenset[str], str]]:
    """Id, time, sender, recipients and answered id of each mail the owner has, read from the table."""
    with gzip.open(folder / "messages.tsv.gz", "rt") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            named = {field: {one for one in row[field].split(",") if one} for field in ("to", "cc", "bcc")}
            if owner != row["frm"]:
                named["bcc"] &= {owner}
            everybody = frozenset().union(*named.values())
            if owner == row["frm"] or owner in everybody:
                yield row["mid"], int(row["t"]), row["frm"], everybody, row["irt"]


pytestmark = pytest.mark.skipif(
    not COLDBENCH.is_dir(), reason="coldbench lies beside the repository only where it is built"
)


@pytest.mark.parametrize(("name", "owner"), mailboxes())
def test_every_mail_is_read_as_it_was_written(tmp_path: Path, name: str, owner: str) -> None:
    folder = COLDBENCH / "public" / name
    path = tmp_path / f"{owner}.mbox"
    with path.open("wb") as file:
        export = [sys.executable, str(COLDBENCH / "export.py"), str(folder), owner, "--format", "mbox"]
        subprocess.run(export, stdout=file, check=True)

    connector = ArchiveConnector([path], now=datetime(2024, 1, 1, tzinfo=UTC))
    [stream] = connector.streams()
    found = records(list(connector.changes(stream, None, since=LONG_AGO)))

    def address(person: str) -> str:
        return f"{person}@{name}.example"

    def plain(record: object) -> tuple[str | None, int, str, frozenset[str], str]:
        assert isinstance(record, EmailRecord)
        assert record.sender
        assert record.sent_at
        everybody: tuple[Mailbox, ...] = (*record.to, *record.cc, *record.bcc)
        named = frozenset(mailbox.address for mailbox in everybody)
        return (
            record.message_id,
            int(record.sent_at.timestamp()),
            record.sender.address,
            named,
            record.in_reply_to or "",
        )

    expected = sorted(
        (
            f"{mid}@{name}.example",
            at,
            address(sender),
            frozenset(map(address, to)),
            f"{irt}@{name}.example" if irt else "",
        )
        for mid, at, sender, to, irt in lines(folder, owner)
    )
    assert sorted(plain(record) for record in found) == expected
    inferred = owner_of(found[:2000])
    assert (name, owner) in UNCLEAR if inferred is None else inferred.addresses == (address(owner),)
