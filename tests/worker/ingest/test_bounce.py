"""An email that came back undoes itself, whichever of the two is read first; a forged report undoes nothing."""

from itertools import permutations
from pathlib import Path

import pytest
from msgspec import structs

from models.records import EmailRecord, Mailbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, BEN, ME, live, mail, open_home

MINE = Mailbox(ME, "Me")
DAEMON = Mailbox("mailer-daemon@north.example", "Mail Delivery Subsystem")
EARLIER = [mail(1, ANNA, MINE, days=90), mail(2, MINE, ANNA, days=80)]
SENT = mail(3, MINE, ANNA, days=3)


def report(of: EmailRecord, failed: str, to: Mailbox = MINE) -> EmailRecord:
    back = mail(4, DAEMON, to, days=3)
    return structs.replace(back, in_reply_to=of.message_id, signals=("return-path=<>", f"failed={failed}"))


def silent(place: Path, records: list[EmailRecord]) -> int:
    runtime = open_home(place / "home")
    live(runtime, records)
    runtime.engine.dispose()
    [anna] = [one for one in Keepwarm(place / "home")("people", "--json").json if one["name"] == "Anna Berg"]
    days: int = anna["silent_days"]
    return days


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("failed", [ANNA.address, ""])
def test_what_came_back_is_no_contact(tmp_path: Path, order: tuple[int, ...], failed: str) -> None:
    records = [SENT, report(SENT, failed)]
    assert silent(tmp_path, [*EARLIER, *(records[i] for i in order)]) == 80


def test_only_whom_it_did_not_reach_was_not_reached(tmp_path: Path) -> None:
    both = mail(3, MINE, ANNA, BEN, days=3)
    assert silent(tmp_path, [*EARLIER, both, report(both, BEN.address)]) == 3


def test_a_report_to_somebody_else_or_of_an_email_that_never_was_undoes_nothing(tmp_path: Path) -> None:
    assert silent(tmp_path, [*EARLIER, SENT, report(SENT, ANNA.address, to=BEN)]) == 3


def test_a_report_the_providers_check_refuses_undoes_nothing(tmp_path: Path) -> None:
    forged = structs.replace(report(SENT, ANNA.address), dmarc="fail")
    assert silent(tmp_path, [*EARLIER, SENT, forged]) == 3


@pytest.mark.parametrize(("who", "days"), [(BEN, 3), (ANNA, 80)])
def test_a_recipient_says_nothing_of_those_elsewhere(tmp_path: Path, who: Mailbox, days: int) -> None:
    both = mail(3, MINE, ANNA, BEN, days=3)
    theirs = Mailbox(f"postmaster@{who.address.rpartition('@')[2]}")
    written = structs.replace(report(both, ANNA.address), sender=theirs)
    assert silent(tmp_path, [*EARLIER, both, written]) == days


@pytest.mark.parametrize("dmarc", [None, "pass", "none", "fail"])
@pytest.mark.parametrize("failed", [ANNA.address, ""])
def test_a_report_that_names_no_email_undoes_nothing_and_says_why(
    tmp_path: Path, failed: str, dmarc: str | None
) -> None:
    """Anybody who knows two addresses can write one; only who saw the email knows its Message-ID."""
    unnamed = structs.replace(report(SENT, failed), in_reply_to=None, dmarc=dmarc)
    assert silent(tmp_path, [*EARLIER, SENT, unnamed]) == 3
    [account] = Keepwarm(tmp_path / "home")("status", "--json").json
    reasons = {reason for stream in account["streams"] for reason in stream["skipped"]}
    assert reasons == {"bounce" if dmarc == "fail" else "bounce that doesn't say of which email"}
