"""When the newest of a page was written, whatever its order."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.base import moment
from models.records import EmailRecord
from tests.worker.ingest.emails import mail, meeting
from tests.worker.ingest.home import NOW
from worker.ingest.classify.mail import mail_time
from worker.ingest.copies.newest import newest_item

TIMES = st.none() | st.integers(-6 * 86400, 2 * 86400).map(lambda apart: NOW + timedelta(seconds=apart, milliseconds=9))


@given(st.lists(st.tuples(TIMES, TIMES), max_size=12))
def test_it_is_the_latest_of_all_that_is_not_ahead(times: list[tuple[datetime | None, datetime | None]]) -> None:
    page: list[EmailRecord] = [mail(sent_at=sent_at, received_at=received_at) for sent_at, received_at in times]
    written = [moment(at) for record in page if (at := mail_time(record)) is not None and moment(at) <= NOW]
    assert newest_item(page, NOW) == max(written, default=None)


def test_when_a_meeting_takes_place_says_nothing() -> None:
    assert newest_item([meeting(starts_at=NOW), mail(sent_at=NOW - timedelta(days=9))], NOW) == NOW - timedelta(days=9)
