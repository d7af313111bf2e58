"""Of any bytes, in any kind of file: each mail is held or unreadable with its place, and reading costs in proportion."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connectors.archive.connector import ArchiveConnector
from connectors.archive.kinds import BEGINNING, Kind, kind_of
from connectors.archive.mbox.scan import Scan
from connectors.archive.message.read import message_record
from connectors.headers import Beside, email_record, read_block
from connectors.text import decoded
from models.enums import Place
from models.records import BadRecord, EmailRecord, Record
from tests.connectors.archive.compound import compound
from tests.connectors.archive.feeds import NOW
from tests.connectors.contract import LONG_AGO
from tests.connectors.mails import mail, mbox

MAIL = mail(7)
ANY = st.one_of(
    st.binary(max_size=400),
    st.lists(
        st.sampled_from([MAIL[:40], MAIL, b"\n", b"\r\n", b"\x00", b"\xff\xfe", b"12\n", b": ", b"=?utf-8?q?", b"<@"])
    ).map(b"".join),
    st.tuples(st.integers(0, len(MAIL)), st.binary(max_size=8)).map(
        lambda cut: MAIL[: cut[0]] + cut[1] + MAIL[cut[0] :]
    ),
)


def zipped(files: dict[str, bytes]) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return file.getvalue()


def taped(files: dict[str, bytes]) -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        return file.getvalue()


#: How a file of these bytes comes to us among two whole mails; the mails' ids are m1 and m2.
AMONG: dict[str, Callable[[Path, bytes], object]] = {
    "eml": lambda at, content: [(at / f"{name}.eml").write_bytes(each) for name, each in three(content)],
    "emlx": lambda at, content: [
        (at / f"{name}.emlx").write_bytes(f"{len(each)}\n".encode() + each) for name, each in three(content)
    ],
    "mh": lambda at, content: [
        (at / str(number)).write_bytes(each) for number, (_, each) in enumerate(three(content), 1)
    ],
    "maildir": lambda at, content: [
        (made(at / "cur") / f"{name}:2,S").write_bytes(each) for name, each in three(content)
    ],
    "zip": lambda at, content: (at / "in.zip").write_bytes(
        zipped({f"{name}.eml": each for name, each in three(content)})
    ),
    "tgz": lambda at, content: (at / "in.tgz").write_bytes(
        taped({f"{name}.eml": each for name, each in three(content)})
    ),
}


def made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder.parent / "new").mkdir(exist_ok=True)
    return folder


def three(content: bytes) -> list[tuple[str, bytes]]:
    return [("a", mail(1)), ("b", content), ("c", mail(2))]


def read(path: Path) -> list[Record]:
    connector = ArchiveConnector([path], now=NOW)
    return [
        record
        for stream in connector.streams()
        for page in connector.changes(stream, None, since=LONG_AGO)
        for record in page.records
    ]


@pytest.mark.parametrize("kind", AMONG)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None
)
@given(content=ANY)
def test_one_file_of_any_bytes_is_one_record_beside_the_others(
    tmp_path_factory: pytest.TempPathFactory, kind: str, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp(kind)
    AMONG[kind](folder, content)
    records = read(folder)
    assert len(records) == 3
    assert {"m1@example.org", "m2@example.org"} <= {one.message_id for one in records if isinstance(one, EmailRecord)}
    assert all(record.where and record.reason for record in records if isinstance(record, BadRecord))


@settings(max_examples=150, deadline=None)
@given(content=ANY)
def test_an_mbox_of_any_bytes_is_counted_in_every_packing(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("mbox")
    whole = content + b"\n" + mbox(mail(1), mail(2))
    assume(kind_of("in.mbox", whole[:BEGINNING]) is Kind.MBOX)  # not what begins as a calendar, or packed
    (folder / "in.mbox").write_bytes(whole)
    plain = read(folder / "in.mbox")
    assert {"m1@example.org", "m2@example.org"} <= {one.message_id for one in plain if isinstance(one, EmailRecord)}
    if content.strip(b"\r\n\xef\xbb\xbf \t\x0b\x0c"):
        assert len(plain) > 2, "what stands before the first mail is held or counted"
    (folder / "in.mbox.gz").write_bytes(gzip.compress(whole))
    assert [type(one) for one in read(folder / "in.mbox.gz")] == [type(one) for one in plain]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 6000), st.integers(0, 40))
def test_an_outlook_message_damaged_anywhere_is_a_value(noise: bytes, at: int, cut: int) -> None:
    whole = compound(
        {
            "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
            "__substg1.0_007D001F": MAIL.decode().encode("utf-16-le"),
        }
    )
    spoiled = whole[: at % len(whole)] + noise + whole[at % len(whole) + len(noise) :]
    file = io.BytesIO(spoiled[: len(spoiled) - cut * 100])
    assert message_record(file, "x.msg", key="k", where="here", place=Place.ORDINARY) is not None


def block(content: bytes) -> object:
    return email_record("k", read_block(b"From: a@b.example\n" + content), Beside("here"))


PARSERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "repeated recipients": (b"To: a@b.example\n", block),
    "repeated hops": (b"Received: by x; Mon, 1 Jul 2024 10:00:00 +0200\n", block),
    "repeated references": (b"References: <a@b>\n", block),
    "one header folded without end": (b" a@b.example,\n", lambda content: block(b"To: x@y.example,\n" + content)),
    "raw bytes": (b"Subject: Gr\xfc\xdfe \xf0\xd2\n", block),
    "raw bytes in words": (b"Subject: =?koi8-r?q?\xf0\xd2\xc9?=\n", block),
    "escapes of Japanese": (b"Subject: \x1b$BF|K\\\x1b(B\n", block),
    "many charsets named": (b"Content-Type: text/plain; charset=\n\xff", block),
    "words in a subject": (b"=?utf-8?q?a=C3?= ", lambda content: decoded(content.decode(), 10**9)),
    "words never ended": (b"=?utf-8?q?", lambda content: decoded(content.decode(), 10**9)),
    "words of base64 cut anywhere": (b"=?utf-8?b?w7w?= ", lambda content: decoded(content.decode(), 10**9)),
    "From_ lines": (b"From a b\n", lambda content: list(Scan(io.BytesIO(content).read, 0))),
    "From_ lines and headers": (b"\nFrom a@b Mon Jan  1 09:30:00 2024\nTo: a\n", lambda content: list(Scan(io.BytesIO(content).read, 0))),
    "lengths that lie": (b"\nFrom - Mon Jan  1 09:30:00 2024\nContent-Length: 9999999\n\n", lambda content: list(Scan(io.BytesIO(content).read, 0))),
    "blank lines": (b"\n", lambda content: list(Scan(io.BytesIO(content).read, 0))),
    "an .eml of blank lines": (b"\r\n", lambda content: message_record(io.BytesIO(content), "a.eml", key="k", where="x", place=Place.SENT)),
}  # fmt: skip


@pytest.mark.parametrize("name", PARSERS)
def test_twice_the_input_takes_about_twice_the_time(name: str) -> None:
    piece, parse = PARSERS[name]

    def cost(size: int) -> float:
        content = piece * (size // len(piece))
        begin = process_time()
        parse(content)
        return process_time() - begin

    small = min(cost(150_000) for _ in range(3))
    large = min(cost(600_000) for _ in range(3))
    assert large < 4 * 2.5 * small + 0.02, f"{small:.3f} s for 150 kB, {large:.3f} s for 600 kB"
    assert large < 4


def test_many_members_cost_in_proportion(tmp_path: Path) -> None:
    def cost(count: int) -> float:
        path = tmp_path / f"{count}.zip"
        path.write_bytes(zipped({f"{number}.mbox": mbox(MAIL) for number in range(count)}))
        begin = process_time()
        assert len(read(path)) == count
        return process_time() - begin

    small = min(cost(250) for _ in range(2))
    assert min(cost(1000) for _ in range(2)) < 4 * 2.5 * small + 0.05
