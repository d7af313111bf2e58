"""Each kind of change in a mailbox, and what the connector says of it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from connectors.errors import CursorExpired, TokenRevoked
from connectors.gmail.connector import MAIL, GmailConnector
from connectors.gmail.rate_limit import Units
from models.enums import Place
from models.records import Deferred, EmailRecord, Mailbox, Tombstone
from tests.connectors.gmail.accounts import ADA, Clock, connector, granted, read
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BO = "Bo Berg <bo@example.net>"


@pytest.fixture
def account(google: GoogleSandbox, clock: Clock) -> Iterator[GmailConnector]:
    with closing(connector(google, clock)) as made:
        yield made


class Post:
    """Writes mails into the mailbox, an hour apart."""

    def __init__(self, mailbox: GoogleMailbox) -> None:
        self.mailbox = mailbox
        self.count = 0

    def mail(self, *, to_me: bool = True, answers: str | None = None) -> tuple[list[tuple[str, str]], datetime]:
        self.count += 1
        at = NOON + timedelta(hours=self.count)
        people = (BO, ADA) if to_me else (ADA, BO)
        return plain_mail(people[0], [people[1]], at, f"{self.count}@example.net", reply_to=answers), at

    def arrives(self, *labels: str, answers: str | None = None) -> str:
        headers, at = self.mail(answers=answers)
        return self.mailbox.deliver(headers, at, labels=labels or ("INBOX", "UNREAD"))

    def sent(self, answers: str | None = None) -> str:
        headers, at = self.mail(to_me=False, answers=answers)
        return self.mailbox.send(headers, at)


@pytest.fixture
def post(mailbox: GoogleMailbox) -> Post:
    return Post(mailbox)


def test_a_mail_is_read_with_its_headers_and_nothing_else(account: GmailConnector, post: Post) -> None:
    key = post.arrives()
    (record,) = read(account, MAIL).of(EmailRecord)
    assert record.key == record.thread == key
    assert record.message_id == "1@example.net"
    assert record.sender == Mailbox("bo@example.net", "Bo Berg")
    assert record.received_at == record.sent_at == NOON + timedelta(hours=1)
    assert record.subject == "Hello"


def test_sent_mail_and_its_threads_come_first_and_categories_are_only_named(
    google: GoogleSandbox, account: GmailConnector, post: Post
) -> None:
    asked = post.arrives()  # 1, answered below
    other = post.arrives()
    promotion = post.arrives("INBOX", "CATEGORY_PROMOTIONS")
    update = post.arrives("INBOX", "CATEGORY_UPDATES")  # 4, answered below
    answers = [post.sent("1@example.net"), post.sent("4@example.net")]
    reading = read(account, MAIL)
    keys = [record.key for record in reading.records]
    assert set(keys[:4]) == {asked, update, *answers}
    assert keys[4:] == [other, promotion]
    assert reading.of(Deferred) == [Deferred(promotion, "promotions")]
    assert google.quota.refused == 0


def test_every_listed_mail_is_told_exactly_once_and_counted(account: GmailConnector, post: Post) -> None:
    for number in range(30):
        post.arrives("INBOX", *(["CATEGORY_SOCIAL"] if number % 3 else []))
    post.mailbox.save_draft(*post.mail(to_me=False))
    reading = read(account, MAIL)
    assert len(reading.records) == len(reading.held) == reading.pages[-1].listed == 31


def test_drafts_and_chats_are_named_without_being_fetched(
    google: GoogleSandbox, account: GmailConnector, post: Post
) -> None:
    draft = post.mailbox.save_draft(*post.mail(to_me=False))
    chat = post.arrives("CHAT")
    spam = post.arrives("SPAM")
    assert read(account, MAIL).held == {
        draft: EmailRecord(draft, thread=draft, place=Place.DRAFT),
        chat: EmailRecord(chat, thread=chat, place=Place.CHAT),
    }
    assert spam in post.mailbox.messages
    assert google.quota.calls["gmail.messages.get"] == 1  # the look at how far back the list goes


def test_mail_before_the_horizon_is_not_fetched(google: GoogleSandbox, clock: Clock, post: Post) -> None:
    keys = [post.arrives() for _ in range(60)]
    with closing(connector(google, clock, listing=10)) as account:
        reading = read(account, MAIL, since=NOON + timedelta(hours=40.5))
    assert set(reading.held) == set(keys[40:])
    assert google.quota.calls["gmail.messages.get"] <= 20 + 12


def test_a_new_mail(account: GmailConnector, post: Post) -> None:
    post.arrives()
    first = read(account, MAIL)
    key = post.arrives()
    then = read(account, MAIL, first.cursor)
    assert [record.key for record in then.of(EmailRecord)] == [key]
    assert then.pages[-1].listed == 2
    assert read(account, MAIL, then.cursor).records == []


def test_a_draft_that_is_sent(account: GmailConnector, post: Post) -> None:
    draft = post.mailbox.save_draft(*post.mail(to_me=False))
    first = read(account, MAIL)
    post.mailbox.draft_sent(draft)
    (record,) = read(account, MAIL, first.cursor).of(EmailRecord)
    assert (record.key, record.place) == (draft, Place.SENT)
    assert record.to[0].address == "bo@example.net"


@pytest.mark.parametrize(("label", "place"), [("TRASH", Place.TRASH), ("SPAM", Place.SPAM)])
def test_a_mail_that_is_moved_away(account: GmailConnector, post: Post, label: str, place: Place) -> None:
    key = post.arrives()
    first = read(account, MAIL)
    post.mailbox.label(key, add=[label], remove=["INBOX"])
    (record,) = read(account, MAIL, first.cursor).of(EmailRecord)
    assert (record.key, record.place) == (key, place)


def test_a_mail_that_comes_back_from_spam(account: GmailConnector, post: Post) -> None:
    key = post.arrives("SPAM")
    first = read(account, MAIL)
    post.mailbox.label(key, add=["INBOX"], remove=["SPAM"])
    (record,) = read(account, MAIL, first.cursor).of(EmailRecord)
    assert (record.key, record.place) == (key, Place.ORDINARY)
    assert record.sender is not None


def test_reading_and_starring_say_nothing(google: GoogleSandbox, account: GmailConnector, post: Post) -> None:
    key = post.arrives()
    first = read(account, MAIL)
    before = google.quota.spent["gmail"]
    post.mailbox.label(key, add=["STARRED", "IMPORTANT"], remove=["UNREAD"])
    assert read(account, MAIL, first.cursor).records == []
    assert google.quota.spent["gmail"] - before == 2


def test_a_deleted_mail_and_one_that_was_gone_before_it_could_be_fetched(account: GmailConnector, post: Post) -> None:
    kept = post.arrives()
    first = read(account, MAIL)
    brief = post.arrives()
    post.mailbox.delete(brief)
    post.mailbox.delete(kept)
    assert read(account, MAIL, first.cursor).of(Tombstone) == [Tombstone(brief), Tombstone(kept)]


def test_a_mail_that_vanishes_between_list_and_fetch_is_gone_not_an_error(
    google: GoogleSandbox, clock: Clock, post: Post
) -> None:
    keys = [post.arrives() for _ in range(4)]
    with closing(connector(google, clock, size=1)) as account:
        pages = account.changes(MAIL, None, since=NOON)
        assert [record.key for record in next(pages).records] == [keys[3]]
        post.mailbox.delete(keys[0])
        rest = [record for page in pages for record in page.records]
    assert Tombstone(keys[0]) in rest


def test_a_deferred_mail_is_fetched_once_somebody_answers_it(account: GmailConnector, post: Post) -> None:
    key = post.arrives("INBOX", "CATEGORY_FORUMS")
    first = read(account, MAIL)
    assert first.of(Deferred)
    answer = post.sent(answers="1@example.net")
    assert {record.key for record in read(account, MAIL, first.cursor).of(EmailRecord)} == {key, answer}


def test_new_mail_in_a_category_is_only_named(google: GoogleSandbox, account: GmailConnector, post: Post) -> None:
    first = read(account, MAIL)
    key = post.arrives("INBOX", "CATEGORY_PROMOTIONS")
    before = google.quota.spent["gmail"]
    assert read(account, MAIL, first.cursor).records == [Deferred(key, "promotions")]
    assert google.quota.spent["gmail"] - before == 2


def test_a_mail_moved_out_of_its_category_is_fetched(account: GmailConnector, post: Post) -> None:
    key = post.arrives("INBOX", "CATEGORY_UPDATES")
    first = read(account, MAIL)
    post.mailbox.label(key, remove=["CATEGORY_UPDATES"])
    (record,) = read(account, MAIL, first.cursor).of(EmailRecord)
    assert record.key == key


def test_what_was_deferred_can_be_asked_for(account: GmailConnector, post: Post) -> None:
    key = post.arrives("INBOX", "CATEGORY_PROMOTIONS")
    ((record, gone),) = account.fetch(MAIL, [key, "feedbeef"])
    assert isinstance(record, EmailRecord)
    assert record.subject == "Hello"
    assert gone == Tombstone("feedbeef")


def test_an_audit_sees_every_key_down_to_the_horizon(account: GmailConnector, post: Post) -> None:
    keys = [post.arrives() for _ in range(5)]
    assert account.listed_keys(MAIL, since=NOON) == keys[::-1]
    assert account.listed_keys(MAIL, since=NOON + timedelta(hours=3.5)) == keys[:2:-1]


def test_many_changes_come_page_by_page(google: GoogleSandbox, clock: Clock, post: Post) -> None:
    with closing(connector(google, clock, size=2)) as account:
        first = read(account, MAIL)
        keys = [post.arrives() for _ in range(9)]
        later = read(account, MAIL, first.cursor)
        assert list(later.held) == keys
        assert len(later.pages) == 3
        resumed = read(account, MAIL, later.pages[0].cursor)
        assert list(resumed.held) == keys[4:]


def test_forgotten_history_is_a_cursor_that_expired(account: GmailConnector, post: Post) -> None:
    first = read(account, MAIL)
    post.mailbox.expire_cursors()
    with pytest.raises(CursorExpired):
        read(account, MAIL, first.cursor)
    assert read(account, MAIL).pages[0].begins


def test_what_happens_during_a_first_reading_is_told(google: GoogleSandbox, clock: Clock, post: Post) -> None:
    keys = {post.arrives() for _ in range(6)}
    with closing(connector(google, clock, size=2)) as account:
        page = next(iter(account.changes(MAIL, None, since=NOON)))
        found = {record.key for record in page.records}
        keys |= {post.arrives(), post.sent(answers="2@example.net")}
        while page.more:
            page = next(iter(account.changes(MAIL, page.cursor, since=NOON)))
            found |= {str(record.key) for record in page.records}
    assert found == keys
    assert page.listed == len(keys)
    assert len(page.cursor) < 200


def test_a_long_first_reading_keeps_its_history_young_however_it_is_cut(
    google: GoogleSandbox, clock: Clock, post: Post
) -> None:
    for _ in range(45):
        post.arrives()
    dear = Units(message=2000, thread=4000, per_minute=1_000_000)
    with closing(connector(google, clock, size=1, units=dear)) as account:
        page = next(iter(account.changes(MAIL, None, since=NOON)))
        key = post.arrives()
        found: set[str | None] = set()
        turns = 0
        while key not in found:
            page = next(iter(account.changes(MAIL, page.cursor, since=NOON)))
            found |= {record.key for record in page.records}
            turns += 1
        assert turns < 30
        post.mailbox.history_floor = msgspec.json.decode(page.cursor)["history"]
        assert not list(account.changes(MAIL, page.cursor, since=NOON))[-1].more


def test_a_revoked_grant_asks_for_the_person(google: GoogleSandbox, account: GmailConnector) -> None:
    first = read(account, MAIL)
    google.revoke(ADA)
    with pytest.raises(TokenRevoked, match=r"google\.expired"):
        read(account, MAIL, first.cursor)


def test_new_tokens_are_handed_out_to_be_kept(google: GoogleSandbox, clock: Clock) -> None:
    saved: list[str] = []
    with closing(connector(google, clock, credentials=granted(google), save=saved.append)) as account:
        read(account, MAIL)
        assert len(saved) == 1
    google.faults.happened.clear()
    exchanges = google.authorization.exchanges
    with closing(connector(google, clock, credentials=saved[0])) as account:
        read(account, MAIL)
    assert google.authorization.exchanges == exchanges


def test_turns_of_one_object_list_the_ids_once(google: GoogleSandbox, clock: Clock, post: Post) -> None:
    keys = {post.arrives() for _ in range(12)}
    with closing(connector(google, clock, size=2, listing=5)) as account:
        page = next(iter(account.changes(MAIL, None, since=NOON)))
        found = {record.key for record in page.records}
        listed = google.quota.calls["gmail.messages.list"]
        while page.more:
            page = next(iter(account.changes(MAIL, page.cursor, since=NOON)))
            found |= {record.key for record in page.records}
    assert found == keys
    assert google.quota.calls["gmail.messages.list"] == listed


@pytest.mark.parametrize("forgotten", [1, 2, 99])
def test_a_history_that_is_unknown_from_the_start_is_listed_all_the_same(
    google: GoogleSandbox, clock: Clock, post: Post, forgotten: int
) -> None:
    keys = {post.arrives() for _ in range(12)}
    post.mailbox.forgetful = forgotten
    with closing(connector(google, clock, size=3)) as account:
        first = read(account, MAIL)
        assert {record.key for record in first.of(EmailRecord)} == keys
        assert not first.pages[-1].more
        post.mailbox.forgetful = 0
        later = post.arrives()
        assert {record.key for record in read(account, MAIL, first.cursor).of(EmailRecord)} == {later}


def test_what_came_while_the_history_was_unknown_is_listed_in_the_end(
    google: GoogleSandbox, clock: Clock, post: Post
) -> None:
    keys = {post.arrives() for _ in range(12)}
    post.mailbox.forgetful = 1
    with closing(connector(google, clock, size=3)) as account:
        pages = account.changes(MAIL, None, since=NOON)
        shown = [next(pages)]
        keys.add(post.arrives())
        shown += pages
    assert {record.key for page in shown for record in page.records} == keys
    assert not shown[-1].more


def test_a_first_reading_taken_over_without_history_is_read_again(
    google: GoogleSandbox, clock: Clock, post: Post
) -> None:
    keys = {post.arrives() for _ in range(12)}
    with closing(connector(google, clock, size=3)) as account:
        begun = next(iter(account.changes(MAIL, None, since=NOON)))
    post.mailbox.forgetful = 99
    with closing(connector(google, clock, size=3)) as another:
        rest = read(another, MAIL, begun.cursor)
        assert not rest.pages[-1].more
        post.mailbox.forgetful = 0
        with pytest.raises(CursorExpired):
            read(another, MAIL, rest.cursor)
        assert {record.key for record in read(another, MAIL).of(EmailRecord)} == keys
