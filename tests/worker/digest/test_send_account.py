"""The digest through the reader's own account, from consent to inbox and back: once, to itself, and never contact."""

import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import func, select

from connectors.errors import NeedsReauthorisation
from models.accounts import Account, SendingConsent, StreamState, User
from models.enums import Provider
from models.history import Interaction, Sighting
from models.judgement import StoredDigest
from models.people import Address, OwnAddress
from tests.sandbox.google.consent import approve
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.http import HangUp, Response
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.digest.correspondents import ANNA, ME, MONDAY, PROVIDERS, Correspondent, connected
from worker.accounts.providers import SignIn
from worker.accounts.senders import consent_of, drop_consent
from worker.accounts.sending_consent import allow_sending
from worker.accounts.store import UnknownAccount, disconnect
from worker.app.runtime import Runtime
from worker.digest.compose import compose
from worker.digest.deliver.errors import NotSent, Unsure
from worker.digest.deliver.message import addressed
from worker.digest.deliver.send import Sent, send_due
from worker.digest.history import MAIL, note
from worker.storage.transactions import reading

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=PROVIDERS)
def reader(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Correspondent]:
    with connected(request.param, tmp_path, monkeypatch) as reader:
        yield reader


def go_out(reader: Correspondent) -> Sent:
    return send_due(reader.runtime, reader.user, compose, note)


def headers(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def digests(runtime: Runtime) -> list[tuple[bool, int]]:
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(StoredDigest.sent_at, StoredDigest.uncertain_deliveries).order_by(StoredDigest.period)
        )
        return [(row.sent_at is not None, row.uncertain_deliveries) for row in rows]


def test_the_digest_goes_from_the_account_to_itself_and_is_no_contact(reader: Correspondent) -> None:
    # Given somebody who allowed their account to send, and whose mailbox is read up to the hour
    assert reader.allow(reader.user) == ME
    reader.clock.now = MONDAY
    reader.read()
    with reading(reader.runtime.engine) as connection:
        before = (
            connection.scalar(select(func.count()).select_from(Interaction)),
            set(connection.scalars(select(Address.address))),
            set(connection.scalars(select(OwnAddress.address))),
            connection.scalar(select(User.name)),
        )

    # When the digest is due
    assert go_out(reader) is Sent.SENT
    assert go_out(reader) is Sent.NOT_DUE

    # Then one mail went out, to the account itself and nobody else
    (raw,) = reader.outgoing
    mail = headers(raw)
    assert (mail["From"].addresses[0].addr_spec, mail["To"].addresses[0].addr_spec) == (ME, ME)
    assert len(mail["To"].addresses) == 1
    assert mail["Cc"] is mail["Bcc"] is None
    assert "http" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]  # nothing that could track
    assert digests(reader.runtime) == [(True, 0)]

    # And when keepwarm sees it in the mailbox, it is skipped with a reason, and teaches nothing
    reader.clock.now += 10 * MINUTE
    reader.read()
    with reading(reader.runtime.engine) as connection:
        after = (
            connection.scalar(select(func.count()).select_from(Interaction)),
            set(connection.scalars(select(Address.address))),
            set(connection.scalars(select(OwnAddress.address))),
            connection.scalar(select(User.name)),
        )
        seen = [
            row.reason
            for row in connection.execute(select(Sighting.record, Sighting.reason))
            if MAIL.decode(row.record).subject == mail["Subject"]
        ]
    assert seen
    assert set(seen) == {"to oneself"}
    assert after == before
    assert before[1] == {ANNA}
    assert before[3] == ""


def test_without_being_asked_for_nothing_is_sent_through_the_account(reader: Correspondent) -> None:
    reader.clock.now = MONDAY
    reader.read()
    with pytest.raises(NotSent, match=r"digest\.not_set_up"):
        go_out(reader)
    assert not reader.outgoing
    with reading(reader.runtime.engine) as connection:
        assert consent_of(connection, reader.user) is None
        (scopes,) = connection.scalars(select(Account.scopes))
    assert "send" not in scopes.lower()


def with_server(reader: Correspondent, place: Path) -> None:
    """Let the installation have another way to send, and another address to send to."""
    other = {"smtp_url": SecretStr(place.as_uri()), "digest_to": "all@elsewhere.example"}
    settings = reader.runtime.settings.model_copy(update=other)
    reader.runtime = Runtime(settings, reader.runtime.engine, reader.runtime.clock)


def test_the_choice_of_the_account_comes_before_the_mail_server_and_its_recipient(
    reader: Correspondent, tmp_path: Path
) -> None:
    with_server(reader, tmp_path / "letters")
    reader.waits()
    assert go_out(reader) is Sent.SENT
    assert [headers(raw)["To"] for raw in reader.outgoing] == [ME]
    assert not (tmp_path / "letters").exists()


def test_a_letter_made_for_the_account_goes_the_other_way_once_that_is_chosen(
    reader: Correspondent, tmp_path: Path
) -> None:
    with_server(reader, tmp_path / "letters")
    reader.waits()
    reader.revoke_sending()
    with pytest.raises(NotSent):
        go_out(reader)
    assert drop_consent(reader.runtime, reader.user)
    assert go_out(reader) is Sent.SENT
    assert not reader.outgoing
    assert [page.suffix for page in (tmp_path / "letters").iterdir()] == [".html"]


