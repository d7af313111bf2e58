"""What SQLite writes of the interactions export is to the byte what is written row by row, whatever others wrote."""

import io
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.base import moment, seconds
from models.history import Interaction, Participation
from models.people import Address, Person
from tests.worker.homes import ANNA, NOW, friendship, live, open_home
from worker.app.runtime import Runtime
from worker.export.formats.text import FORMULA, Format
from worker.export.formats.text import write as write_rows
from worker.export.lines.write import write_lines
from worker.export.rows.interactions import COLUMNS, interactions
from worker.export.rows.scope import Scope
from worker.storage.transactions import reading, writing

#: Some of what a regular expression takes for a blank, and what text is made of: formulas, quotes, blanks, breaks, what JSON escapes, and other scripts.
BLANKS = "\x85\xa0\u1680\u2003\u2028\u202f\u3000\"'"
PIECES = [*FORMULA, *BLANKS, *map(chr, range(1, 33)), ";", ",", '"', "'", '""', "\\", "}", "]", "\x7f", "\u2028", "é", "漢", "🌱",
          "=1+1", "plain", "Re: plan", ' "=', "\r\n", "'-", "; @", "<b>"]  # fmt: skip

#: Numbers of addresses from here on are free.
FIRST = 1000


def nasty(rng: random.Random) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(6)))


def maybe(rng: random.Random) -> str | None:
    return nasty(rng) if rng.random() < 0.8 else None


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return open_home(tmp_path)


def strange(runtime: Runtime, user: int, count: int = 400) -> None:
    """Store interactions whose every text is as odd as a database may hold."""
    rng = random.Random(5)
    addresses = [f"{n}{nasty(rng)}@x.example" for n in range(60)]
    with writing(runtime.engine) as connection:
        for n, address in enumerate(addresses, FIRST):
            whose = rng.choice([None, address])
            if whose:
                connection.execute(insert(Person).values(user_id=user, key=whose, name=nasty(rng)))
            who = {"user_id": user, "number": n, "address": address, "person": whose, "kind": "person"}
            connection.execute(insert(Address).values(touched=False, outsider=bool(n % 2), name=nasty(rng), **who))
        for n in range(count):
            at = moment(seconds(NOW) - rng.randrange(10**8))
            row = {"user_id": user, "id": f"{n:032x}{nasty(rng)}", "account": nasty(rng), "channel": "email"}
            row |= {"direction": rng.choice(["in", "out"]), "occurred_at": at, "counts_at": at, "group_size": n}
            row |= {name: maybe(rng) for name in ("subject", "thread", "message_id", "ical_uid")}
            row |= {"ends_at": rng.choice([None, at]), "recurrence_at": rng.choice([None, moment(0), at])}
            row |= {"my_role": rng.choice([None, "to"]), "my_response": rng.choice([None, "accepted"])}
            number = connection.execute(insert(Interaction).values(**row).returning(Interaction.number)).scalar_one()
            for theirs in rng.sample(range(FIRST, FIRST + len(addresses)), rng.randrange(4)):
                part: dict[str, Any] = {"user_id": user, "interaction": number, "address": theirs, "name": ""}
                part |= {"role": rng.choice(["cc", "from", "sender"]), "touch": rng.choice([None, 5])}
                response = rng.choice([None, "none"])
                connection.execute(insert(Participation).values(response=response, at=at, counts_at=at, **part))


def both(runtime: Runtime, scope: Scope, form: Format) -> tuple[bytes, bytes]:
    ours, theirs = io.BytesIO(), io.BytesIO()
    with reading(runtime.engine) as connection:
        count = write_rows(interactions(connection, scope), COLUMNS, form, ours)
        assert write_lines(connection, scope, form, theirs) == count
    return ours.getvalue(), theirs.getvalue()


@pytest.mark.parametrize("form", Format)
def test_both_write_the_same_bytes(runtime: Runtime, form: Format) -> None:
    scope = Scope(live(runtime, friendship()), NOW)
    strange(runtime, scope.user_id)
    some = NOW - timedelta(days=400)
    scopes: list[Any] = [{}, {"since": some}, {"until": some}, {"person": ANNA.address}, {"now": some}, {"user_id": 99}]
    for narrowed in scopes:
        ours, theirs = both(runtime, replace(scope, **narrowed), form)
        assert theirs == ours, narrowed
    with reading(runtime.engine) as connection:
        odd = connection.scalars(select(Person.key).where(Person.key.contains("@x.example")).limit(3)).all()
    for person in odd:
        ours, theirs = both(runtime, replace(scope, person=person), form)
        assert theirs == ours
