"""The whole path over real HTTP: consent, first reading, every kind of change; what is stored is what happened.

What happened is in the made-up world, and for what these tests do to the account by the tests themselves, before
they do it. They share one account, to which one thing after another happens.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.errors import NeedsReauthorisation
from models.accounts import Account, StreamState, User
from models.enums import Provider
from models.history import Interaction, Participation, Sighting
from models.people import Address
from tests.connectors.gmail.test_consent import Browser
from tests.sandbox.google.agenda import guest, moment
from tests.sandbox.google.consent import approve
from tests.sandbox.google.fill import google_mailbox, happen
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.story import TrueInteraction
from tests.sandbox.world import World, meeting_identity
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import StreamProgress, sync

END = datetime(2026, 11, 20, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMITLESS = 10**9

Touches = dict[str, tuple[str, str, datetime]]


@dataclass
class Life:
    """An account at Google, what truly happened in it, and an installation of keepwarm that listens to it."""

    world: World
    google: GoogleSandbox
    mailbox: GoogleMailbox
    runtime: Runtime
    now: list[datetime]
    user: int = 0
    mails: int = 0
    expected: Touches = field(default_factory=dict)
    people: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def me(self) -> str:
        return self.mailbox.address

    def tell(self, *true: TrueInteraction) -> None:
        for one in true:
            if not one.via_list:  # a discussion list is a crowd: keepwarm skips it, and says so
                self.expected[one.identity] = (one.channel, one.direction, one.at)
                self.people[one.identity] = one.people

    def connect(self) -> None:
        browser = Browser(approve)
        self.user = connect_account(self.runtime, Provider.GMAIL, SignIn(browser), user_id=self.user or None).user_id
        browser.close()

    def sync(self) -> list[StreamProgress]:
        self.now[0] += HOUR
        return sync(self.runtime, self.user)

    def mail(self, *, out: bool, answers: str | None = None) -> tuple[list[tuple[str, str]], str]:
        """Write a mail between the user and Zoe; give its headers and its Message-ID."""
        self.mails += 1
        name = f"{self.mails}@zoe.example"
        people = (self.me, "zoe@zoe.example") if out else ("Zoe <zoe@zoe.example>", self.me)
        return plain_mail(people[0], [people[1]], self.now[0], name, reply_to=answers), name


pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def life(home: Path) -> Iterator[Life]:
    world = World(7, until=END, mails=350)
    mailbox = google_mailbox(world)
    now = [END]
    with GoogleSandbox([mailbox]) as google:
        google.quota.limits["gmail"] = LIMITLESS
        settings = Settings.model_validate({**google.settings(), "home": home, "google_units_per_minute": LIMITLESS})
        life = Life(world, google, mailbox, open_runtime(settings, clock=lambda: now[0]), now)
        life.tell(*world.truth)
        life.connect()
        assert all(stream.finished for stream in life.sync())
        yield life
        assert not google.failures


def stored(life: Life) -> tuple[Touches, dict[str, frozenset[str]]]:
    """What counts by now, by identity, and the people (not lists or rooms) in it."""
    people = defaultdict(set)
    found: Touches = {}
    names = {}
    with life.runtime.engine.connect() as connection:
        humans = set(connection.scalars(select(Address.address).where(Address.kind == "person")))
        for row in connection.execute(select(*Interaction.__table__.columns)):
            if row.counts_at <= life.now[0]:
                identity = names[row.id] = row.message_id or meeting_identity(row.ical_uid, row.recurrence_at)
                found[identity] = (row.channel, row.direction, row.occurred_at)
        parts = select(Interaction.id, Address.address).select_from(Participation).join(Interaction).join(Address)
        for key, address in connection.execute(parts):
            if key in names and address in humans:
                people[names[key]].add(address)
    return found, {key: frozenset(addresses) for key, addresses in people.items()}


def check(life: Life) -> None:
    """Hold what is stored against what happened."""
    found, people = stored(life)
    assert found == life.expected
    for key, (channel, _, _) in life.expected.items():
        # who declined stays a participant of the meeting, with that answer
        assert people[key] >= life.people[key] if channel == "meeting" else people[key] == life.people[key]


def test_a_first_reading(life: Life) -> None:
    check(life)
    with life.runtime.engine.connect() as connection:
        mail = connection.execute(select(StreamState).where(StreamState.name == "mail")).one()
        outcomes = connection.execute(
            select(Sighting.outcome, Sighting.reason).where(Sighting.stream_id == mail.id)
        ).all()
    assert mail.listed == len(outcomes)
    assert all(reason for outcome, reason in outcomes if outcome != "held")
    hidden = sum("SPAM" in message.labels for message in life.mailbox.messages.values())
    assert mail.listed == len(life.mailbox.messages) - hidden


def a_week_goes_by(life: Life) -> None:
    week = life.world.later(7)
    life.tell(*week.truth)
    life.now[0] = week.until
    happen(life.mailbox, week.mails, week.meetings, own={life.me, *life.world.aliases})


def a_mail_comes_and_is_answered(life: Life) -> None:
    asked, question = life.mail(out=False)
    life.expected[question], life.people[question] = ("email", "in", life.now[0]), frozenset({"zoe@zoe.example"})
    life.mailbox.deliver(asked, life.now[0])
    answered, answer = life.mail(out=True, answers=question)
    life.expected[answer], life.people[answer] = ("email", "out", life.now[0]), frozenset({"zoe@zoe.example"})
    life.mailbox.send(answered, life.now[0])


def a_draft_is_written_and_left(life: Life) -> None:
    life.mailbox.save_draft(life.mail(out=True)[0], life.now[0])


def a_draft_is_sent(life: Life) -> None:
    headers, name = life.mail(out=True)
    draft = life.mailbox.save_draft(headers, life.now[0])
    assert all(stream.finished for stream in life.sync())
    check(life)
    life.expected[name], life.people[name] = ("email", "out", life.now[0] - HOUR), frozenset({"zoe@zoe.example"})
    life.mailbox.draft_sent(draft)


def held_mail(life: Life) -> str:
    """The id at Google of a mail that counts."""
    message_ids = {f"<{identity}>" for identity, (channel, _, _) in life.expected.items() if channel == "email"}
    return next(
        message.id
        for message in life.mailbox.messages.values()
        if any(name == "Message-ID" and value in message_ids for name, value in message.headers)
    )


def a_mail_is_put_in_the_trash(life: Life) -> None:
    life.mailbox.trash(held_mail(life))  # it happened all the same


def a_mail_is_deleted_for_good(life: Life) -> None:
    life.mailbox.delete(held_mail(life))  # it happened all the same


def a_mail_is_starred(life: Life) -> None:
    life.mailbox.label(held_mail(life), add=["STARRED"])


def a_mail_turns_out_to_be_spam(life: Life) -> None:
    id_ = held_mail(life)
    (name,) = (value.strip("<>") for key, value in life.mailbox.messages[id_].headers if key == "Message-ID")
    del life.expected[name]
    life.mailbox.label(id_, add=["SPAM"], remove=["INBOX", "SENT"])


def somebody_chats(life: Life) -> None:
    life.mailbox.deliver(life.mail(out=False)[0], life.now[0], labels=["CHAT"])


def spam_arrives(life: Life) -> None:
    life.mailbox.deliver(life.mail(out=False)[0], life.now[0], labels=["SPAM"])


def an_offer_arrives(life: Life) -> None:
    headers, offer = life.mail(out=False)  # of a person: wherever Gmail files it, it counts
    life.expected[offer], life.people[offer] = ("email", "in", life.now[0]), frozenset({"zoe@zoe.example"})
    life.mailbox.deliver(headers, life.now[0], labels=["INBOX", "CATEGORY_PROMOTIONS"])


def an_offer_is_answered(life: Life) -> None:
    headers, offer = life.mail(out=False)
    life.mailbox.deliver(headers, life.now[0], labels=["INBOX", "CATEGORY_PROMOTIONS"])
    life.expected[offer], life.people[offer] = ("email", "in", life.now[0]), frozenset({"zoe@zoe.example"})
    answered, answer = life.mail(out=True, answers=offer)
    life.expected[answer], life.people[answer] = ("email", "out", life.now[0]), frozenset({"zoe@zoe.example"})
    life.mailbox.send(answered, life.now[0])


def lunch(life: Life, id_: str, at: datetime) -> None:
    shown = {
        "id": id_,
        "iCalUID": f"{id_}@google.com",
        "summary": "Lunch",
        "start": moment(at),
        "end": moment(at + HOUR),
        "organizer": {"email": life.me, "self": True},
        "attendees": [guest(life.me, "accepted", self=True), guest("zoe@zoe.example", "accepted", "Zoe")],
    }
    life.mailbox.agenda.primary.put(shown)


def a_meeting_is_held_later_than_booked(life: Life) -> None:
    lunch(life, "lunch", life.now[0] + 2 * HOUR)
    assert all(stream.finished for stream in life.sync())
    check(life)  # it has not happened yet
    at = life.now[0] + 5 * HOUR
    life.expected["lunch@google.com"] = ("meeting", "mutual", at)
    life.people["lunch@google.com"] = frozenset({"zoe@zoe.example"})
    life.mailbox.agenda.primary.move("lunch", at, at + HOUR)
    life.now[0] = at + HOUR


def a_meeting_is_cancelled(life: Life) -> None:
    lunch(life, "dinner", life.now[0] + 2 * HOUR)
    assert all(stream.finished for stream in life.sync())
    life.mailbox.agenda.primary.cancel("dinner")
    life.now[0] += 5 * HOUR


def one_of_a_series_is_cancelled(life: Life) -> None:
    series = {
        "id": "weekly",
        "iCalUID": "weekly@google.com",
        "organizer": {"email": "zoe@zoe.example"},
        "attendees": [guest(life.me, "accepted", self=True), guest("zoe@zoe.example", "accepted", organizer=True)],
    }
    starts = [life.now[0] + timedelta(days=7 * number) for number in range(1, 4)]
    ids = life.mailbox.agenda.primary.add_series(series, starts, HOUR, "FREQ=WEEKLY;COUNT=3")
    assert all(stream.finished for stream in life.sync())
    for start in (starts[0], starts[2]):
        identity = meeting_identity("weekly@google.com", start)
        life.expected[identity], life.people[identity] = ("meeting", "mutual", start), frozenset({"zoe@zoe.example"})
    life.mailbox.agenda.primary.cancel(ids[1])
    month = life.world.later(28)
    life.now[0] = max(month.until, starts[2] + 2 * HOUR)  # whatever other tests of this life have run before
    life.tell(*month.truth)
    happen(life.mailbox, month.mails, month.meetings, own={life.me, *life.world.aliases})


def all_cursors_expire(life: Life) -> None:
    a_mail_comes_and_is_answered(life)
    life.mailbox.expire_cursors()


@pytest.mark.parametrize(
    "happens",
    [
        a_week_goes_by,
        a_mail_comes_and_is_answered,
        a_draft_is_written_and_left,
        a_draft_is_sent,
        a_mail_is_put_in_the_trash,
        a_mail_is_deleted_for_good,
        a_mail_is_starred,
        a_mail_turns_out_to_be_spam,
        somebody_chats,
        spam_arrives,
        an_offer_arrives,
        an_offer_is_answered,
        a_meeting_is_held_later_than_booked,
        a_meeting_is_cancelled,
        one_of_a_series_is_cancelled,
        all_cursors_expire,
    ],
)
def test_what_happens_is_what_is_stored(life: Life, happens: Callable[[Life], None]) -> None:
    happens(life)
    assert all(stream.finished for stream in life.sync())
    check(life)


def test_a_revoked_account_waits_for_the_person_and_fills_the_gap_when_it_is_connected_again(life: Life) -> None:
    life.google.revoke(life.me)
    life.google.authorization.end_access_tokens()
    a_mail_comes_and_is_answered(life)
    life.sync()
    with life.runtime.engine.connect() as connection:
        account = connection.execute(select(Account.state, Account.trouble)).one()
    assert account.state == "needs_person"
    assert "onnect the account again" in account.trouble
    life.connect()
    assert all(stream.finished for stream in life.sync())
    check(life)
    with life.runtime.engine.connect() as connection:
        assert len(connection.scalars(select(Account.id)).all()) == 1


def test_a_refusal_stores_nothing(life: Life, tmp_path: Path) -> None:
    settings = life.runtime.settings.model_copy(update={"home": tmp_path})
    runtime = open_runtime(settings, clock=lambda: END)
    with closing(Browser(lambda url: approve(url, deny=True))) as browser, pytest.raises(NeedsReauthorisation):
        connect_account(runtime, Provider.GMAIL, SignIn(browser))
    with runtime.engine.connect() as connection:
        assert not connection.scalars(select(Account.id)).all()
        assert not connection.scalars(select(User.id)).all()
    runtime.engine.dispose()


def test_no_secret_lies_about_in_the_clear(life: Life, home: Path) -> None:
    life.google.authorization.end_access_tokens()
    a_mail_comes_and_is_answered(life)
    life.sync()
    life.runtime.engine.dispose()
    secrets = [life.google.client_secret, *life.google.authorization.refresh, *life.google.authorization.access]
    assert len(secrets) >= 3
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], path
