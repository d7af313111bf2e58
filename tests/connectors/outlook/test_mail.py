"""Each kind of change in a mailbox, as records, over real HTTPS."""

from datetime import timedelta

import pytest

from connectors.errors import CursorExpired
from models.enums import Place
from models.records import BadRecord, EmailRecord, Mailbox, Tombstone
from tests.connectors.outlook.account import NOW, SINCE, Account

ANNA = Mailbox("anna@example.org", "Anna Berg")
BEN = Mailbox("ben@example.org", "Ben")
AT = NOW - timedelta(days=3)


def emails(account: Account, folder: str) -> list[EmailRecord]:
    return [each for each in account.news(account.folder(folder))[0] if isinstance(each, EmailRecord)]


def test_every_folder_but_those_without_contact_is_a_stream(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    projects = mail.new_folder("Projekte")
    mail.new_folder("Alpha", parent=mail.new_folder("Kunden", parent=projects))
    mail.new_folder("Ungelesen", search=True)
    mail.new_folder("Quick Steps", hidden=True)
    mail.new_folder("Rest", parent="junkemail")
    clutter = mail.new_folder("Clutter", hidden=True)
    mail.deliver(ANNA, [], at=AT, folder=clutter)
    titles = {stream.title: stream.name.partition("/")[0] for stream in account.connector().streams()}
    assert titles == {
        "Calendar": "calendar",
        "Posteingang": "mail",
        "Gesendete Elemente": "sent",
        "Gelöschte Elemente": "deleted",
        "Archiv": "mail",
        "Projekte": "mail",
        "Projekte/Kunden": "mail",
        "Projekte/Kunden/Alpha": "mail",
        "Clutter": "mail",
    }


def test_new_and_deleted_folders_are_noticed(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    folder = mail.new_folder("Reise")
    mail.deliver(ANNA, [], at=AT, folder=folder)
    stream = account.stream("Reise")
    found, cursor = account.news(stream)
    assert len(found) == 1
    mail.delete_folder(folder)
    assert "Reise" not in {each.title for each in account.connector().streams()}
    pages = account.read(stream, cursor)
    assert [(page.begins, page.more, list(page.records)) for page in pages] == [(True, False, [])]
    assert account.read(stream, pages[-1].cursor)[0].begins is False


def test_a_received_mail_with_all_it_says(account: Account) -> None:
    mailbox = account.sandbox.mailbox
    headers = [
        ("In-Reply-To", "<first@example.org>"),
        ("Delivered-To", mailbox.address),
        ("Auto-Submitted", "auto-replied"),
        ("Return-Path", "<>"),
    ]
    mailbox.mail.deliver(
        ANNA, [mailbox.me, BEN], at=AT, subject="Re: Lunch", message_id="second@example.org", thread="lunch",
        cc=[Mailbox("cora@example.org")], reply_to=[BEN], headers=headers, received_at=AT + timedelta(minutes=1),
    )  # fmt: skip
    (mail,) = emails(account, "inbox")
    assert mail == EmailRecord(
        key=mail.key,
        message_id="second@example.org",
        sender=ANNA,
        to=(mailbox.me, BEN),
        cc=(Mailbox("cora@example.org"),),
        reply_to=BEN,
        sent_at=AT,
        received_at=AT + timedelta(minutes=1),
        subject="Re: Lunch",
        thread="conversation-lunch",
        in_reply_to="first@example.org",
        delivered_to=mailbox.address,
        signals=("auto-submitted=auto-replied", "return-path=<>"),
    )


def test_sent_and_deleted_mail_say_where_they_lie(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    mail.send([ANNA], at=AT, bcc=[BEN])
    mail.deliver(ANNA, [], at=AT, folder="deleteditems")
    (sent,), (deleted,) = emails(account, "sentitems"), emails(account, "deleteditems")
    assert (sent.place, sent.bcc, deleted.place) == (Place.SENT, (BEN,), Place.TRASH)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("headers", [True, False])
def test_headers_and_order_are_asked_for_and_done_without(account: Account, headers: bool, ordered: bool) -> None:
    store = account.sandbox.mailbox.mail
    store.headers, account.sandbox.mailbox.delta.unordered = headers, not ordered
    key = store.deliver(ANNA, [], at=AT, headers=[("List-Id", "<news>"), ("Precedence", "bulk")])
    found, cursor = account.news(account.folder("inbox"))
    assert isinstance(found[0], EmailRecord)
    assert found[0].signals == (("list-id", "precedence=bulk") if headers else ())
    store.change(key, subject="changed")
    found, _ = account.news(account.folder("inbox"), cursor)
    assert [each.subject for each in found if isinstance(each, EmailRecord)] == ["changed"]


@pytest.mark.parametrize("kind", ["eventMessage", "eventMessageRequest", "eventMessageResponse"])
def test_meeting_messages_are_invitations(account: Account, kind: str) -> None:
    mail = account.sandbox.mailbox.mail
    key = mail.deliver(ANNA, [], at=AT)
    mail.messages[key].kind = kind  # type: ignore[assignment] # parametrised
    assert emails(account, "inbox")[0].invitation


def test_a_new_mail(account: Account) -> None:
    _, cursor = account.news(account.folder("inbox"))
    account.sandbox.mailbox.mail.deliver(ANNA, [], at=AT, subject="Hi")
    found, _ = account.news(account.folder("inbox"), cursor)
    assert [each.subject for each in found if isinstance(each, EmailRecord)] == ["Hi"]


def test_reading_a_mail_tells_nothing(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    key = mail.deliver(ANNA, [], at=AT)
    _, cursor = account.news(account.folder("inbox"))
    mail.read(key)
    mail.change(key, flag={"flagStatus": "flagged"}, categories=["red"])
    assert account.news(account.folder("inbox"), cursor)[0] == []


def test_a_partial_update_is_merged_by_fetching_the_rest(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    keys = [mail.deliver(ANNA, [account.sandbox.mailbox.me], at=AT) for _ in range(45)]
    _, cursor = account.news(account.folder("inbox"))
    for key in keys:
        mail.change(key, subject="new")
    asked = len(account.sandbox.graph.paths)
    found, _ = account.news(account.folder("inbox"), cursor)
    assert {(each.subject, each.sender) for each in found if isinstance(each, EmailRecord)} == {("new", ANNA)}
    assert len(found) == 45
    fetched = [path for path in account.sandbox.graph.paths[asked:] if path.startswith("/v1.0/me/messages/")]
    assert len(fetched) == 45


def test_a_move_is_a_removal_here_and_the_same_mail_there(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    key = mail.deliver(ANNA, [], at=AT)
    (before,), inbox = account.news(account.folder("inbox"))
    _, archive = account.news(account.folder("archive"))
    mail.move(key, "archive")
    (gone,), _ = account.news(account.folder("inbox"), inbox)
    (come,), _ = account.news(account.folder("archive"), archive)
    assert gone == Tombstone(before.key or "")
    assert come == before


def test_purged_and_junked_mail_is_removed(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    keys = [mail.deliver(ANNA, [], at=AT) for _ in range(2)]
    _, cursor = account.news(account.folder("inbox"))
    mail.purge(keys[0])
    mail.junk(keys[1])
    found, _ = account.news(account.folder("inbox"), cursor)
    assert [type(each) for each in found] == [Tombstone, Tombstone]


def test_a_draft_is_told_once_it_is_sent(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    key = mail.draft([ANNA], at=AT)
    _, cursor = account.news(account.folder("sentitems"))
    mail.send_draft(key, at=AT)
    (found,), _ = account.news(account.folder("sentitems"), cursor)
    assert isinstance(found, EmailRecord)
    assert (found.place, found.sender and found.sender.address) == (Place.SENT, account.grant.address)


@pytest.mark.parametrize("how", ["gone", "syncStateNotFound", "invalid", "unknown"])
def test_a_link_that_ran_out(account: Account, how: str) -> None:
    account.sandbox.mailbox.mail.deliver(ANNA, [], at=AT)
    _, cursor = account.news(account.folder("inbox"))
    account.sandbox.mailbox.delta.expire(how)
    with pytest.raises(CursorExpired):
        account.read(account.folder("inbox"), cursor)
    pages = account.read(account.folder("inbox"))
    assert pages[0].begins
    assert pages[0].records


def test_the_horizon_passes_over_older_mail_even_beyond_the_filters_cap(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    mail_at = [SINCE + timedelta(days=day) for day in (-400, -1, 0, 1)]
    for at in mail_at:
        mail.deliver(ANNA, [], at=at)
    pages = account.read(account.folder("inbox"), page=2)
    found = [each for page in pages for each in page.records]
    assert [each.received_at for each in found if isinstance(each, EmailRecord)] == mail_at[:1:-1]
    assert max(page.listed or 0 for page in pages) == 2
    assert not any("$filter" in path for path in account.sandbox.graph.paths)


def test_an_older_mail_moved_in_later_is_told(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    key = mail.deliver(ANNA, [], at=SINCE - timedelta(days=9), folder="junkemail")
    _, cursor = account.news(account.folder("inbox"))
    mail.move(key, "inbox")
    assert len(account.news(account.folder("inbox"), cursor)[0]) == 1


def test_odd_addresses(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    inside = Mailbox("/O=EXCHANGELABS/OU=EXCHANGE/CN=RECIPIENTS/CN=0A1B", "Printer")
    mail.deliver(inside, [inside, Mailbox("Dora@EXAMPLE.org", "dora@example.org")], at=AT)
    (found,) = emails(account, "inbox")
    assert found.sender is None
    assert found.to == (Mailbox("Dora@example.org"),)
    assert found.notes == ("1 recipients without an address",)


def test_an_unreadable_update_is_a_value(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    key = mail.deliver(ANNA, [], at=AT)
    _, cursor = account.news(account.folder("inbox"))
    mail.messages[key].fields["sentDateTime"] = "soon"
    mail.change(key, subject="x")
    (bad,), _ = account.news(account.folder("inbox"), cursor)
    assert isinstance(bad, BadRecord)
    assert bad.key


def test_bodies_are_never_asked_for(account: Account) -> None:
    mail = account.sandbox.mailbox.mail
    key = mail.deliver(ANNA, [], at=AT)
    _, cursor = account.news(account.folder("inbox"))
    mail.change(key, subject="x")
    account.news(account.folder("inbox"), cursor)
    account.connector().streams()
    asked = " ".join(account.sandbox.graph.paths).lower()
    assert not any(word in asked for word in ("body", "preview", "attachment", "$search", "extended"))
    # every question about mail says which fields it wants: without $select Graph would send more
    assert all("$select=" in path or "token=" in path for path in account.sandbox.graph.paths)
