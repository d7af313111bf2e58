"""What is packed is unpacked to the same bytes, also what versions before have stored; later packings are refused."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.packed import ASSESSMENTS, RECORDS, UnknownPacking, packed, unpacked
from tests.worker.ingest.emails import mail, meeting

TOLD = [msgspec.json.encode(one) for one in (mail("1"), meeting("2"), mail("3", subject="Zürich {\x01}" * 99))]


@given(st.binary(), st.sampled_from((RECORDS, ASSESSMENTS)))
def test_any_bytes_are_unpacked_as_they_were(value: bytes, dictionary: int) -> None:
    assert unpacked(packed(value, dictionary)) == value


def test_records_shrink_to_less_than_half() -> None:
    for record in TOLD:
        assert packed(record)[0] == RECORDS
        assert unpacked(packed(record)) == record
        assert len(packed(record)) < len(record) / 2


def test_records_of_versions_before_are_read_as_they_are() -> None:
    assert unpacked(TOLD[0]) == TOLD[0]


def test_what_a_later_version_packed_is_refused() -> None:
    with pytest.raises(UnknownPacking, match="dictionary 99"):
        unpacked(b"c" + packed(TOLD[0])[1:])


def test_threads_do_not_share_what_packs() -> None:
    many = [TOLD[n % 3] + b" " * n for n in range(3000)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda record: unpacked(packed(record)), many, chunksize=50)) == many
