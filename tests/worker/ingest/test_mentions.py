"""Which records mention an address: however it is written, and also where only its looks tell."""

import msgspec
import pytest

from models.records import Mailbox
from tests.worker.ingest.emails import mail
from worker.addresses.canonical import canonical
from worker.ingest.mentions import mentions


@pytest.mark.parametrize(
    ("wanted", "written", "found"),
    [
        ("bob@two.example", "bob@two.example", True),
        ("bob@two.example", "bob+news@two.example", True),
        ("bob@two.example", "BOB@two.example", True),
        ("bob@two.example", "bob@two.example.org", False),
        ("bob@two.example", "eve@two.example", False),
        ("@two.example", "anybody@two.example", True),
        ("@two.example", "anybody@three.example", False),
        ("ab.c+x@googlemail.com", "a.b.c@gmail.com", True),
        ("bücher@bücher.example", "bücher@bücher.example", True),
        ("li@例え.テスト", "li@例え.テスト", True),
        ('a"b@two.example', 'a"b@two.example', True),
        (r"a\b@two.example", r"a\b@two.example", True),
    ],
)
def test_a_mailbox_is_found_however_it_is_written(wanted: str, written: str, found: bool) -> None:
    record = msgspec.json.encode(mail("1", sender=Mailbox(written, "Somebody")))
    assert mentions([canonical(wanted)])(record) == found
