"""The tools that change something; they are offered only to a token that may act."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from worker.app.runtime import Runtime
from worker.decisions.actions import Action, Done, Via, Wish
from worker.views.acting import act, take_back
from worker.views.digest import Composed
from worker.web.assistants import values
from worker.web.assistants.reading import in_words

Key = Annotated[str, Field(max_length=400, description="A person's key, as other tools give it; empty for the digest.")]


@dataclass(frozen=True)
class Acting:
    """The acting tools of one user."""

    runtime: Runtime
    user_id: int

    def take_action(
        self,
        action: Action,
        person: Key = "",
        until: datetime | None = None,
        by: Annotated[str, Field(max_length=400, description="Who introduced them: a person's key.")] = "",
    ) -> values.ActionTaken:
        """Snooze (until a time, else four weeks), note that the two talked, let rest, mute, undo, or tune the digest.

        Or correct an introduction: introduced and not-introduced, of `person` by `by`.
        Ask the user before you call this.
        """
        ends = until if until is None or until.tzinfo else until.replace(tzinfo=UTC)
        with in_words():
            wish = Wish(action, person.replace("\0", ""), Via.ASSISTANT, until=ends, by=by.replace("\0", ""))
            done = act(self.runtime, self.user_id, wish)
        return self._result(done)

    def undo_action(self, action_id: Annotated[str, Field(max_length=100)]) -> values.ActionTaken:
        """Take back an action that was taken, by its id."""
        with in_words():
            done = take_back(self.runtime, self.user_id, action_id.replace("\0", ""))
        return self._result(done)

    def _result(self, done: Done) -> values.ActionTaken:
        self.runtime.shared(Composed).forget(self.user_id)
        return values.ActionTaken(
            id=done.id, action=done.action.value, person=done.person, until=done.until, undone=done.undone
        )
