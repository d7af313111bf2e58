"""Events that a user is to be notified of: found by looking, so that none is lost and none delivered twice.

An event is named by what it is about: a period, a person with the day of their last contact, an account with its
trouble. People stand in it as a hash, so that nothing of them stays when they are forgotten.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import or_, select

from models.accounts import Account
from models.enums import Warmth
from models.judgement import DigestLine, StoredDigest
from models.people import Person
from worker.judgement.facts import day_of
from worker.judgement.keep.stored import current
from worker.outlets.keep import Event
from worker.views.digest import read_digest
from worker.views.judgement.quieted import Quieted, quieted
from worker.views.session import View
from worker.wording.lists import counted, listed
from worker.wording.text import name_of

#: Digests that were made longer ago are not delivered.
RECENT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: its name, what it says to a person, and the same as plain values for programs."""

    kind: Event
    name: str
    title: str
    text: str
    data: dict[str, object]


def happened(view: View, kinds: Collection[Event]) -> Iterator[Happened]:
    """Find everything of these kinds that stands now, delivered or not."""
    if Event.DIGEST in kinds:
        yield from _digests(view)
    if Event.QUIET in kinds:
        yield from _quiet(view)
    if Event.ACCOUNT in kinds:
        yield from _accounts(view)


def _digests(view: View) -> Iterator[Happened]:
    made = StoredDigest
    found = view.connection.execute(
        select(made.period, made.content).where(
            made.user_id == view.user_id,
            made.made_at > view.now - RECENT,
            or_(made.document.is_(None), made.document != b""),
        )
    ).all()
    for period, content in found:
        said = read_digest(content)
        if said is None or said.says_nothing:
            continue
        rows = view.connection.execute(
            select(DigestLine.person, Person.name)
            .join(Person, (Person.user_id == DigestLine.user_id) & (Person.key == DigestLine.person))
            .where(DigestLine.user_id == view.user_id, DigestLine.period == period)
            .order_by(DigestLine.position)
        ).all()
        if said.season and not rows:
            yield Happened(
                Event.DIGEST, f"digest:{period}", said.season[0], " ".join(said.season[1:]),
                {"period": period, "people": []},
            )  # fmt: skip
            continue
        names = [name_of(row.name, row.person) for row in rows]
        text = f"{counted(len(names), 'person', 'people').capitalize()} to think of: {listed(names)}." if names else ""
        people = [{"person": row.person, "name": row.name} for row in rows]
        yield Happened(
            Event.DIGEST, f"digest:{period}", "Your digest is ready", text or "Read it in keepwarm.",
            {"period": period, "people": people},
        )  # fmt: skip


def _quiet(view: View) -> Iterator[Happened]:
    kept = quieted(view)
    for one in current(view.connection, view.user_id, needing=True):
        last, quiet = one.dates.last_at, kept.get(one.person, Quieted())
        if one.judgement.warmth is not Warmth.COLD or last is None or one.judgement.no_relationship is not None:
            continue
        if quiet.muted or quiet.resting or quiet.snoozed_until is not None:
            continue
        name = name_of(one.name, one.person)
        why = " ".join(f"{reason[:1].upper()}{reason[1:]}." for reason in one.judgement.reasons[:2])
        yield Happened(
            Event.QUIET, f"quiet:{_mark(one.person)}:{day_of(last)}", f"{name} has gone quiet", why,
            {"person": one.person, "name": one.name, "stage": one.judgement.stage.value},
        )  # fmt: skip


def _accounts(view: View) -> Iterator[Happened]:
    rows = view.connection.execute(
        select(Account.id, Account.address, Account.provider, Account.trouble).where(
            Account.user_id == view.user_id, Account.state == "needs_person"
        )
    )
    for row in rows:
        yield Happened(
            Event.ACCOUNT, f"account:{row.id}:{_mark(row.trouble or '')}", f"{row.address} needs you",
            row.trouble or "Connect it again.", {"account": row.address, "provider": row.provider},
        )  # fmt: skip


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
