"""Composing this week's digest: everybody judged anew, and the policy's choice put into lines."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import Account, StreamState, User
from models.history import Interaction, Participation
from models.judgement import StoredDigest
from models.people import Address
from worker.app.runtime import Runtime
from worker.digest.choose.choice import Candidate, Choice, Chosen, LeftOut, Move
from worker.digest.choose.findings import Judged, findings, footer
from worker.digest.choose.occasions.leave import lately
from worker.digest.choose.policy import choose
from worker.digest.choose.suppression import Wishes
from worker.digest.choose.together.firms import beside
from worker.digest.choose.together.handovers import perhaps_handed_over
from worker.digest.choose.together.moves import namesakes, undecided
from worker.digest.choose.wanted import may_be_named
from worker.digest.circles import circles
from worker.digest.confirming import confirmations
from worker.digest.digest import Digest, Line, LineKind
from worker.digest.former import knew_only
from worker.digest.growing import growing_lines
from worker.digest.history import leaves, not_announced, past, quiet, woken
from worker.identity.find_person import everybody as known_people
from worker.identity.find_person import names_of
from worker.identity.merges import Merge, automatic_merges
from worker.identity.where_to_write import where_to_write
from worker.judgement.facts import day_of, habits_of
from worker.judgement.horizon import NEVER, reaches
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.relationships import with_histories
from worker.storage.transactions import reading
from worker.wording.dates import date

#: After so long without anything newer a file has ended.
ENDED = timedelta(days=14)
MORE = "Export again or connect the account."

#: Failures in a row from which a digest says so, and for how many streams at most.
FAILING, MOST = 3, 3


def period_of(now: datetime, zone: str) -> str:
    """Name the week a moment lies in, where the reader is: 2026-W47."""
    year, week, _ = now.astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02}"


def compose(runtime: Runtime, user_id: int, now: datetime) -> Digest:
    """Write the digest of the week of `now`; asked again in that week it says the same, unless there is news."""
    return whole_week(runtime, user_id, now)[0]


def whole_week(runtime: Runtime, user_id: int, now: datetime) -> tuple[Digest, list[LeftOut]]:
    """Write the digest of the week of `now`, and say who is left out, with one look at everybody."""
    with reading(runtime.engine) as connection:
        user = connection.execute(select(User.name, User.address, User.zone).where(User.id == user_id)).one()
        period = period_of(now, user.zone)
        everybody = with_histories(connection, user_id, RulesSource(runtime.settings.rules), now)
        first = _is_first(connection, user_id, period)
        merges = not_announced(connection, user_id, period, automatic_merges(connection, user_id))
        candidates = candidates_of(connection, user_id, everybody, now)
        choice = choice_of(connection, user_id, candidates, period, now, first=first)
        lines = _lines(connection, user_id, choice, now)
        if not first and not choice.paused:
            lines += growing_lines(connection, user_id, candidates, lines, period, now)
        moves = _news_of_moves(connection, user_id, choice, period, now)
        digest = Digest(
            reader=user.name or user.address,
            as_of=now,
            zone=user.zone,
            period=period,
            lines=lines,
            notes=(
                *_notes(connection, user_id),
                *_failing(connection, user_id),
                *ended_files(connection, user_id, now, user.zone),
                *map(_move, moves),
                *map(_merged, merges),
            ),
            after_holidays=choice.back,
            done=confirmations(connection, user_id, period, now, user.zone),
            moved=tuple(move.new for move in moves),
            merged=tuple((one.address, one.person) for one in merges),
            first=findings(connection, user_id, everybody, now) if first and everybody else None,
            footer=footer(connection, user_id, everybody, now),
        )
        return digest, _left_out(candidates, choice)


def _merged(one: Merge) -> str:
    """Say once that two addresses are treated as one person, and how to undo it."""
    return (
        f"We treat {one.address} and {one.person} as one person{f' ({one.name})' if one.name else ''}. "
        f"If they aren't: keepwarm split {one.person} {one.address}"
    )


def _is_first(connection: Connection, user_id: int, period: str) -> bool:
    """Whether no digest was made before this period's: the first one introduces itself."""
    earlier = select(StoredDigest.period).where(StoredDigest.user_id == user_id, StoredDigest.period != period).limit(1)
    return connection.execute(earlier).first() is None


def left_out(runtime: Runtime, user_id: int, now: datetime) -> list[LeftOut]:
    """Who would have been named in the digest of the week of `now`, and what kept them out."""
    with reading(runtime.engine) as connection:
        everybody = with_histories(connection, user_id, RulesSource(runtime.settings.rules), now)
        candidates, choice = this_week(connection, user_id, everybody, now)
        return _left_out(candidates, choice)


def _left_out(candidates: list[Candidate], choice: Choice) -> list[LeftOut]:
    names = {one.person: one.name for one in candidates}
    return [LeftOut(one.person, names[one.person], one.kind, one.why) for one in choice.suppressed]


def this_week(connection: Connection, user_id: int, everybody: Judged, now: datetime) -> tuple[list[Candidate], Choice]:
    """Give everybody as the digest of the week of `now` sees them, and its choice."""
    zone = connection.scalars(select(User.zone).where(User.id == user_id)).one()
    period = period_of(now, zone)
    candidates = candidates_of(connection, user_id, everybody, now)
    first = _is_first(connection, user_id, period)
    return candidates, choice_of(connection, user_id, candidates, period, now, first=first)


