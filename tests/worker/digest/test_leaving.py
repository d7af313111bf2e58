"""No more digests: by the mail a letter's own way out writes, or by a command; and again, by a command."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from models.accounts import User
from models.enums import Place
from models.records import EmailRecord, Mailbox
from tests.worker.digest.correspondents import ME, MONDAY, PROVIDERS, Correspondent, connected
from tests.worker.digest.test_send_account import go_out
from tests.worker.ingest.home import Home
from worker.app.runtime import Runtime
from worker.decisions.preferences import DigestPreferences, preferences_of, set_preferences
from worker.digest.deliver.offers.unsubscribe import unsubscribe_subject
from worker.digest.deliver.send import Sent
from worker.storage.transactions import reading, writing

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


@pytest.fixture(params=PROVIDERS)
def reader(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Correspondent]:
    """Somebody with a letter in their inbox that went through their account."""
    with connected(request.param, tmp_path, monkeypatch) as reader:
        reader.allow(reader.user)
        reader.clock.now = MONDAY
        reader.read()
        assert go_out(reader) is Sent.SENT
        yield reader


def unsubscribe_subject_for(reader: Correspondent) -> tuple[str, str]:
    """To whom, and with which subject, a mail program writes that takes the letter's way out."""
    header = message_from_bytes(reader.outgoing[-1], policy=default)["List-Unsubscribe"].strip()
    link = urlsplit(header.strip("<>"))
    assert link.scheme == "mailto"
    return unquote(link.path), parse_qs(link.query)["subject"][0]


def wanted(runtime: Runtime, user: int) -> bool:
    with reading(runtime.engine) as connection:
        return preferences_of(connection, user).wanted


@pytest.mark.parametrize("keep_subjects", [True, False])
def test_the_way_out_switches_digests_off_and_a_command_on_again(reader: Correspondent, *, keep_subjects: bool) -> None:
    settings = reader.runtime.settings.model_copy(update={"keep_subjects": keep_subjects})
    reader.runtime = Runtime(settings, reader.runtime.engine, reader.clock)
    to, words = unsubscribe_subject_for(reader)
    assert to == ME
    reader.clock.now += HOUR
    reader.write(to, words, reader.clock.now)
    reader.clock.now += HOUR
    reader.read()
    assert not wanted(reader.runtime, reader.user)
    reader.clock.now = MONDAY + WEEK
    reader.read()
    assert go_out(reader) is Sent.NOT_DUE

    # Asked for again, it comes again, although the old mail is still there and is read once more
    with writing(reader.runtime.engine) as connection:
        assert str(set_preferences(connection, reader.user, reader.clock.now, wanted=True)) == "Mondays at 07:00 (UTC)"
    reader.clock.now += HOUR
    reader.read(full=True)
    assert wanted(reader.runtime, reader.user)

    # And the way out of any letter still leads out
    reader.write(to, words, reader.clock.now)
    reader.clock.now += HOUR
    reader.read()
    assert not wanted(reader.runtime, reader.user)


def mail(key: str, words: str, sender: str = ME, place: Place = Place.SENT) -> EmailRecord:
    return EmailRecord(
        key=key, message_id=f"{key}@x.example", sender=Mailbox(sender), to=(Mailbox(ME),), subject=words, place=place,
        sent_at=MONDAY, received_at=MONDAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    "forged",
    [
        mail("1", unsubscribe_subject("w0rd"), place=Place.ORDINARY),  # anybody can write a From
        mail("2", unsubscribe_subject("w0rd"), sender="eve@evil.example"),
        mail("3", unsubscribe_subject("guess")),
        mail("4", unsubscribe_subject("")),
        mail("5", "Re: " + unsubscribe_subject("w0rd")),
        mail("6", unsubscribe_subject("w0rd w0rd")),
        mail("7", "w0rd"),
    ],
    ids=lambda one: one.key,
)
def test_nobody_else_can_switch_them_off(engine: Engine, forged: EmailRecord) -> None:
    home = Home(engine, me=ME)
    with writing(engine) as connection:
        connection.execute(update(User).where(User.id == home.user).values(unsubscribe_token="w0rd"))
    home.deliver([forged])
    assert wanted(home.runtime, home.user)
    home.deliver([mail("8", unsubscribe_subject("w0rd"))])
    assert not wanted(home.runtime, home.user)


def test_a_letter_whose_reader_keepwarm_does_not_hear_offers_no_way_out_by_mail(engine: Engine) -> None:
    from worker.digest.deliver.offers.unsubscribe import unsubscribe_subject_for as offered

    home = Home(engine, me=ME)  # an archive: what its owner sends tomorrow is never seen
    assert offered(home.runtime, home.user, ME) is None
    with reading(engine) as connection:
        assert connection.scalars(select(User.unsubscribe_token)).all() == [None]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weekday": 4, "hour": 18, "zone": "Europe/Zurich"}, "Fridays at 18:00 (Europe/Zurich)"),
        ({"wanted": False}, "never"),
        ({"wanted": True}, "Mondays at 07:00 (UTC)"),
        ({"hour": 0}, "Mondays at 00:00 (UTC)"),
    ],
)
def test_a_wish(engine: Engine, change: dict[str, object], said: str) -> None:
    home = Home(engine)
    with writing(engine) as connection:
        assert str(set_preferences(connection, home.user, MONDAY, **change)) == said  # type: ignore[arg-type]  # as the cases have it
        assert str(preferences_of(connection, home.user)) == said
        again = set_preferences(connection, home.user, MONDAY, wanted=True)
    assert again.wanted
    assert again.weekday == (4 if "weekday" in change else 0)


def test_days_outside_the_week_are_never() -> None:
    assert [str(DigestPreferences(weekday, 7, "UTC")) for weekday in (-1, 7, 99)] == ["never"] * 3
