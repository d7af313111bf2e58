"""What is packed is unpacked to the same bytes, also what versions before have stored; later packings are refused."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.packed import (
    ASSESSMENTS,
    BARE,
    DICTIONARIES,
    RECORDS,
    UnknownPacking,
    library,
    packed,
    unframed,
    unpacked,
    whole,
)
from tests.worker.ingest.emails import mail, meeting

TOLD = [msgspec.json.encode(one) for one in (mail("1"), meeting("2"), mail("3", subject="Zürich {\x01}" * 99))]


@given(st.binary(), st.sampled_from((RECORDS, ASSESSMENTS)))
def test_any_bytes_are_unpacked_as_they_were(value: bytes, dictionary: int) -> None:
    assert unpacked(packed(value, dictionary)) == value
    assert unpacked(whole(packed(value, dictionary))) == value
    assert unframed(whole(packed(value, dictionary))) == packed(value, dictionary)


def test_records_shrink_to_less_than_half() -> None:
    for record in TOLD:
        assert packed(record)[0] == RECORDS | BARE
        assert whole(packed(record))[0] == RECORDS
        assert unpacked(packed(record)) == record
        assert len(packed(record)) < len(record) / 2


@pytest.mark.parametrize("length", [0, 1, 3, 100, 5000, 200_000, 3_000_000])
def test_values_of_any_length_are_unpacked(length: int) -> None:
    for value in (b"x" * length, Random(length).randbytes(length), b"".join(b"%d" % n for n in range(length // 6))):
        assert unpacked(packed(value)) == value


def test_records_of_versions_before_are_read_as_they_are() -> None:
    assert unpacked(TOLD[0]) == TOLD[0]


def test_frames_of_versions_before_are_read_and_taken_off() -> None:
    zstd = library()
    setting = zstd.CompressionParameter
    for known in (0, 1):  # whether a frame tells its size: it did
        settings = {setting.compression_level: 3, setting.content_size_flag: known, setting.dict_id_flag: 0}
        dictionary = zstd.ZstdDict((DICTIONARIES / f"{RECORDS}.zdict").read_bytes())
        for record in (*TOLD, b"", b"x", b"ab" * 40, b"ab" * 200, b"ab" * 99_999, Random(1).randbytes(300)):
            framed = bytes((RECORDS,)) + zstd.compress(record, options=settings, zstd_dict=dictionary)[4:]
            assert unpacked(framed) == record
            assert unpacked(unframed(framed)) == record
            assert (unframed(framed)[0] == RECORDS | BARE) == (packed(record)[0] == RECORDS | BARE)


def test_what_a_later_version_packed_is_refused() -> None:
    with pytest.raises(UnknownPacking, match="dictionary 99"):
        unpacked(b"c" + packed(TOLD[0])[1:])


def test_threads_do_not_share_what_packs() -> None:
    many = [TOLD[n % 3] + b" " * n for n in range(3000)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda record: unpacked(packed(record)), many, chunksize=50)) == many