def candidates_of(connection: Connection, user_id: int, everybody: Judged, now: datetime) -> list[Candidate]:
    """Give everybody with names and addresses; with the people around them for those few where that matters."""
    known = known_people(connection, user_id)
    found = [
        Candidate(person, history, judged, known[person].name, known[person].addresses)
        for person, (history, judged) in everybody.items()
        if person in known
    ]
    silent = beside({one.person: one for one in found}, day_of(now))
    lone = perhaps_handed_over(found) | {one.person for one in silent if may_be_named(one, now)}
    alone = [[one] for one in found if one.person in lone]
    asked = undecided(found) | lone
    around = circles(connection, user_id, [*alone, *namesakes(found)], now, asked)
    return [replace(one, circle=around[one.person]) if one.person in around else one for one in found]


def choice_of(
    connection: Connection, user_id: int, candidates: list[Candidate], period: str, now: datetime, *, first: bool
) -> Choice:
    """Choose the lines of a period, as of `now`, and say who was left out."""
    reader = connection.execute(select(User.created_at, User.digest_budget).where(User.id == user_id)).one()
    away = leaves(connection, user_id, now)
    wishes = Wishes(
        quiet=quiet(connection, user_id, now),
        woken=woken(connection, user_id, now),
        left=knew_only(connection, user_id, candidates, now),
        absences=lately(away, now),
        leaves=away,
        listening_since=reader.created_at,
    )
    habits = habits_of((one.history for one in candidates), now)
    earlier = past(connection, user_id, period, now)
    return choose(candidates, earlier, habits, now, budget=reader.digest_budget, wishes=wishes, first=first)


def _news_of_moves(connection: Connection, user_id: int, choice: Choice, period: str, now: datetime) -> list[Move]:
    """People who seem to have moved, unless an earlier digest said so."""
    reported = {line.person for line in past(connection, user_id, period, now) if line.kind is LineKind.MOVED}
    return [move for move in choice.moves if move.new not in reported]


def ended_files(connection: Connection, user_id: int, now: datetime, zone: str) -> list[str]:
    """What to say of files that reach no further, once for each time they end."""
    found = reaches(connection, user_id, now)
    rows = connection.execute(select(Account.id, Account.reported_at).where(Account.user_id == user_id))
    reported = {row.id: row.reported_at for row in rows}
    said = []
    for reach in found if all(one.file for one in found) else ():
        before = reported.get(reach.account_id)
        if reach.until == NEVER and before is None:
            said.append(f"The import of {reach.address} holds no sent mail, so silences can't be judged. {MORE}")
        elif now - reach.newest >= ENDED and (before is None or before < reach.newest):
            said.append(f"Your export ends on {date(reach.newest, now, zone)}; {MORE[:1].lower()}{MORE[1:]}")
    return said


def _move(move: Move) -> str:
    return (
        f"{move.name} seems to write from {move.new} now. If both addresses are one person, run "
        f"`keepwarm merge {move.old} {move.new}`."
    )


def _lines(connection: Connection, user_id: int, choice: Choice, now: datetime) -> tuple[Line, ...]:
    quoted = {one for chosen in choice.chosen for one in (chosen.person, chosen.about) if one}
    names = names_of(connection, user_id, quoted)
    return tuple(_line(connection, user_id, chosen, names, now) for chosen in choice.chosen)


def _line(connection: Connection, user_id: int, chosen: Chosen, names: Mapping[str, str], now: datetime) -> Line:
    part, mail = Participation, Interaction
    newest = connection.scalars(
        select(mail.id)
        .join(mail, mail.number == part.interaction)
        .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
        .where(part.user_id == user_id, Address.person == chosen.person, part.counts_at <= now, part.touch.is_not(None))
        .order_by(part.at.desc(), mail.id)
        .limit(3)
    ).all()
    return Line(
        person=chosen.person,
        name=names[chosen.person],
        address=where_to_write(connection, user_id, chosen.person, now),
        kind=chosen.kind,
        why=chosen.why.replace(chosen.about, names[chosen.about]) if chosen.about else chosen.why,
        last=chosen.last,
        step=chosen.step,
        stage=chosen.stage,
        silent_days=chosen.silent_days,
        cold_probability=chosen.cold_probability,
        evidence=tuple(newest),
    )


def _notes(connection: Connection, user_id: int) -> tuple[str, ...]:
    """What the person should know of the accounts, each said once."""
    rows = connection.execute(
        select(Account.provider, Account.address, Account.trouble).where(
            Account.user_id == user_id, Account.state == "needs_person", Account.reported_at.is_(None)
        )
    )
    return tuple(
        f"{row.address} can no longer be read. Connect it again: keepwarm connect {row.provider}" for row in rows
    )


def _failing(connection: Connection, user_id: int) -> tuple[str, ...]:
    """Say which accounts could not be read of late, and why: silence there proves nothing."""
    rows = connection.execute(
        select(Account.address, StreamState.title, StreamState.trouble)
        .join(StreamState, StreamState.account_id == Account.id)
        .where(
            Account.user_id == user_id,
            Account.state == "active",
            ~StreamState.retired,
            StreamState.failures >= FAILING,
            StreamState.trouble.is_not(None),
        )
        .order_by(Account.address, StreamState.title)
        .limit(MOST)
    )
    return tuple(f"{row.address}, {row.title}: {row.trouble}" for row in rows)
