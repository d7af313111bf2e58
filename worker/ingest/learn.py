"""What the mail itself teaches: the user's own addresses (from sent mail) and mailing lists (from List-Post)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.accounts import User
from models.enums import Place
from models.history import Sighting
from models.people import LISTS, Address, Decision, OwnAddress
from models.records import EmailRecord
from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical
from worker.ingest.classify.filters import Filters
from worker.ingest.mentions import interactions_with, mentions
from worker.storage.bulk import chunks, put


def filters_of(connection: Connection, user_id: int, account: str, *, keep_subjects: bool) -> Filters:
    """Gather what the filters of a user know just now."""
    decided = connection.execute(
        select(Decision.kind, Decision.subject).where(
            Decision.user_id == user_id, Decision.kind.in_(("block", "forget"))
        )
    ).all()
    return Filters(
        account=account,
        own=frozenset(
            map(canonical, connection.scalars(select(OwnAddress.address).where(OwnAddress.user_id == user_id)))
        ),
        blocked=frozenset(subject for kind, subject in decided if kind == "block"),
        forgotten=frozenset(subject for kind, subject in decided if kind == "forget"),
        lists=frozenset(connection.scalars(select(Address.address).where(Address.user_id == user_id, LISTS))),
        keep_subjects=keep_subjects,
    )


def learn(connection: Connection, user_id: int, mails: Sequence[EmailRecord], filters: Filters) -> Filters:
    """Widen a view by what these emails teach, and mark what was weighed without knowing it as stale."""
    own = {
        bare
        for mail in mails
        if mail.place is Place.SENT and mail.sender and kind_of(mail.sender.address) in {"person", "role"}
        and (bare := canonical(mail.sender.address)) not in filters.own
    }  # fmt: skip
    _name_user(connection, user_id, mails, filters)
    lists = {address.lower() for mail in mails if mail.list_post and (address := mail.list_post)} - filters.lists
    if own:
        add_own_addresses(connection, user_id, own, why="sent mail comes from it")
    if lists:
        put(
            connection,
            Address,
            ("user_id", "address", "name", "name_own", "name_at", "kind", "touched"),
            [(user_id, address, "", 0, 0, "list", True) for address in sorted(lists)],
            "ON CONFLICT (user_id, address) DO UPDATE SET kind = 'list', touched = true",
        )
        stale(connection, user_id, interactions_with(connection, user_id, map(canonical, lists)))
    return replace(filters, own=filters.own | own, lists=filters.lists | lists) if own or lists else filters


def _name_user(connection: Connection, user_id: int, mails: Iterable[EmailRecord], filters: Filters) -> None:
    """Take what to call the user from mail sent to others, unless it was said: the fullest form.

    What was sent to oneself may be a machine's, a digest of keepwarm's own among them, in a name of its own.
    """
    names = {
        mail.sender.name
        for mail in mails
        if mail.place is Place.SENT
        and mail.sender
        and mail.sender.name
        and any(
            not filters.is_own(box.address) and canonical(box.address) != canonical(mail.sender.address)
            for box in (*mail.to, *mail.cc, *mail.bcc)
        )
    }
    if names:
        connection.execute(
            update(User)
            .where(User.id == user_id, User.name == "")
            .values(name=max(names, key=lambda name: (len(name), name)))
        )


def add_own_addresses(connection: Connection, user_id: int, addresses: Iterable[str], *, why: str) -> None:
    """Note addresses as the user's own; whatever was weighed without knowing it becomes stale."""
    found = sorted({canonical(address) for address in addresses})
    put(
        connection,
        OwnAddress,
        ("user_id", "address", "why"),
        [(user_id, address, why) for address in found],
        # whichever evidence came first: the user's word sorts last
        "ON CONFLICT (user_id, address) DO UPDATE SET why = excluded.why WHERE excluded.why > own_addresses.why",
    )
    mark_mentions_stale(connection, user_id, found)


def mark_mentions_stale(connection: Connection, user_id: int, addresses: Iterable[str]) -> None:
    """Mark as stale what may be weighed otherwise now that more, or less, is known of these addresses or "@domains".

    Only records tell: what was skipped, and what was held without somebody blocked, are in no participation.
    """
    wanted = {canonical(address) for address in addresses}
    connection.execute(
        update(Sighting).where(Sighting.user_id == user_id, mentions(connection, wanted)).values(stale=True)
    )


def stale_series(connection: Connection, user_id: int, series: Iterable[str | None]) -> None:
    """Have the sightings of these series weighed again."""
    for chunk in chunks(sorted(one for one in series if one is not None)):
        connection.execute(
            update(Sighting)
            .where(Sighting.user_id == user_id, Sighting.series.in_(chunk), Sighting.record.is_not(None))
            .values(stale=True)
        )


def stale(connection: Connection, user_id: int, identities: Iterable[str]) -> None:
    """Have the sightings of these identities weighed again."""
    for chunk in chunks(sorted(identities)):
        connection.execute(
            update(Sighting)
            .where(Sighting.user_id == user_id, Sighting.identity.in_(chunk), Sighting.record.is_not(None))
            .values(stale=True)
        )
