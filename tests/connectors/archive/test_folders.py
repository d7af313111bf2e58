"""Folders of mails: what their names and flags say, and that nothing which comes later is missed."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectors.archive.connector import ArchiveConnector
from connectors.errors import ProtocolError, ProviderUnavailable
from connectors.places import of_folder
from models.enums import Place
from models.records import BadRecord, EmailRecord
from tests.connectors.archive.feeds import NOW, MboxFeed, eml, filled, found, maildir
from tests.connectors.contract import LONG_AGO, read, read_on, records
from tests.connectors.mails import mail, mbox


def folder(path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("1.host:2,S", Place.ORDINARY),
        ("1.host:2,DS", Place.DRAFT),
        ("1.host:2,ST", Place.TRASH),
        ("1.host;2,T", Place.TRASH),
        ("1.host:2,P", Place.ORDINARY),
        ("1.host", Place.ORDINARY),
    ],
)
def test_flags(tmp_path: Path, name: str, place: Place) -> None:
    (folder(tmp_path / "Maildir") / "cur" / name).write_bytes(mail(1))
    [record] = found(tmp_path)
    assert isinstance(record, EmailRecord)
    assert (record.key, record.place) == ("1.host", place)


@pytest.mark.parametrize(
    "name",
    [
        ".Sent", ".INBOX.Sent Items", "Gesendet", "Archive/Sent/2019", "sent-mail-jul-2024", "sent-2024-07", "sent.2024",
        "Sent Items (2)",
    ],
)  # fmt: skip
def test_sent_folders(tmp_path: Path, name: str) -> None:
    root = folder(tmp_path / "Maildir")
    (folder(root / name) / "cur" / "1.host:2,S").write_bytes(mail(1))
    (root / "new" / "2.host").write_bytes(mail(2))
    places = {record.key: record.place for record in found(root) if isinstance(record, EmailRecord)}
    assert places == {"1.host": Place.SENT, "2.host": Place.ORDINARY}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("postponed", Place.DRAFT),  # mutt
        ("postponed-msgs", Place.DRAFT),  # Pine
        ("sent-mail-jul-2024", Place.SENT),
        ("Out.mbx", Place.SENT),  # Eudora
        ("In.mbx", Place.INBOX),
        ("march-2024", Place.ORDINARY),
        ("Present 2024", Place.ORDINARY),
        ("mar", Place.ORDINARY),
    ],
)
def test_mailboxes_of_older_programs(tmp_path: Path, name: str, place: Place) -> None:
    (tmp_path / name).write_bytes(mbox(mail(1)))
    [record] = found(tmp_path)
    assert isinstance(record, EmailRecord)
    assert record.place is place


@pytest.mark.parametrize(
    ("beside", "place"),
    [
        (b'{"Version":1,"Payload":{"ID":"a==","LabelIDs":["0","5","15"]}}', Place.INBOX),
        (b'{"Version":1,"Payload":{"LabelIDs":["2","7","5","15"]}}', Place.SENT),
        (b'{"Version":1,"Payload":{"LabelIDs":["1","8","15"]}}', Place.DRAFT),
        (b'{"Version":1,"Payload":{"LabelIDs":["4","15"]}}', Place.SPAM),
        (b'{"Version":1,"Payload":{"LabelIDs":["3","2","7"]}}', Place.TRASH),
        (b'{"Version":1,"Payload":{"LabelIDs":["6","xyz=="]}}', Place.ORDINARY),
        (b'{"Payload":{"LabelIDs":[7]}}', Place.ORDINARY),
        (b"[" * 1000, Place.ORDINARY),
        (b"", Place.ORDINARY),
        (None, Place.ORDINARY),
    ],
)
def test_the_export_of_proton_mail_says_where_each_lay(tmp_path: Path, beside: bytes | None, place: Place) -> None:
    (tmp_path / "a==.eml").write_bytes(mail(1))
    if beside is not None:
        (tmp_path / "a==.metadata.json").write_bytes(beside)
    [record] = found(tmp_path)
    assert isinstance(record, EmailRecord)
    assert record.place is place


def test_a_mail_moved_in_later_is_read_though_its_name_is_old(tmp_path: Path) -> None:
    feed = maildir(tmp_path / "Maildir")
    filled(feed)
    end = read(feed)[-1].cursor
    old = tmp_path / "Maildir" / "tmp" / "0.older.host"
    old.write_bytes(mail(99))
    os.utime(old, (0, 0))
    old.rename(tmp_path / "Maildir" / "cur" / "0.older.host:2,S")
    assert [record.key for record in records(read_on(feed, end))] == ["0.older.host"]


def test_a_flagged_mail_is_shown_again_under_its_key(tmp_path: Path) -> None:
    feed = maildir(tmp_path / "Maildir")
    filled(feed)
    end = read(feed)[-1].cursor
    [path] = (tmp_path / "Maildir" / "new").glob("900.*")
    path.rename(tmp_path / "Maildir" / "cur" / f"{path.name.split(':')[0]}:2,T")
    [record] = records(read_on(feed, end))
    assert isinstance(record, EmailRecord)
    assert (record.key, record.place) == ("900.M1.host", Place.TRASH)


def test_a_single_eml_and_one_without_its_ending(tmp_path: Path) -> None:
    for name in ("saved.eml", "saved"):
        (tmp_path / name).write_bytes(mail(3))
        [record] = found(tmp_path / name)
        assert isinstance(record, EmailRecord)
        assert record.message_id == "m3@example.org"


@contextmanager
def as_nobody(path: Path) -> Iterator[None]:
    """Root may read everything: what follows is done as a user to whom only `path` is open."""
    if os.geteuid():
        yield
        return
    path.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every user can reach."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def test_a_file_that_may_not_be_read_is_told(open_folder: Path) -> None:
    feed = filled(eml(open_folder / "saved"))
    (open_folder / "saved" / "900.eml").chmod(0)
    box = MboxFeed(open_folder / "inbox.mbox")
    filled(box)
    box.path.chmod(0)
    with as_nobody(open_folder):
        pages = read(feed)
        [bad] = [record for record in records(pages) if isinstance(record, BadRecord)]
        assert "Permission denied" in bad.reason
        assert len(records(pages)) == 7
        with pytest.raises(ProtocolError, match=r"archive\.not_allowed"):
            read(box)


def test_a_path_that_is_not_there_holds_up_no_other(tmp_path: Path) -> None:
    (tmp_path / "here.mbox").write_bytes(mbox(mail(1)))
    connector = ArchiveConnector([tmp_path / "gone.mbox", tmp_path / "here.mbox"], now=NOW)
    gone, here = connector.streams()
    with pytest.raises(ProviderUnavailable, match=r"gone\.mbox"):
        list(connector.changes(gone, None, since=LONG_AGO))
    assert len(records(list(connector.changes(here, None, since=LONG_AGO)))) == 1


def test_a_folder_of_everything(tmp_path: Path) -> None:
    """A mail program's folder: mailboxes, saved mails, a Maildir, and files that are no mail."""
    (tmp_path / "INBOX").write_bytes(mbox(mail(1)))
    (tmp_path / "INBOX.msf").write_text("// index")
    (tmp_path / "Sent").write_bytes(mbox(mail(2)))
    (tmp_path / "Sent.sbd").mkdir()
    (tmp_path / "Sent.sbd" / "2019").write_bytes(mbox(mail(3)))
    (tmp_path / "Sent Messages.mbox").mkdir()
    (tmp_path / "Sent Messages.mbox" / "mbox").write_bytes(mbox(mail(4)))
    (tmp_path / "letter.docx").write_bytes(b"PK\x03\x04 not for us")
    (tmp_path / "one.eml").write_bytes(mail(5))
    (folder(tmp_path / "md") / "new" / "6.host").write_bytes(mail(6))
    (tmp_path / "loop").symlink_to(tmp_path)
    places = {record.message_id: record.place for record in found(tmp_path) if isinstance(record, EmailRecord)}
    sent = {"m2@example.org", "m3@example.org", "m4@example.org"}
    assert set(places) == {f"m{number}@example.org" for number in range(1, 7)}
    assert {key for key, place in places.items() if place is Place.SENT} == sent


@pytest.mark.timeout(20)
def test_a_pipe_beside_an_email_and_a_name_of_many_digits_hold_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "b1.eml").write_bytes(mail(1))
    os.mkfifo(tmp_path / "b1.metadata.json")
    [record] = found(tmp_path)
    assert isinstance(record, EmailRecord)
    assert of_folder("a" + "1" * 60 + "x", "b" + "- " * 20_000, "c" + "1" * 100_000 + "x") is Place.ORDINARY
