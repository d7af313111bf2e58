"""What the receiving provider says of a sender is read, and nothing that a sender could write beside it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.gmail import parse
from connectors.mail.authentication import dmarc_verdict
from connectors.outlook.api.wire import NO_HEADERS, Message, Recipient
from connectors.outlook.mail.headers import headers_in
from connectors.outlook.parse import email_record
from models.enums import Place
from models.records import EmailRecord

GOOGLE = "mx.google.com"
PASSED = (
    "mx.google.com;\r\n       dkim=pass header.i=@bo.example header.s=s1 header.b=abc;\r\n       spf=pass (google.com: "
    "domain of bo@bo.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=bo@bo.example;\r\n"
    "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bo.example"
)


@pytest.mark.parametrize(
    ("value", "server", "verdict"),
    [
        (PASSED, GOOGLE, "pass"),
        (PASSED.replace("dmarc=pass", "dmarc=FAIL"), GOOGLE, "fail"),
        (PASSED.replace("mx.google.com;", "mx.evil.example;", 1), GOOGLE, None),
        (PASSED.replace("dmarc=pass", "dmarc = none"), GOOGLE, "none"),
        ("mx.google.com 1; dmarc=temperror header.from=x", GOOGLE, "temperror"),
        ("mx.google.com; spf=neutral (google.com: dmarc=pass) smtp.mailfrom=x; dmarc=fail", GOOGLE, "fail"),
        ('mx.google.com; spf=none smtp.mailfrom="; dmarc=pass"@x; dmarc=fail', GOOGLE, "fail"),
        ("mx.google.com; spf=none (a (b; dmarc=pass) c); dmarc=fail", GOOGLE, "fail"),
        ("mx.google.com; none", GOOGLE, None),
        ("", GOOGLE, None),
        ("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=bo.example; dkim=pass; dmarc=fail action=none", None, "fail"),
        ("dmarc=bestguesspass action=none header.from=x;compauth=pass reason=109", None, "bestguesspass"),
    ],
)
def test_the_verdict(value: str, server: str | None, verdict: str | None) -> None:
    assert dmarc_verdict(value, server) == verdict


@given(st.text(max_size=200), st.sampled_from([None, GOOGLE]))
def test_whatever_it_holds(value: str, server: str | None) -> None:
    assert dmarc_verdict(value, server) is None or dmarc_verdict(value, server)


ADDRESS = st.text(st.characters(exclude_characters=';"()\\', codec="ascii"), max_size=30)


@given(ADDRESS, ADDRESS)
def test_no_address_or_comment_of_a_sender_changes_it(comment: str, address: str) -> None:
    value = f"mx.google.com; spf=fail ({comment}; dmarc=pass) smtp.mailfrom={address}; dmarc=fail header.from=x"
    assert dmarc_verdict(value, GOOGLE) == "fail"


def gmail(*headers: tuple[str, str], labels: tuple[str, ...] = ("INBOX",)) -> EmailRecord:
    pairs = [{"name": name, "value": value} for name, value in (*headers, ("From", "bo@bo.example"))]
    record = parse.mail({"id": "1", "labelIds": list(labels), "payload": {"headers": pairs}})
    assert isinstance(record, EmailRecord)
    return record


def test_gmail_tells_what_it_found_and_what_was_sent() -> None:
    forged = ("Authentication-Results", "mx.google.com; dmarc=pass")
    failed = ("Authentication-Results", PASSED.replace("dmarc=pass", "dmarc=fail"))
    assert gmail(failed, forged).dmarc == "fail"
    assert gmail().dmarc is None
    assert gmail(("authentication-results", "mx.elsewhere.example; dmarc=pass"), forged).dmarc is None
    assert not gmail().sent_here
    assert gmail(labels=("SENT", "TRASH")).sent_here
    assert "authentication-results" in parse.HEADERS


@pytest.mark.parametrize(
    ("place", "headers", "sent"),
    [(Place.SENT, False, True), (Place.SENT, True, False), (Place.ORDINARY, False, False)],
)
def test_outlook_tells_what_it_found_and_what_was_sent(place: Place, headers: bool, sent: bool) -> None:
    shown = [
        {"name": "Received", "value": "from x"},
        {"name": "Authentication-Results", "value": "spf=fail; dmarc=fail action=quarantine"},
        {"name": "Authentication-Results", "value": "mx.evil.example; dmarc=pass"},
    ]
    raw = msgspec.Raw(msgspec.json.encode(shown)) if headers else NO_HEADERS
    record = email_record(Message("1", from_=Recipient(), headers=raw), place)
    assert record.sent_here is sent
    assert record.dmarc == ("fail" if headers else None)
    assert headers_in(msgspec.Raw(msgspec.json.encode(shown)))["authentication-results"].startswith("spf=fail")
