"""What a line is compared with before it is said: the owner's habits and wishes, and everybody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.digest.choose.choice import COLD_KINDS, Candidate, Chosen, Ending, Listing, Move
from worker.digest.choose.occasions.holidays import DATED, Pause
from worker.digest.choose.repeats import nothing_new, said_of
from worker.digest.choose.suppression import Wishes, suppression_reason
from worker.digest.choose.together.firms import others_of
from worker.digest.choose.together.rounds import left_round
from worker.judgement.facts import Habits, day_of

#: days after which the end of a project is no news, not even in the first digest
OLD_NEWS = 183
#: days for which several may be silent together because all of them are on holiday
HOLIDAYS = 28


@dataclass(frozen=True, slots=True)
class Present:
    """What any line is compared with, as of a moment."""

    habits: Habits  # with their absences drawn out
    at: datetime  # aware UTC
    wishes: Wishes
    moved: Mapping[str, Move]  # by either person of a move
    elsewhere: set[str]  # who has been in touch from another address since
    heard: set[Ending]  # the ended projects of which somebody was named
    pause: Pause | None  # the holidays it is in
    others: Mapping[str, str]  # person -> why somebody else is the one to be missed, or nobody
    people: Mapping[str, Candidate]

    def against(self, line: Chosen, one: Candidate, said: Sequence[Listing]) -> str | None:
        """What stands against saying a line, beside what was said before on its subject; None if nothing does."""
        why = suppression_reason(line, one, self.habits, self.at, self.wishes, self.moved)
        why = why or nothing_new(line, one, said, self.wishes.woken, self.at)
        if why is None and line.kind in COLD_KINDS and line.person in self.others:
            return self.others[line.person]
        if why is None and line.kind in COLD_KINDS and line.person in self.elsewhere:
            return "someone of the same name has been in touch from another address since; if it's them: keepwarm merge"
        if why is None and line.ending is not None and day_of(self.at) - line.ending.day < HOLIDAYS:
            return f"it's been quiet with {others_of(line.ending)} too, perhaps for their holidays"
        if why is None and line.ending is not None and day_of(self.at) - line.ending.day > OLD_NEWS:
            return f"it ended with {others_of(line.ending)} more than half a year ago"
        if why is None and line.ending in self.heard and not said_of(one, said):
            return f"{others_of(line.ending)} went quiet at the same time, and one of them was named"
        if why is None and line.kind in COLD_KINDS and said_of(one, said) and left_round(one, self.people.values()):
            return "the others have met without them since, and that was said"
        if why is None and self.pause is not None and line.kind not in DATED:
            return self.pause.why
        return why
