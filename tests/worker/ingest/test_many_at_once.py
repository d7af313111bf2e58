"""One page may teach more addresses than one statement of a database can name."""

import pytest

from models.history import Sighting
from models.people import Address
from models.records import Mailbox
from tests.worker.ingest.emails import mail, sent
from tests.worker.ingest.home import Home

MANY = 1_100


@pytest.mark.parametrize("before", [False, True])
def test_eleven_hundred_lists_in_one_page(before: bool) -> None:
    home = Home()
    page = [
        mail(
            str(number),
            message_id=f"m{number}@lists.example",
            sender=Mailbox(f"talk{number}@l{number}.example"),
            list_post=f"talk{number}@l{number}.example",
            signals=("list-id",),
        )
        for number in range(MANY)
    ]
    if before:  # they had been taken for people
        home.deliver([sent(f"s{number}", to=f"talk{number}@l{number}.example") for number in range(MANY)])
        home.recompute()
    home.deliver(page)
    home.recompute()
    assert len(home.rows(Sighting, "key")) == MANY * (1 + before)
    assert len(home.rows(Address, "address")) >= MANY


def test_eleven_hundred_own_addresses_at_once() -> None:
    home = Home()
    home.deliver([sent(str(number), sender=Mailbox(f"me{number}@o{number}.example")) for number in range(MANY)])
    home.recompute()
    assert len(home.rows(Sighting, "key")) == MANY
