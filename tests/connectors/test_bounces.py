"""Reports of failure: what Gmail, Exchange, Exim and Postfix write, and what only looks like one."""

import pytest

from connectors.headers import Beside, email_record
from connectors.mail.bounces import failed_recipients
from models.records import EmailRecord

DAEMON = {"from": "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "return-path": "<>"}
REPORT = "multipart/report; report-type=delivery-status; boundary=x"


@pytest.mark.parametrize(
    ("headers", "failed"),
    [
        (DAEMON | {"x-failed-recipients": "Hana@Bank.example", "subject": "Delivery Status Notification (Failure)"}, ("hana@bank.example",)),
        (DAEMON | {"content-type": REPORT, "subject": "Undelivered Mail Returned to Sender"}, ()),
        ({"from": "postmaster@bank.example", "content-type": REPORT, "subject": "Undeliverable: How are you?"}, ()),
        ({"from": "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@bank.example", "subject": "Unzustellbar: Hallo"}, ()),
        (DAEMON | {"x-failed-recipients": "a@x.example, b@x.example", "subject": "failure notice"}, ("a@x.example", "b@x.example")),
        (DAEMON | {"x-failed-recipients": "a@x.example", "subject": "Delivery Status Notification (Delay)"}, None),
        (DAEMON | {"content-type": REPORT, "subject": "Warning: message still undelivered after 4 hours"}, None),
        (DAEMON | {"content-type": REPORT, "subject": "Successful Mail Delivery Report"}, None),
        ({"from": "Hana <hana@bank.example>", "return-path": "<>", "content-type": "multipart/report; report-type=disposition-notification", "subject": "Read: How are you?"}, None),
        ({"from": "Hana <hana@bank.example>", "x-failed-recipients": "anna@north.example", "subject": "failure notice"}, None),
        ({"from": "Hana <hana@bank.example>", "subject": "Undeliverable: my last email"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_which_emails_report_a_failure_and_of_whom(headers: dict[str, str], failed: tuple[str, ...] | None) -> None:
    assert failed_recipients(headers) == failed


@pytest.mark.parametrize(
    ("headers", "about"),
    [
        (DAEMON | {"in-reply-to": "<sent@own.example>", "references": "<other@x.example>"}, "sent@own.example"),
        (DAEMON | {"references": "<root@x.example> <theirs@x.example>\n <sent@own.example>"}, "sent@own.example"),
        (DAEMON | {"references": "nonsense"}, None),
        (DAEMON, None),
        ({"from": "Hana <hana@bank.example>", "references": "<root@x.example> <sent@own.example>"}, None),
    ],
)
def test_which_email_came_back_is_told_by_the_last_reference(headers: dict[str, str], about: str | None) -> None:
    """Exim writes those of the email that failed, and at their end its own id (moan_write_references)."""
    made = email_record("1", headers | {"to": "me@own.example", "message-id": "<b@x.example>"}, Beside("here"))
    assert isinstance(made, EmailRecord)
    assert made.in_reply_to == about
