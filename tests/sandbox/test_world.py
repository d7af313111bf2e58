"""The made-up world keeps its own promises: what is asked for is there, and the same seed tells the same story."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.sandbox.world import World

END = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, until=END)


def test_the_same_seed_tells_the_same_story(world: World) -> None:
    again = World(7, until=END)
    assert (again.mails, again.meetings, again.truth) == (world.mails, world.meetings, world.truth)
    assert World(8, until=END).mails != world.mails


def test_ids_are_unique(world: World) -> None:
    ids = [mail.message_id for mail in world.mails] + [meeting.uid for meeting in world.meetings]
    assert len(set(ids)) == len(ids)


def test_every_true_mail_is_in_the_mailbox_and_by_a_human(world: World) -> None:
    mails = {mail.message_id: mail for mail in world.mails}
    for true in world.truth:
        if true.channel == "email":
            assert mails[true.identity].kind in {"personal", "list"}


def test_about_as_much_as_was_asked_for(world: World) -> None:
    assert 2700 < len(world.mails) < 3300
    kinds = Counter(mail.kind for mail in world.mails)
    assert 0.3 < kinds["personal"] / len(world.mails) < 0.5
