"""Four calendars tell of one year, some of them stale, in every order: one history, and the same exports to the byte."""

import io
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.history import Interaction, Sighting
from models.records import Record
from tests.worker.ingest.home import Home
from tests.worker.ingest.year import day, export, google_at, invitations, outlook_at, read, truth
from worker.export.formats.text import Format, write
from worker.export.rows import interactions
from worker.export.rows.scope import Scope
from worker.storage.transactions import reading

Stream = tuple[str, str, list[list[Record]]]
"""An account, a name, and what is read of it one time after the other."""

END = day(12, 31)


def streams(stale: datetime) -> list[Stream]:
    """The calendars of the year; those that are not kept up to date stopped at `stale`."""
    return [
        ("me@own.example", "google", [google_at(stale), google_at(END, before=stale)]),
        ("work@own.example", "outlook", [outlook_at(stale)]),
        ("me@own.example", "invitations", [read(invitations(END))]),
        ("me@own.example", "export", [read(export(stale))]),
    ]


def home_of(order: list[tuple[int, int]], streams_read: list[Stream]) -> Home:
    """A home to which streams come in an order of (stream, which reading of it)."""
    home = Home()
    for number, turn in order:
        account, name, readings = streams_read[number]
        home.deliver(readings[turn], account=account, name=name)
    home.recompute()
    return home


def exported(home: Home) -> bytes:
    out = io.BytesIO()
    with reading(home.engine) as connection:
        scope = Scope(home.user, END)
        write(interactions.interactions(connection, scope), interactions.COLUMNS, Format.JSONL, out)
    return out.getvalue()


@st.composite
def orders(draw: st.DrawFn) -> list[tuple[int, int]]:
    """An order of all readings; those of one stream stay in theirs."""
    mixed = draw(st.permutations([0, 0, 1, 2, 3]))
    return [(number, mixed[:place].count(number)) for place, number in enumerate(mixed)]


PLAIN = [(0, 0), (0, 1), (1, 0), (2, 0), (3, 0)]


@pytest.mark.timeout(600)
@settings(max_examples=max(settings().max_examples // 5, 12), deadline=None)
@given(order=orders(), stale=st.sampled_from((day(2, 20), day(3, 10), day(5, 10), day(8, 20), day(10, 20))))
def test_one_history_whatever_comes_first(order: list[tuple[int, int]], stale: datetime) -> None:
    streams_read = streams(stale)
    home = home_of(order, streams_read)
    times = sorted(row[0] for row in home.rows(Interaction, "occurred_at"))
    assert times == truth()
    plain = home_of(PLAIN, streams_read)
    assert exported(home) == exported(plain)
    assert home.tables() == plain.tables()
    # everything that came is held, or skipped with a reason
    assert all(outcome == "held" or reason for outcome, reason in home.rows(Sighting, "outcome", "reason"))


@pytest.mark.parametrize("number", range(4))
def test_each_calendar_that_is_up_to_date_tells_the_year_alone(number: int) -> None:
    """What Outlook no longer shows, and an export leaves out, of what had taken place before it was cancelled, aside."""
    account, name, readings = streams(END)[number]
    home = Home()
    home.deliver(readings[-1], account=account, name=name)
    home.recompute()
    times = sorted(row[0] for row in home.rows(Interaction, "occurred_at"))
    assert times == truth() if name != "export" else set(times) < set(truth())
