"""Every address of the API in one table: what it takes, what it gives, and who may ask. OpenAPI is made from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from worker.app.runtime import Runtime
from worker.app.tokens import Right
from worker.decisions.actions import Via, Wish, recent_actions
from worker.views.acting import act, take_back
from worker.views.counted import Counted
from worker.views.digest import Composed, earlier_digests, this_weeks
from worker.views.growing import doors, introduction_rows, season
from worker.views.people.people import PeopleQuery, people_page
from worker.views.people.person import person_view
from worker.views.people.touches import TouchQuery, touches_page
from worker.views.session import viewing
from worker.web.api import answers, values


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was let in: `asked` is its query, or its body, read; `path` what stands in its address."""

    runtime: Runtime
    user_id: int
    asked: Any
    path: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address and method. `name` is the parameter in the path, if it has one."""

    method: str
    path: str
    asks: type[values.Asked]
    gives: type[msgspec.Struct]
    answer: Callable[[Call], Any]
    summary: str
    right: Right = Right.READ
    name: str = ""
    status: int = 200


def _people(call: Call) -> values.People:
    with viewing(call.runtime, call.user_id) as view:
        return answers.people(people_page(view, PeopleQuery(**msgspec.structs.asdict(call.asked))))


def _person(call: Call) -> values.PersonDetail:
    with viewing(call.runtime, call.user_id) as view:
        return answers.person(person_view(view, call.path))


def _touches(call: Call) -> values.Touches:
    with viewing(call.runtime, call.user_id) as view:
        return answers.touches(touches_page(view, TouchQuery(**msgspec.structs.asdict(call.asked))))


def _digest(call: Call) -> values.DigestAnswer:
    with viewing(call.runtime, call.user_id) as view:
        return answers.digest(this_weeks(call.runtime, view))


def _digests(call: Call) -> values.Digests:
    with viewing(call.runtime, call.user_id) as view:
        found = earlier_digests(view, before=call.asked.before, limit=call.asked.limit)
        return values.Digests(tuple(map(answers.earlier, found)))


def _introductions(call: Call) -> values.Introductions:
    with viewing(call.runtime, call.user_id) as view:
        return answers.introductions(introduction_rows(view, call.asked.person, call.asked.limit))


def _roots(call: Call) -> values.Roots:
    with viewing(call.runtime, call.user_id) as view:
        return answers.roots(doors(view, call.asked.person))


def _season(call: Call) -> values.SeasonAnswer:
    with viewing(call.runtime, call.user_id) as view:
        return answers.season(season(call.runtime, view, call.asked.quarter))


def _status(call: Call) -> values.Status:
    return values.Status(tuple(map(answers.source, call.runtime.shared(Counted).of(call.runtime, call.user_id))))


def _actions(call: Call) -> values.Actions:
    with viewing(call.runtime, call.user_id) as view:
        found = recent_actions(view.connection, view.user_id, limit=call.asked.limit)
        return values.Actions(tuple(map(answers.action, found)))


def _act(call: Call) -> values.ActionItem:
    asked: values.NewAction = call.asked
    wish = Wish(asked.action, asked.person, Via.API, until=asked.until or None, talked_at=asked.talked_at or None)
    done = act(call.runtime, call.user_id, replace(wish, by=asked.by))
    call.runtime.shared(Composed).forget(call.user_id)
    return answers.action(done)


def _undo(call: Call) -> values.ActionItem:
    done = take_back(call.runtime, call.user_id, call.path)
    call.runtime.shared(Composed).forget(call.user_id)
    return answers.action(done)


ENDPOINTS = (
    Endpoint("GET", "/people", values.PeopleAsked, values.People, _people, "List people, who needs you first."),
    Endpoint(
        "GET", "/people/{person}", values.Nothing, values.PersonDetail, _person, "Show one person.", name="person"
    ),
    Endpoint("GET", "/touches", values.TouchesAsked, values.Touches, _touches, "List the history, newest first."),
    Endpoint("GET", "/digest", values.Nothing, values.DigestAnswer, _digest, "Show this week's digest."),
    Endpoint("GET", "/digests", values.DigestsAsked, values.Digests, _digests, "List earlier digests."),
    Endpoint(
        "GET",
        "/introductions",
        values.IntroductionsAsked,
        values.Introductions,
        _introductions,
        "List who introduced you to whom, the newest first; the actions introduced and not-introduced correct it.",
    ),
    Endpoint("GET", "/roots", values.OfPerson, values.Roots, _roots, "Show who led to whom, over the years."),
    Endpoint("GET", "/season", values.SeasonAsked, values.SeasonAnswer, _season, "Look back on a quarter."),
    Endpoint("GET", "/status", values.Nothing, values.Status, _status, "Show accounts, and how far they are read."),
    Endpoint("GET", "/actions", values.ActionsAsked, values.Actions, _actions, "List the actions taken of late."),
    Endpoint("POST", "/actions", values.NewAction, values.ActionItem, _act, "Take an action.", Right.ACT, status=201),
    Endpoint(
        "POST", "/actions/{id}/undo", values.Nothing, values.ActionItem, _undo, "Undo an action.", Right.ACT, "id"
    ),
)
