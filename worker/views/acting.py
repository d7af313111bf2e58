"""One action on a user's data, and what follows from it; those who only look load nothing of it."""

from contextlib import suppress

from sqlalchemy.exc import OperationalError

from worker.app.runtime import Runtime
from worker.decisions.actions import Done, Wish, carry_out, undo
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.stored import is_current
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute


def judge_due(runtime: Runtime, user_id: int) -> None:
    """Judge whoever is due: for a process beside which none runs that does it."""
    rules = RulesSource(runtime.settings.rules)
    with reading(runtime.engine) as connection:
        current = is_current(connection, user_id, runtime.clock(), rules.fingerprint)
    if not current:
        with suppress(OperationalError):  # a sync is writing for long: what is stored is shown
            recompute(runtime, user_id)


def act(runtime: Runtime, user_id: int, wish: Wish) -> Done:
    """Carry out an action, and judge what depends on it.

    Raises:
        ActionRefused: it cannot be carried out; nothing has changed.
    """
    with writing(runtime.engine) as connection:
        done = carry_out(connection, user_id, wish, runtime.clock())
    recompute(runtime, user_id)
    return done


def take_back(runtime: Runtime, user_id: int, action_id: str) -> Done:
    """Undo an action by its id, and judge what depends on it.

    Raises:
        ActionRefused: the user took no such action.
    """
    with writing(runtime.engine) as connection:
        done = undo(connection, user_id, action_id, runtime.clock())
    recompute(runtime, user_id)
    return done
