"""A page on one person reads a few interactions only, and shows what reading all of them would."""

from pathlib import Path

import pytest
from sqlalchemy import event

from models.base import seconds
from tests.worker.homes import ANNA, BEN, friendship, live, open_home
from worker.app.runtime import Runtime
from worker.judgement.facts import DIRECT
from worker.judgement.timeline import glimpses, occasions
from worker.views.judgement.explanation import explanation
from worker.views.people.months import by_month
from worker.views.people.person import RECENT, person_view, relationship
from worker.views.session import viewing


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return open_home(tmp_path)


@pytest.mark.parametrize("person", [ANNA.address, BEN.address])
def test_what_is_shown_is_what_all_of_it_would_say(runtime: Runtime, person: str) -> None:
    user = live(runtime, friendship())
    with viewing(runtime, user) as view:
        found, past = person_view(view, person), occasions(view.connection, user, person, view.now)
        assert found.recent == tuple(past[:RECENT])
        assert list(found.reasons) == explanation(view, relationship(view, person)).depth_reasons
        direct = [seconds(touch.at) for touch in past if touch.touch in DIRECT]
        assert found.months == by_month(direct, view.now, view.zone)
        seen = glimpses(view.connection, user, person, view.now)
        assert [(one.id, one.at, one.touch) for one in seen] == [(one.id, seconds(one.at), one.touch) for one in past]


def test_a_long_history_is_not_read_for_its_subjects(runtime: Runtime) -> None:
    user = live(runtime, friendship())
    asked: list[str] = []
    with viewing(runtime, user) as view:
        event.listen(view.connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        person_view(view, ANNA.address)
    subjects = [statement for statement in asked if "interactions.subject" in statement]
    assert subjects
    assert all("IN (" in statement or "counts_at >" in statement for statement in subjects)