def test_an_answer_that_was_lost_is_found_among_the_sent_mail_and_nothing_comes_twice(reader: Correspondent) -> None:
    reader.waits()
    reader.lose_answer()
    with pytest.raises(Unsure):
        go_out(reader)
    reader.clock.now += MINUTE
    assert go_out(reader) is Sent.AWAITED
    reader.clock.now += 5 * MINUTE
    reader.read()
    assert go_out(reader) is Sent.NOT_DUE
    assert len(reader.outgoing) == 1
    assert digests(reader.runtime) == [(True, 0)]


def test_killed_when_gmail_had_taken_it_nothing_comes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected("gmail", tmp_path, monkeypatch) as reader:
        reader.waits()
        google = reader.service
        assert isinstance(google, GoogleSandbox)
        victims: list[subprocess.Popen[bytes]] = []

        def kill(_: Response) -> Response:
            victims[0].kill()
            victims[0].wait()
            raise HangUp

        google.faults.then(kill)
        current = reader.runtime.settings
        settings = {
            f"KEEPWARM_{name.upper()}": str(getattr(current, name))
            for name in ("google_client_id", "google_auth_uri", "google_token_uri", "google_api_root")
        } | {"KEEPWARM_GOOGLE_CLIENT_SECRET": current.google_client_secret.get_secret_value()}
        with google.lock:  # nothing is answered until it is known whom to kill
            victims.append(Keepwarm(tmp_path).started("digest", "--send", now=MONDAY.isoformat(), **settings))
        assert victims[0].wait(120) == -signal.SIGKILL
        for pipe in (victims[0].stdout, victims[0].stderr):
            assert pipe is not None
            pipe.close()
        with google.lock:  # it takes the mail before it lets go of what it answers
            taken = len(reader.outgoing)
        assert taken == 1
        reader.clock.now += MINUTE
        assert go_out(reader) is Sent.AWAITED
        reader.clock.now += 5 * MINUTE
        reader.read()
        assert go_out(reader) is Sent.NOT_DUE
        assert len(reader.outgoing) == 1
        assert digests(reader.runtime) == [(True, 0)]


def test_a_mailbox_that_cannot_be_read_is_not_waited_for_for_ever_and_the_doubt_is_counted(
    reader: Correspondent,
) -> None:
    reader.waits()
    reader.lose_answer()
    with pytest.raises(Unsure):
        go_out(reader)
    reader.clock.now += timedelta(hours=2)
    assert go_out(reader) is Sent.SENT
    assert len(reader.outgoing) == 2
    assert reader.outgoing[0] == reader.outgoing[1]
    assert digests(reader.runtime) == [(True, 1)]


def test_a_withdrawn_consent_says_what_to_do_and_reading_goes_on(reader: Correspondent) -> None:
    reader.waits()
    reader.revoke_sending()
    with pytest.raises(NotSent, match=r"digest\.not_allowed"):
        go_out(reader)
    reader.read()
    with reading(reader.runtime.engine) as connection:
        consent = consent_of(connection, reader.user)
        assert consent is not None
        assert "Allow it again with `keepwarm connect" in str(consent.trouble)
        assert connection.scalars(select(Account.state)).all() == ["active"]
        assert set(connection.scalars(select(StreamState.failures))) == {0}
    assert digests(reader.runtime) == [(False, 0)]


def test_allowing_it_again_sends_what_had_to_wait(reader: Correspondent) -> None:
    reader.waits()
    reader.revoke_sending()
    with pytest.raises(NotSent):
        go_out(reader)
    reader.relent()
    reader.allow(reader.user)
    assert go_out(reader) is Sent.SENT
    assert len(reader.outgoing) == 1
    with reading(reader.runtime.engine) as connection:
        assert connection.scalars(select(SendingConsent.trouble)).all() == [None]


def test_a_disconnected_account_may_not_send(reader: Correspondent) -> None:
    with reading(reader.runtime.engine) as connection:
        (account,) = connection.scalars(select(Account.id))
    reader.allow(reader.user)
    disconnect(reader.runtime, reader.user, account, erase=False)
    with reading(reader.runtime.engine) as connection:
        assert not connection.scalars(select(SendingConsent.user_id)).all()
    with pytest.raises(UnknownAccount, match=r"account\.none_to_send"):
        reader.allow(reader.user)


@given(
    names=st.lists(st.tuples(st.sampled_from(["To", "Cc", "Bcc"]), st.emails()), max_size=4),
    words=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=200),
)
def test_whatever_mail_lies_in_the_outbox_it_goes_to_one_address(names: list[tuple[str, str]], words: str) -> None:
    current = EmailMessage()
    current["From"], current["Message-ID"] = "other@x.example", "<kept@x.example>"
    for name in ("To", "Cc", "Bcc"):
        if boxes := ", ".join(box for kind, box in names if kind == name):
            current[name] = boxes
    current.set_content(words)
    gone = addressed(current.as_bytes(), sender=ME, to=ME)
    mail = headers(gone)
    assert [
        box.addr_spec for name in ("To", "Cc", "Bcc") for field in mail.get_all(name, []) for box in field.addresses
    ] == [ME]
    assert mail["From"].addresses[0].addr_spec == ME
    assert mail["Message-ID"] == "<kept@x.example>"
    assert addressed(gone, sender=ME, to=ME) == gone


def test_another_account_chosen_in_the_browser_stores_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected("gmail", tmp_path, monkeypatch, others=["other@mine.example"]) as reader:
        with pytest.raises(NeedsReauthorisation, match=f"chosen='other@mine.example' connected='{ME}'"):
            allow_sending(
                reader.runtime,
                reader.user,
                Provider.GMAIL,
                SignIn(lambda url: approve(url, account="other@mine.example")),
            )
        with reading(reader.runtime.engine) as connection:
            assert consent_of(connection, reader.user) is None
