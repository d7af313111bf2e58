"""Actions of one tap: each does what it says, once, for one user, and can be undone."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from models.accounts import NEVER, User
from models.enums import Channel, Touch
from models.history import Interaction, Participation
from models.people import Decision, TakenAction
from tests.worker.homes import ANNA, BEN, friendship, live, mail, open_home
from tests.worker.ingest.emails import ANN, BOB, sent
from tests.worker.ingest.emails import mail as received
from tests.worker.ingest.home import Home
from worker.decisions.actions import ABOUT_PEOPLE, Action, ActionRefused, Wish, carry_out, recent_actions, undo
from worker.decisions.decide import block, unblock
from worker.decisions.erase.person import forget
from worker.decisions.preferences import FEWEST, MOST, preferences_of, set_preferences
from worker.export.rows.interactions import interactions
from worker.export.rows.scope import Scope
from worker.storage.transactions import reading, writing


def home_of(engine: Engine) -> Home:
    home = Home(engine)
    home.deliver([received("1"), sent("2"), sent("3", to=BOB)])
    home.recompute()
    return home


def decisions(home: Home) -> set[tuple[str, str]]:
    with reading(home.engine) as connection:
        rows = connection.execute(select(Decision.kind, Decision.subject).where(Decision.user_id == home.user))
        return {(kind, subject) for kind, subject in rows if kind in {"snooze", "mute", "rest"}}


@pytest.mark.parametrize(("action", "kind"), [(Action.SNOOZE, "snooze"), (Action.MUTE, "mute"), (Action.REST, "rest")])
def test_a_decision_is_taken_and_undone(engine: Engine, action: Action, kind: str) -> None:
    home = home_of(engine)
    with writing(engine) as connection:
        done = carry_out(connection, home.user, Wish(action, ANN), home.now)
    assert decisions(home) == {(kind, ANN)}
    assert (done.until is not None) == (action is Action.SNOOZE)
    with writing(engine) as connection:
        undone = carry_out(connection, home.user, Wish(Action.UNDO, ANN), home.now)
    assert (undone.id, undone.undone) == (done.id, True)
    assert not decisions(home)


def test_undoing_a_second_snooze_restores_the_first(engine: Engine) -> None:
    home, first = home_of(engine), home_of(engine).now + timedelta(days=10)
    with writing(engine) as connection:
        carry_out(connection, home.user, Wish(Action.SNOOZE, ANN, until=first), home.now)
        second = carry_out(connection, home.user, Wish(Action.SNOOZE, ANN), home.now + timedelta(hours=1))
        undo(connection, home.user, second.id, home.now + timedelta(hours=2))
        mine = (Decision.user_id == home.user, Decision.kind == "snooze")
        assert connection.scalars(select(Decision.until).where(*mine)).all() == [first]


def test_the_same_id_twice_is_one_action(engine: Engine) -> None:
    home = home_of(engine)
    with writing(engine) as connection:
        carry_out(connection, home.user, Wish(Action.FEWER, id="a word"), home.now)
        assert carry_out(connection, home.user, Wish(Action.FEWER, id="a word"), home.now).again
        assert preferences_of(connection, home.user).budget == 4
        undo(connection, home.user, "a word", home.now)
        assert preferences_of(connection, home.user).budget == 5
        again = carry_out(connection, home.user, Wish(Action.FEWER, id="a word"), home.now)
        assert again.again, "undone, the word is still used up"
        assert preferences_of(connection, home.user).budget == 5


def test_times_that_make_no_sense_are_refused(engine: Engine) -> None:
    home = home_of(engine)
    with writing(engine) as connection:
        wishes = [Wish(Action.SNOOZE, ANN, until=home.now + timedelta(days=days)) for days in (-1, 0, 4000)]
        for wish in (*wishes, Wish(Action.TALKED, ANN, talked_at=home.now - timedelta(days=4000))):
            with pytest.raises(ActionRefused, match=r"until|long_ago"):
                carry_out(connection, home.user, wish, home.now)
    assert not decisions(home)


def test_a_budget_has_bounds(engine: Engine) -> None:
    home = home_of(engine)
    with writing(engine) as connection:
        for action, end in ((Action.FEWER, FEWEST), (Action.MORE, MOST)):
            for _ in range(15):
                carry_out(connection, home.user, Wish(action), home.now)
            assert preferences_of(connection, home.user).budget == end


def test_stopping_is_undone_to_the_day_it_was(engine: Engine) -> None:
    home = home_of(engine)
    with writing(engine) as connection:
        set_preferences(connection, home.user, home.now, weekday=3)
        carry_out(connection, home.user, Wish(Action.STOP), home.now)
        assert connection.scalar(select(User.digest_weekday).where(User.id == home.user)) == NEVER
        carry_out(connection, home.user, Wish(Action.UNDO), home.now)
        assert preferences_of(connection, home.user).weekday == 3


def test_nobody_acts_on_strangers_or_on_another_users_people(engine: Engine) -> None:
    home, other = home_of(engine), home_of(engine)
    other.deliver([sent("9", to="only@theirs.example")], name="more")
    other.recompute()
    with writing(engine) as connection:
        theirs = carry_out(connection, other.user, Wish(Action.MUTE, "only@theirs.example"), home.now)
        for action in ABOUT_PEOPLE:
            for person in ("", "nobody@x.example", "only@theirs.example"):
                with pytest.raises(ActionRefused, match="no_person"):
                    carry_out(connection, home.user, Wish(action, person), home.now)
        with pytest.raises(ActionRefused, match="unknown"):
            undo(connection, home.user, theirs.id, home.now)
        with pytest.raises(ActionRefused, match="nothing_to_undo"):
            carry_out(connection, home.user, Wish(Action.UNDO), home.now)
        with pytest.raises(ActionRefused, match="about_digest"):
            carry_out(connection, home.user, Wish(Action.STOP, ANN), home.now)
    assert not decisions(home)
    with reading(engine) as connection:
        assert [done.person for done in recent_actions(connection, other.user)] == ["only@theirs.example"]
        assert recent_actions(connection, home.user) == []


def test_a_talk_counts_and_is_marked_and_survives_and_can_be_undone(engine: Engine) -> None:
    home = home_of(engine)
    with writing(engine) as connection:
        done = carry_out(connection, home.user, Wish(Action.TALKED, ANN), home.now)
        carry_out(connection, home.user, Wish(Action.TALKED, ANN), home.now)  # the same day: the same talk
    home.deliver([received("8"), sent("9")], name="more")
    home.recompute()
    talk = (Interaction.user_id == home.user, Interaction.channel == Channel.TALK)
    with reading(engine) as connection:
        assert len(connection.scalars(select(Interaction.id).where(*talk)).all()) == 1
        touches = select(Participation.touch).where(
            Participation.user_id == home.user, Participation.touch == Touch.TALKED
        )
        assert connection.scalars(touches).all() == [Touch.TALKED]
        rows = list(interactions(connection, Scope(home.user, home.now)))
        assert [row[2] for row in rows].count("talk") == 1, "an export shows it as what it is"
    with writing(engine) as connection:
        undo(connection, home.user, done.id, home.now)
        assert connection.scalars(select(Interaction.id).where(*talk)).all() == []


def test_a_talk_goes_with_whoever_is_forgotten_or_blocked(engine: Engine) -> None:
    home = home_of(engine)
    talk = select(Interaction.id).where(Interaction.user_id == home.user, Interaction.channel == Channel.TALK)
    with writing(engine) as connection:
        carry_out(connection, home.user, Wish(Action.TALKED, ANN), home.now)
        carry_out(connection, home.user, Wish(Action.TALKED, BOB), home.now)
        block(connection, home.user, BOB, home.now)
        assert len(connection.scalars(talk).all()) == 1
        unblock(connection, home.user, BOB)
        forget(connection, home.user, ANN, home.now)
        assert connection.scalars(talk).all() == []
        taken = select(TakenAction.person).where(TakenAction.user_id == home.user)
        assert connection.scalars(taken).all() == [BOB], "what was done about them is forgotten, too"


def test_a_talk_warms_at_once(tmp_path: Path) -> None:
    from worker.judgement.keep.stored import current
    from worker.views.acting import act, take_back

    runtime = open_home(tmp_path)
    user = live(runtime, [*friendship(), mail(1000, BEN, ANNA, days=0.01)])  # files reach to a moment ago

    def silent() -> int | None:
        with reading(runtime.engine) as connection:
            return current(connection, user, {ANNA.address})[0].judgement.silent_days

    assert silent() == 4
    done = act(runtime, user, Wish(Action.TALKED, ANNA.address))
    assert silent() == 0
    take_back(runtime, user, done.id)
    assert silent() == 4
