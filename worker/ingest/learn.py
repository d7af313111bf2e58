"""What the filters know, and what a page of emails adds to it: pieces of evidence, and what follows from them."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, literal, select, union_all, update
from sqlalchemy.engine import Connection

from models.accounts import Account, User
from models.enums import MARKING, Direction, Place
from models.history import Interaction, Sighting
from models.people import LISTS, Address, Decision, Evidence, OwnAddress
from models.records import EmailRecord
from worker.addresses.canonical import canonical
from worker.ingest.classify.filters import Filters, fingerprint
from worker.ingest.evidence.lists import all_lists, conclude_lists
from worker.ingest.evidence.own import ONCE_MINE, conclude_own, say_own
from worker.ingest.evidence.pieces import Fact, Kind, Piece
from worker.ingest.evidence.store import keep, state, take_back
from worker.ingest.mentions import stale
from worker.ingest.stored import SENT
from worker.storage.bulk import chunks
from worker.storage.conditions import USER, is_about, there_is

SENT_PLACE = Place.SENT
#: What the user says of addresses that every filter respects.
DECIDED = ("block", "forget", "keep", "not me", ONCE_MINE)


def filters_of(connection: Connection, user_id: int, account: str, *, keep_subjects: bool) -> Filters:
    """Gather what the filters of a user know just now."""
    known = _known_addresses(connection, user_id)
    return Filters(
        account=account,
        own=frozenset(map(canonical, known["own"])),
        once_own=frozenset(known[ONCE_MINE] - set(map(fingerprint, known["not me"]))),
        blocked=frozenset(known["block"]),
        forgotten=frozenset(known["forget"]),
        kept=frozenset(known["keep"]),
        lists=frozenset(known["list"]),
        marking=frozenset(known["marking"]),
        keep_subjects=keep_subjects,
    )


def _known_addresses(connection: Connection, user_id: int) -> dict[str, set[str]]:
    """Read what was decided and concluded about addresses, in one statement: it is asked for every page."""
    found: dict[str, set[str]] = {kind: set() for kind in (*DECIDED, "own", "list", "marking")}
    for kind, address in connection.execute(_known(), {"user": user_id}).all():
        found[kind].add(address)
    return found


@cache
def _known() -> CompoundSelect[Any]:
    decided = select(Decision.kind, Decision.subject).where(Decision.user_id == USER, Decision.kind.in_(DECIDED))
    own = select(literal("own"), OwnAddress.address).where(OwnAddress.user_id == USER)
    lists = select(literal("list"), Address.address).where(Address.user_id == USER, LISTS)
    every: Any = union_all(decided, own, lists, _marking())
    return every  # type: ignore[no-any-return]


def _marking() -> Select[str, str]:
    """Ask for the accounts that mark what was sent: providers always do, files where they hold such a folder."""
    shown = there_is(
        Evidence.user_id == USER, Evidence.fact == Fact.MINE, Evidence.kind == Kind.SENT,
        Evidence.account_id == Account.id,
    )  # fmt: skip
    marks = Account.provider.in_(MARKING) | shown
    return select(literal("marking"), Account.address).where(Account.user_id == USER, marks)


def learn(
    connection: Connection,
    user_id: int,
    account_id: int,
    shown: Sequence[Piece],
    withdrawn: Sequence[Piece],
    filters: Filters,
) -> None:
    """Store what emails of an account show and no longer show, and conclude again what may follow from it."""
    take_back(connection, user_id, account_id, withdrawn)
    keep(connection, user_id, account_id, shown)
    if any(piece.fact is Fact.MINE and piece.address not in filters.own for piece in shown) or withdrawn:
        conclude_own(connection, user_id)
    through = {piece.address for piece in (*shown, *withdrawn) if piece.kind is Kind.THROUGH}
    written = {piece.address for piece in (*shown, *withdrawn) if piece.kind is Kind.WRITTEN}
    gone = {piece.address for piece in withdrawn}
    conclude_lists(connection, user_id, (through - filters.lists) | (written & filters.lists) | (gone & filters.lists))
    if not filters.marks_sent and any(piece.kind is Kind.SENT for piece in shown):
        _weigh_outgoing(connection, user_id)


def _weigh_outgoing(connection: Connection, user_id: int) -> None:
    """Have what was taken for sent classified again, now that one more account is known to mark what was.

    What lies among the sent ones wherever it was shown stays what it is.
    """
    keys = connection.scalars(
        select(Interaction.id).where(Interaction.user_id == user_id, Interaction.direction == Direction.OUT)
    )
    for chunk in chunks(sorted({key[:32] for key in keys})):
        rows = connection.execute(
            select(Sighting.identity, Sighting.record).where(
                Sighting.user_id == user_id, is_about(connection, chunk), Sighting.record.is_not(None)
            )
        )
        stale(connection, user_id, {row.identity for row in rows if SENT not in row.record})


def relearn(connection: Connection, user_id: int) -> None:
    """Conclude everything again, after evidence or an account has gone."""
    conclude_own(connection, user_id)
    known = connection.scalars(
        select(Evidence.address).where(Evidence.user_id == user_id, Evidence.fact == Fact.LIST).distinct()
    )
    conclude_lists(connection, user_id, {*known, *all_lists(connection, user_id)})


def name_user(connection: Connection, user_id: int, mails: Iterable[EmailRecord], filters: Filters) -> None:
    """Take what to call the user from mail sent to others, unless it was said: the fullest form.

    What was sent to oneself may be a machine's, a digest of keepwarm's own among them, in a name of its own.
    """
    names: set[str] = set()
    for mail in mails:
        sender = mail.sender
        if mail.place is not SENT_PLACE or sender is None or not sender.name or sender.name in names:
            continue
        own, to = canonical(sender.address), (*mail.to, *mail.cc, *mail.bcc)
        if any(not filters.is_own(box.address) and canonical(box.address) != own for box in to):
            names.add(sender.name)
    if names:
        connection.execute(
            update(User)
            .where(User.id == user_id, User.name == "")
            .values(name=max(names, key=lambda name: (len(name), name)))
        )


def add_own_addresses(
    connection: Connection, user_id: int, addresses: Iterable[str], *, why: str, account_id: int | None = None
) -> None:
    """Note addresses as the user's own: stated by an account, or else the user's word."""
    if account_id is None:
        say_own(connection, user_id, addresses, 0)
        return
    state(connection, user_id, account_id, set(map(canonical, addresses)), why)
    conclude_own(connection, user_id)
