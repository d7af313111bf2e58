"""A whole made-up life through the real pipeline: what is stored is what the story says happened, and nothing else."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.accounts import StreamState
from models.history import Sighting
from tests.sandbox.mailbox import write
from tests.sandbox.world import World
from tests.worker.stored import Touches, stored
from worker.accounts.connect_archive import connect_archive
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import sync

END = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture(scope="module", params=[7, 11])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param, until=END, mails=1500)


@pytest.fixture(scope="module")
def runtime(world: World, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    home = tmp_path_factory.mktemp("home")
    runtime = open_runtime(Settings(home=home), clock=lambda: END)
    connected = connect_archive(runtime, write(world, home / "box"), me=[world.owner.address])
    assert all(stream.finished for stream in sync(runtime, connected.user_id))
    return runtime


def test_what_is_stored_is_what_happened(world: World, runtime: Runtime) -> None:
    expected: Touches = {
        true.identity: (true.channel, true.direction, true.at, true.people)
        for true in world.truth
        if not true.via_list  # a discussion list is a crowd: keepwarm skips it, and says so
    }
    found = stored(runtime, END)
    assert found.keys() == expected.keys()
    # who declined stays a participant of the meeting, with that answer
    assert {key: one[:3] for key, one in found.items()} == {key: one[:3] for key, one in expected.items()}
    for key, (channel, _, _, people) in expected.items():
        assert found[key][3] >= people if channel == "meeting" else found[key][3] == people


def test_every_mail_is_accounted_for(world: World, runtime: Runtime) -> None:
    query = select(Sighting.outcome, Sighting.reason).join(StreamState, StreamState.id == Sighting.stream_id)
    with runtime.engine.connect() as connection:
        outcomes = connection.execute(query.where(StreamState.title.endswith(".mbox"))).all()
    assert len(outcomes) == len(world.mails)
    assert all(reason for outcome, reason in outcomes if outcome != "held")
