"""Every kind of file a mailbox comes in is read, or refused by name."""

import bz2
import gzip
import io
import lzma
import plistlib
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.archive.connector import ArchiveConnector
from connectors.errors import ProtocolError
from models.enums import Place
from models.records import BadRecord, EmailRecord, ExportedRecord, MeetingRecord
from tests.connectors.archive.compound import compound
from tests.connectors.archive.feeds import NOW, found
from tests.connectors.contract import LONG_AGO
from tests.connectors.mails import mail, mbox

CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:e1\r\nDTSTART:20240102T090000Z\r\n"
    b"ORGANIZER:mailto:ann@example.org\r\nATTENDEE:mailto:bob@example.net\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
BOX = mbox(mail(1), mail(2))


def ids(*paths: Path) -> list[str]:
    return sorted(record.message_id or "" for record in found(*paths) if isinstance(record, EmailRecord))


def zipped(files: dict[str, bytes]) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return file.getvalue()


def taped(files: dict[str, bytes], mode: str = "w") -> bytes:
    with io.BytesIO() as file:
        # typeshed lists every mode by name, and takes no text
        with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload] # a mode in a variable
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        return file.getvalue()


FILES = {
    "Takeout/Mail/Sent.mbox": BOX,
    "Takeout/Mail/note.html": b"<html>",
    "Takeout/Mail/saved/one.eml": mail(3),
    "Takeout/Mail/Maildir/cur/1.host:2,DS": mail(4),
    "Takeout/Calendar/me.ics": CALENDAR,
    "Takeout/Calendar/without a name": CALENDAR.replace(b"UID:e1", b"UID:e2"),
}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("takeout.zip", zipped),
        ("takeout.tar", taped),
        ("takeout.tgz", lambda files: taped(files, "w:gz")),
        ("takeout.tar.bz2", lambda files: taped(files, "w:bz2")),
        ("takeout.txz", lambda files: taped(files, "w:xz")),
    ],
)
@pytest.mark.parametrize("in_folder", [False, True])
def test_an_archive_gives_all_its_mail_and_meetings(
    tmp_path: Path, name: str, pack: Callable[[dict[str, bytes]], bytes], in_folder: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(pack(FILES))
    records = found(tmp_path if in_folder else path)
    mails = {record.message_id: record.place for record in records if isinstance(record, EmailRecord)}
    assert mails == {
        "m1@example.org": Place.SENT,
        "m2@example.org": Place.SENT,
        "m3@example.org": Place.ORDINARY,
        "m4@example.org": Place.DRAFT,
    }
    assert {record.ical_uid for record in records if isinstance(record, MeetingRecord)} == {"e1", "e2"}
    assert not [record for record in records if isinstance(record, BadRecord)]


def test_what_in_an_archive_cannot_be_read_is_counted(tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(
        zipped(
            {
                "a.mbox": BOX,
                "b.zip": zipped({"c.eml": mail(3)}),
                "d.pst": b"!BDN",
                "e.mbox.gz": gzip.compress(BOX),
                "f.docx": zipped({"x": b""}),
            }
        )
    )
    records = found(tmp_path)
    assert len([record for record in records if isinstance(record, EmailRecord)]) == 2
    reasons = {record.key: record.reason for record in records if isinstance(record, BadRecord)}
    assert reasons.keys() == {"b.zip", "d.pst", "e.mbox.gz"}
    assert "unpack it first" in reasons["b.zip"]
    assert "Outlook data file" in reasons["d.pst"]


def test_an_archive_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "in.tgz"
    whole = taped({"a.mbox": BOX, "b.mbox": mbox(*(mail(n, body=str(n * 7919) * 500) for n in range(50)))}, "w:gz")
    path.write_bytes(whole[: len(whole) // 2])
    records = found(path)
    assert len([record for record in records if isinstance(record, EmailRecord)]) >= 2
    assert any("cannot be unpacked" in record.reason for record in records if isinstance(record, BadRecord))


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["inbox.mbox.gz", "inbox", "inbox.dat"])
def test_compressed_mailboxes_are_known_by_what_is_in_them(
    tmp_path: Path, compress: Callable[[bytes], bytes], name: str
) -> None:
    (tmp_path / name).write_bytes(compress(BOX))
    (tmp_path / "other.gz").write_bytes(compress(b"no mail"))
    assert ids(tmp_path) == ids(tmp_path / name) == ["m1@example.org", "m2@example.org"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(tmp_path: Path, codec: str) -> None:
    (tmp_path / "a.mbox").write_bytes(BOX.decode().encode(codec))
    (tmp_path / "b.eml").write_bytes((mail(3).decode() + "x" * 40_000).encode(codec))
    assert ids(tmp_path) == ["m1@example.org", "m2@example.org", "m3@example.org"]


@pytest.mark.parametrize("kept", [("cur",), ("new",), ("cur", "tmp"), ("cur", "new"), ("new", "tmp")])
def test_a_maildir_that_lost_its_empty_folders(tmp_path: Path, kept: tuple[str, ...]) -> None:
    for name in kept:
        (tmp_path / "Box" / name).mkdir(parents=True)
    (tmp_path / "Box" / kept[0] / "1700000000.M1.host:2,S").write_bytes(mail(1))
    assert ids(tmp_path) == ["m1@example.org"]
    assert [stream.title for stream in ArchiveConnector([tmp_path], now=NOW).streams()] == ["Box"]


def test_a_folder_called_new_is_no_maildir(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "shopping.txt").write_text("milk")
    (tmp_path / "new" / "one.eml").write_bytes(mail(1))
    assert ids(tmp_path) == ["m1@example.org"]


def test_mh_and_the_spool_of_cyrus(tmp_path: Path) -> None:
    for folder, names in (("drafts", ("1", "2")), ("friends", ("3.", "14.")), ("friends/deep", ("5",))):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name in names:
            (tmp_path / folder / name).write_bytes(mail(int(name.strip("."))))
    (tmp_path / "friends" / ",9").write_bytes(mail(9))  # deleted
    (tmp_path / "friends" / "cyrus.header").write_bytes(b"\x01")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1").write_bytes(b"\x89PNG")
    places = {record.message_id: record.place for record in found(tmp_path) if isinstance(record, EmailRecord)}
    assert places == {
        "m1@example.org": Place.DRAFT,
        "m2@example.org": Place.DRAFT,
        "m3@example.org": Place.ORDINARY,
        "m14@example.org": Place.ORDINARY,
        "m5@example.org": Place.ORDINARY,
        "m9@example.org": Place.ORDINARY,  # by what it holds
    }


def emlx(number: int, flags: int) -> bytes:
    content = mail(number)
    return f"{len(content)}\n".encode() + content + plistlib.dumps({"flags": flags})


def test_apple_mail(tmp_path: Path) -> None:
    for box, number, flags in (
        ("Friends.mbox", 1, 1),
        ("Sent Messages.mbox", 2, 1),
        ("Friends.mbox", 3, 1 << 6),
        ("Friends.mbox", 4, 3),
    ):
        folder = tmp_path / box / "Messages"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.emlx").write_bytes(emlx(number, flags))
    (tmp_path / "Friends.mbox" / "Messages" / "5.partial.emlx").write_bytes(b"99999\n" + mail(5))
    places = {record.message_id: record.place for record in found(tmp_path) if isinstance(record, EmailRecord)}
    assert places == {
        "m1@example.org": Place.ORDINARY,
        "m2@example.org": Place.SENT,
        "m3@example.org": Place.DRAFT,
        "m4@example.org": Place.TRASH,
        "m5@example.org": Place.ORDINARY,
    }


def wide(tag: int, text: str) -> tuple[str, bytes]:
    return f"__substg1.0_{tag:04X}001F", text.encode("utf-16-le")


def properties(head: int, *values: tuple[int, int]) -> tuple[str, bytes]:
    rows = b"".join(
        (tag << 16 | 0x0003).to_bytes(4, "little") + bytes(4) + value.to_bytes(8, "little") for tag, value in values
    )
    return "__properties_version1.0", bytes(head) + rows


SENT_AT = datetime(2024, 7, 1, 8, tzinfo=UTC)
TICKS = int((SENT_AT - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def test_outlook_messages(tmp_path: Path) -> None:
    (tmp_path / "received.msg").write_bytes(
        compound(dict([wide(0x001A, "IPM.Note"), wide(0x007D, mail(1).decode().partition("\n\n")[0])]))
    )
    (tmp_path / "own.msg").write_bytes(
        compound(
            dict([
                wide(0x001A, "IPM.Note"), wide(0x0037, "Grüße"), wide(0x1035, "<own@x>"), wide(0x0042, "Ann Ö"),
                wide(0x0065, "ann@example.org"), wide(0x5D01, "mira@example.org"), properties(32, (0x0039, TICKS)),
            ])
            | {f"__recip_version1.0_#0000000{n}/{name}": content
               for n, kind, address in ((0, 1, "bob@example.net"), (1, 2, "cy@example.com"), (2, 1, "/O=OWN/CN=DAN"))
               for name, content in (wide(0x39FE, address), wide(0x3001, "Name"), properties(8, (0x0C15, kind)))}
        )
    )  # fmt: skip
    (tmp_path / "draft.msg").write_bytes(
        compound(dict([wide(0x0037, "x"), wide(0x0065, "me@x.example"), properties(32, (0x0E07, 8))]))
    )
    (tmp_path / "task.msg").write_bytes(compound(dict([wide(0x001A, "IPM.Task")])))
    (tmp_path / "broken.msg").write_bytes(compound(dict([wide(0x001A, "IPM.Note")]))[:700])
    records = {record.key: record for record in found(tmp_path)}
    received, own, draft = records["received.msg"], records["own.msg"], records["draft.msg"]
    assert isinstance(received, EmailRecord)
    assert received.message_id == "m1@example.org"
    assert isinstance(own, EmailRecord)
    assert (own.sender and own.sender.address, own.sender and own.sender.name) == ("ann@example.org", "Ann Ö")
    assert own.submitter
    assert own.submitter.address == "mira@example.org"
    assert ([box.address for box in own.to], [box.address for box in own.cc]) == (
        ["bob@example.net"],
        ["cy@example.com"],
    )
    assert (own.subject, own.message_id, own.sent_at) == ("Grüße", "own@x", SENT_AT)
    assert isinstance(draft, EmailRecord)
    assert draft.place is Place.DRAFT
    for name, reason in (("task.msg", "not an email"), ("broken.msg", "damaged")):
        bad = records[name]
        assert isinstance(bad, BadRecord)
        assert reason in bad.reason


@pytest.mark.parametrize("name", ["mail.pst", "mail.ost", "mail.olm", "Inbox.dbx", "mail.nsf", "mail.rar", "mail.7z"])
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"!BDN\x00\x01")
    connector = ArchiveConnector([tmp_path / name], now=NOW)
    [stream] = connector.streams()
    with pytest.raises(ProtocolError, match=r"archive\.(packed_otherwise|other_program) .*what="):
        list(connector.changes(stream, None, since=LONG_AGO))


def test_files_with_headers_and_no_ending(tmp_path: Path) -> None:
    (tmp_path / "5d41402abc4b2a76b9719d911017c592").write_bytes(mail(1))
    (tmp_path / "letter.txt").write_text("Dear Ann,\nFrom: a trip\n")
    assert ids(tmp_path) == ["m1@example.org"]


def test_calendars_are_known_by_how_they_begin(tmp_path: Path) -> None:
    (tmp_path / "calendar.bak").write_bytes(CALENDAR)
    (tmp_path / "event").write_bytes(
        CALENDAR[CALENDAR.index(b"BEGIN:VEVENT") : CALENDAR.index(b"END:VCALENDAR")].replace(b"e1", b"e2")
    )
    assert {record.ical_uid for record in found(tmp_path) if isinstance(record, MeetingRecord)} == {"e1", "e2"}


ROW = b'{"id": "x", "account": "eve@x.example", "channel": "email", "direction": "in", "occurred_at": "2024-01-01T00:00:00Z"}\n'


def test_an_export_is_met_under_its_own_ending_only(tmp_path: Path) -> None:
    (tmp_path / "attachment.txt").write_bytes(ROW)
    assert not found(tmp_path)
    assert [type(record) for record in found(tmp_path / "attachment.txt")] == [ExportedRecord]
    (tmp_path / "export.jsonl").write_bytes(ROW)
    assert [type(record) for record in found(tmp_path)] == [ExportedRecord]


def test_a_phone_writes_one_file_for_each_event(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.vcs").write_bytes(
            b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nDTSTART:2024010%dT090000Z\r\nRRULE:W1 #2\r\n"
            b"SUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" % number
        )
    assert len(ArchiveConnector([tmp_path], now=NOW).streams()) == 1
    assert len(found(tmp_path)) == 4
