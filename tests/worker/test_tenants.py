"""Users on one installation see nothing of each other and change nothing of each other; an erased user leaves no row."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from models.access import Notice, Outlet
from models.accounts import Account, PushSubscription, Secret, SendingConsent, User
from models.console import AuditEvent, ConsoleSession, OutsideIdentity, Passkey, SignInLink
from models.failures import Failure
from models.history import Interaction
from models.judgement import DigestLine, Introduction, StoredDigest
from models.learned import OwnDictionary
from models.organizations import Member, Organization, Sharing
from models.people import Person
from models.records import BadRecord, Deferred, Mailbox, Record
from models.tables import Base
from tests.worker.ingest.emails import ANN, BOB, CY, mail, meeting, sent
from tests.worker.ingest.home import ME, NOW, Home, Tables
from worker.accounts.store import disconnect
from worker.app.tokens import Right, add_token
from worker.decisions.actions import Action, Wish, carry_out
from worker.decisions.decide import block, merge, quiet_person, split
from worker.decisions.erase.person import forget
from worker.storage.transactions import writing

RECORDS: list[Record] = [
    mail("1"),
    sent("2"),
    sent("3", to=BOB),
    mail("4", sender=Mailbox(BOB, "Bob Two"), reply_to=Mailbox(CY, "Bob Two")),
    mail("5", sender=Mailbox(BOB, "Bob Two"), cc=(Mailbox("new@four.example"),), subject="Intro: new <> you"),
    mail("6", signals=("list-unsubscribe",)),
    meeting("7"),
    meeting("8", starts_at=NOW + timedelta(days=2)),
    Deferred("9", "promotions"),
    BadRecord("inbox at byte 9", "no mail", "10"),
]


def lived_in(engine: Engine) -> Home:
    """A home with something in every table that belongs to a user."""
    home = Home(engine)
    home.deliver(RECORDS)
    home.recompute()
    with writing(engine) as connection:
        quiet_person(connection, home.user, "mute", CY, NOW)
        account = connection.scalar(select(Account.id).where(Account.user_id == home.user))
        connection.execute(sa.insert(Secret).values(account_id=account, sealed=b"sealed", key="a key"))
        connection.execute(sa.insert(PushSubscription).values(account_id=account, due_at=NOW))
        allowed = {"user_id": home.user, "account_id": account, "granted_at": NOW}
        connection.execute(sa.insert(SendingConsent).values(**allowed))
        at = {"user_id": home.user, "made_at": NOW}
        connection.execute(sa.insert(ConsoleSession).values(token=f"s{home.user}", way="link", used_at=NOW, **at))
        link = {"token": f"l{home.user}", "user_id": home.user, "purpose": "link", "until": NOW}
        connection.execute(sa.insert(SignInLink).values(**link))
        connection.execute(
            sa.insert(Passkey).values(credential=f"p{home.user}", public_key=b"", name="", signatures=0, **at)
        )
        connection.execute(sa.insert(OutsideIdentity).values(issuer="i", subject=f"{home.user}", **at))
        connection.execute(sa.insert(AuditEvent).values(user_id=home.user, at=NOW, event="e", place=""))
        brought = {"user_id": home.user, "introduced": CY, "introducer": BOB, "interaction_id": "", "confidence": 1.0}
        brought |= {"at": NOW, "known_at": NOW, "signs": "", "evidence": "", "counts": True}
        connection.execute(sa.insert(Introduction).values(**brought))
        week = {"user_id": home.user, "period": "2026-11-16"}
        connection.execute(sa.insert(StoredDigest).values(made_at=NOW, **week))
        failed = {"actor": "keepwarm.read", "subject": f"[{home.user}]", "error": "E", "times": 1}
        times = dict.fromkeys(("first_at", "last_at", "again_at"), NOW)
        connection.execute(sa.insert(Failure).values(user_id=home.user, **failed, **times))
        add_token(connection, home.user, "a program", frozenset({Right.READ}), NOW)
        outlet = {"user_id": home.user, "id": "one", "kind": "webhook", "sealed": b"sealed", "key": "a key"}
        connection.execute(sa.insert(Outlet).values(events="digest", made_at=NOW, **outlet))
        connection.execute(sa.insert(Notice).values(user_id=home.user, outlet="one", event="digest:x", at=NOW))
        carry_out(connection, home.user, Wish(Action.TALKED, ANN, id="one"), NOW)
        firm = {"provider": "gmail", "name": f"firm{home.user}.example", "decided_by": "boss@firm.example"}
        row = {"allowed": "{}", "sealed": b"sealed", "key": "a key", "connected_at": NOW}
        organization = connection.scalar(sa.insert(Organization).values(**firm, **row).returning(Organization.id))
        member = {"organization_id": organization, "address": ME, "state": "active", "user_id": home.user}
        connection.execute(sa.insert(Member).values(**member))
        connection.execute(sa.insert(Sharing).values(user_id=home.user, team="firm.example", since=NOW))
        connection.execute(sa.insert(OwnDictionary).values(user_id=home.user, content=b"words of the user's own"))
        connection.execute(sa.insert(DigestLine).values(person=ANN, kind="cold", position=1, at=NOW, **week))
    return home


def rows_of(home: Home) -> Tables:
    """Every row of every table that names the user."""
    tables = [table for table in Base.__subclasses__() if "user_id" in table.__table__.columns]
    return {table.__tablename__: home.rows(table) for table in tables}


def test_two_users_with_the_same_mails_have_the_same_each(engine: Engine) -> None:
    one, other = lived_in(engine), lived_in(engine)
    assert one.tables() == other.tables()
    assert len(one.rows(Interaction)) == 8


def test_nothing_that_one_user_does_changes_what_another_has(engine: Engine) -> None:
    one, other = lived_in(engine), lived_in(engine)
    before = rows_of(other)
    with writing(engine) as connection:
        merge(connection, one.user, ANN, BOB, NOW)
        block(connection, one.user, "@four.example", NOW)
    one.recompute()
    with writing(engine) as connection:
        split(connection, one.user, ANN, BOB, NOW)
        forget(connection, one.user, ANN, NOW)
    one.recompute()
    one.deliver([sent("x", to=CY), mail("y")], name="another")
    one.recompute()
    assert rows_of(other) == before
    with engine.connect() as connection:
        account = connection.scalar(select(Account.id).where(Account.user_id == one.user, Account.address == ME))
    assert account is not None
    disconnect(one.runtime, one.user, account, erase=True)
    one.recompute()
    assert not one.rows(Person)
    assert rows_of(other) == before


def test_an_erased_user_leaves_no_row(engine: Engine) -> None:
    one, other = lived_in(engine), lived_in(engine)
    before = rows_of(other)
    assert [name for name, rows in before.items() if not rows] == [], "there is something in every table"
    with writing(engine) as connection:
        connection.execute(delete(User).where(User.id == one.user))
    assert not any(rows_of(one).values())
    assert rows_of(other) == before
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in {"accounts", "streams", "secrets", "sending_consents", "users", "push_subscriptions"}:
                assert connection.scalar(select(sa.func.count()).select_from(table)) == 1, table.name
