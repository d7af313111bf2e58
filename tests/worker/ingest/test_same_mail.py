"""Several copies of one Message-ID: of one mail, or mails of their own where they disagree."""

from datetime import timedelta
from itertools import permutations
from time import process_time

import pytest

from models.records import EmailRecord, Mailbox
from tests.worker.ingest.emails import BOB, mail, sent
from tests.worker.ingest.home import ME, NOW
from worker.ingest.classify.accepted import Accepted
from worker.ingest.classify.classify import classify
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.identity import EXPORTED
from worker.ingest.copies.merge import clusters, interaction_ids

VIEW = Filters(ME, own=frozenset({ME}))
DAY = timedelta(days=1)


def accepted(record: EmailRecord) -> Accepted:
    answer = classify(record, VIEW)
    assert isinstance(answer, Accepted), answer
    return answer


def clustered(*records: EmailRecord) -> list[list[str | None]]:
    """The subjects that each thing consists of, earliest thing first."""
    return [[one.subject for one in thing] for thing in clusters([accepted(record) for record in records])]


EVE = tuple(Mailbox(f"x{n}@evil.example") for n in range(30))


@pytest.mark.parametrize(
    ("things", "records"),
    [
        (1, (mail(), mail(sent_at=NOW - 29 * DAY))),
        (2, (mail(), mail(sent_at=NOW - 27 * DAY))),
        (2, (mail(), mail(subject="zz You owe me"))),
        (2, (mail(), mail(to=(Mailbox(ME), *EVE)))),
        (2, (mail(cc=(Mailbox(BOB),)), mail())),
        (1, (mail(), mail(subject="[talk] Re: hello"), mail(subject=None))),
        (1, (sent(), sent(bcc=(Mailbox(BOB),)))),
        (2, (sent(), sent(subject="zz", cc=EVE))),
    ],
)
def test_copies_of_one_mail_that_disagree_are_mails_of_their_own(things: int, records: tuple[EmailRecord, ...]) -> None:
    for order in permutations(records):
        found = clusters([accepted(record) for record in order])
        names = interaction_ids("a" * 32, found)
        assert len(found) == len(set(names)) == things, clustered(*order)
        assert names[0] == "a" * 32
        assert all(EXPORTED.fullmatch(name) for name in names), "an export names them, and is read back"


def test_a_message_id_that_is_reused_often_costs_no_more_than_its_mails() -> None:
    alike = [accepted(mail(subject=str(n), cc=(Mailbox(f"x{n}@evil.example"),))) for n in range(4000)]

    def spent(size: int) -> float:
        start = process_time()
        assert len(clusters(alike[:size])) == size
        return process_time() - start

    assert min(spent(4000) for _ in range(3)) < 12 * min(spent(1000) for _ in range(3)) + 0.05
