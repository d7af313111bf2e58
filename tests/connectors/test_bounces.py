"""Reports of failure: what Gmail, Exchange, Exim and Postfix write, and what only looks like one."""

import pytest

from connectors.mail.bounces import failed_recipients

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
