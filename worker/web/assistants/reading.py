"""The tools that only read: who is going quiet, one person, before you ask, the history, who can introduce."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from models.errors import CodedError
from worker.app.runtime import Runtime
from worker.identity.find_person import find_person
from worker.views.growing import introduction_rows
from worker.views.people.introducers import who_can_introduce
from worker.views.people.people import PeopleQuery, people_page
from worker.views.people.person import Introduced, person_view
from worker.views.people.touches import TouchQuery, touches_page
from worker.views.session import View, viewing
from worker.web.assistants import values
from worker.web.assistants.values import others
from worker.wording.errors.sentence import sentence

Words = Annotated[str, Field(max_length=300, description="A name, or an email address.")]


class Refused(ValueError):  # noqa: N818 - says what is wrong
    """What the assistant is shown when a tool cannot answer: one sentence."""


@contextmanager
def in_words() -> Iterator[None]:
    """Convert our errors into the sentence an assistant can pass on.

    Raises:
        Refused: with the sentence.
    """
    try:
        yield
    except CodedError as error:
        raise Refused(sentence(error)) from None


@dataclass(frozen=True)
class Reading:
    """The reading tools of one user; their docstrings are how they are described to an assistant."""

    runtime: Runtime
    user_id: int

    def who_is_going_quiet(self, limit: Annotated[int, Field(ge=1, le=50)] = 10) -> values.QuietPeople:
        """List the people who are going quiet or have gone quiet, those who need a word most first."""
        with in_words(), viewing(self.runtime, self.user_id) as view:
            rows = people_page(view, PeopleQuery(needing=True, limit=limit)).rows
        return values.QuietPeople(
            people=[
                values.Quiet(
                    person=row.person,
                    name=others(row.name),
                    stage=row.stage.value,
                    warmth=row.warmth.value,
                    why=row.reason,
                    silent_days=row.silent_days,
                )
                for row in rows
            ]
        )

    def person(self, who: Words) -> values.Profile:
        """Show one person: how things stand, the last contact, what is planned, introductions."""
        with self._about(who) as (view, key):
            found = person_view(view, key)
        return values.Profile(
            person=found.person,
            name=others(found.name),
            addresses=[one.address for one in found.addresses],
            stage=found.stage.value,
            warmth=found.warmth.value,
            sentences=list(found.sentences),
            last_contact=found.dates.last_at,
            next_meeting=found.dates.next_meeting_at,
            introduced_by=_named(found.introduced_by),
            introduced_to=_named(found.introduced_to),
            snoozed_until=found.quieted.snoozed_until,
            muted=found.quieted.muted,
            resting=found.quieted.resting,
        )

    def before_you_ask(self, who: Words) -> values.AskAdvice:
        """Check whether it is a good time to ask someone for something, and what to do first."""
        with self._about(who) as (view, key):
            found = person_view(view, key)
        return values.AskAdvice(
            person=found.person,
            name=others(found.name),
            verdict=found.ask.verdict.value,
            evidence=list(found.ask.evidence),
            first=list(found.ask.first),
        )

    def history(
        self,
        who: Words,
        limit: Annotated[int, Field(ge=1, le=100)] = 20,
        cursor: Annotated[str, Field(max_length=2000, description="From the page before.")] = "",
    ) -> values.HistoryPage:
        """List contact with someone, newest first: when, how and about what. Bodies of emails are never known."""
        with self._about(who) as (view, key):
            page = touches_page(view, TouchQuery(person=key, limit=limit, cursor=cursor))
            name = person_view(view, key).name
        return values.HistoryPage(
            person=key,
            name=others(name),
            contacts=[
                values.Contact(
                    at=row.at,
                    channel=row.channel.value,
                    direction=row.direction.value,
                    subject=others(row.subject),
                    people_in_it=row.group_size,
                )
                for row in page.rows
            ],
            cursor=page.cursor,
        )

    def introductions(
        self,
        who: Annotated[str, Field(max_length=300, description="A name, or an address; empty for all.")] = "",
        limit: Annotated[int, Field(ge=1, le=100)] = 30,
    ) -> values.Introductions:
        """List who introduced the user to whom, the newest first: all, or those of and by one person.

        It shows which doors opened. It's no score: never count or compare who opened how many.
        """
        with in_words(), viewing(self.runtime, self.user_id) as view:
            key = find_person(view.connection, view.user_id, who.replace("\0", " ")) if who.strip() else ""
            found = introduction_rows(view, key, limit)
        return values.Introductions(
            introductions=[
                values.Introduction(
                    introducer=values.Somebody(person=one.introducer, name=others(one.introducer_name)),
                    introduced=values.Somebody(person=one.introduced, name=others(one.introduced_name)),
                    at=one.at,
                    sure=one.counts,
                    because=list(one.because),
                )
                for one in found
            ]
        )

    def who_can_introduce(
        self,
        to: Annotated[str, Field(max_length=300, description="A name, an address, or a domain.")],
    ) -> values.PossibleIntroducers:
        """Find who could introduce the user to someone, or to someone at a place."""
        with in_words(), viewing(self.runtime, self.user_id) as view:
            found = who_can_introduce(view, to)
        return values.PossibleIntroducers(
            people=[
                values.PossibleIntroducer(
                    person=one.person,
                    name=others(one.name),
                    stage=one.stage.value,
                    warmth=one.warmth.value,
                    why=one.why,
                )
                for one in found
            ]
        )

    @contextmanager
    def _about(self, who: str) -> Iterator[tuple[View, str]]:
        with in_words(), viewing(self.runtime, self.user_id) as view:
            yield view, find_person(view.connection, view.user_id, who.replace("\0", " "))


def _named(found: tuple[Introduced, ...]) -> list[values.Somebody]:
    return [values.Somebody(person=one.person, name=others(one.name)) for one in found]
