"""The plan of a first reading: every listed mail exactly once, wherever it is stopped, and the dear ones first."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.gmail.mail.history import summarize
from connectors.gmail.mail.plan import Phase, Plan, Position, Survey, Task, pages
from connectors.gmail.rate_limit import Units
from models.enums import Place


def tasks(survey: Survey, units: Units, after: Position | None = None) -> list[Task]:
    plan = Plan(survey, units)
    start = plan.start(after)
    assert plan.left(start) == sum(task.cost(units) for task in plan.tasks[start:])
    return plan.tasks[start:]


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    survey = Survey()
    for thread in draw(st.sets(st.integers(1, 1 << 40), max_size=25)):
        name = f"{thread:x}"
        ids = [f"{name}{number}" for number in range(draw(st.integers(1, 5)))]
        survey.threads[name] = ids
        for id_ in ids:
            match draw(st.sampled_from(["sent", "category", "draft", "plain"])):
                case "sent":
                    survey.sent.add(id_)
                case "category":
                    survey.categories[id_] = "promotions"
                case "draft":
                    survey.no_contact[id_] = Place.DRAFT
    return survey


@given(surveys())
def test_every_mail_is_told_once(survey: Survey) -> None:
    planned = [id_ for task in tasks(survey, Units()) for id_ in (*task.fetch, *task.named)]
    assert sorted(planned) == sorted(id_ for ids in survey.threads.values() for id_ in ids)


@given(surveys(), st.data())
def test_what_is_left_does_not_depend_on_where_it_was_stopped(survey: Survey, data: st.DataObject) -> None:
    whole = tasks(survey, Units())
    if whole:
        done = data.draw(st.integers(0, len(whole) - 1))
        assert tasks(survey, Units(), whole[done].position) == whole[done + 1 :]


@given(surveys(), st.data())
def test_mails_that_come_and_go_do_not_move_what_is_left(survey: Survey, data: st.DataObject) -> None:
    whole = tasks(survey, Units())
    if not whole:
        return
    done = data.draw(st.integers(0, len(whole) - 1))
    vanished = {id_ for task in whole[: done + 1] for id_ in task.fetch if data.draw(st.booleans())}
    for ids in survey.threads.values():
        ids[:] = [id_ for id_ in ids if id_ not in vanished]
    survey.threads.update({"ffffffffffff": ["ffffffffffff"]})
    for thread in [thread for thread, ids in survey.threads.items() if not ids]:
        del survey.threads[thread]
    left = {id_ for task in tasks(survey, Units(), whole[done].position) for id_ in task.fetch}
    assert left >= {id_ for task in whole[done + 1 :] for id_ in task.fetch}


@given(surveys(), st.integers(1, 6), st.integers(1, 6))
def test_pages_are_bounded_and_lose_nothing(survey: Survey, calls: int, named: int) -> None:
    whole = tasks(survey, Units())
    made = list(pages(iter(whole), calls=calls, named=named))
    assert [task for page in made for task in page] == whole
    for page in made:
        assert len(page) == 1 or sum(task.calls() for task in page) <= calls
        assert len(page) == 1 or sum(len(task.named) for task in page) <= named


def test_answered_threads_first_then_newest_first() -> None:
    threads = {"a": ["a"], "ff": ["ff", "100"], "fff": ["fff"], "b": ["b"], "9": ["9"]}
    survey = Survey(threads, sent={"100", "fff"}, categories={"b": "social"})
    assert [task.position for task in tasks(survey, Units())] == [
        Position(Phase.CONVERSED, "ff"),
        Position(Phase.SENT, "fff"),
        Position(Phase.OTHER, "a"),
        Position(Phase.OTHER, "9"),
        Position(Phase.NAMED, "b"),
    ]


def test_a_thread_is_fetched_whole_where_that_is_no_dearer() -> None:
    survey = Survey({"1": ["1"], "2": ["2", "3"]}, sent={"1", "2"})
    pair, single = tasks(survey, Units())
    assert (pair.whole, pair.cost(Units())) == (True, 40)
    assert (single.whole, single.cost(Units())) == (False, 20)
    assert not tasks(survey, Units(message=5))[0].whole  # the prices before May 2026


def message(id_: str, *labels: str, thread: str | None = None) -> dict[str, object]:
    return {"message": {"id": id_, "threadId": thread or id_, "labelIds": list(labels)}}


def test_the_last_word_on_a_mail_stands() -> None:
    changes = summarize(
        [
            {"id": "7", "messagesAdded": [message("a", "INBOX"), message("b", "DRAFT"), message("c", "INBOX")]},
            {"id": "9", "messagesDeleted": [message("a")]},
            {"id": "12", "labelsAdded": [message("b", "SENT", thread="t") | {"labelIds": ["SENT"]}]},
            {"id": "13", "labelsAdded": [message("c", "INBOX", "STARRED") | {"labelIds": ["STARRED"]}]},
            {"id": "14", "labelsAdded": [message("d", "SPAM") | {"labelIds": ["SPAM"]}]},
            {"id": "15", "messagesAdded": [message("e", "SPAM")]},
        ]
    )
    assert list(changes.gone) == ["a"]
    assert list(changes.fetch) == ["c", "b", "d"]  # a mail that may be known comes with all it says
    assert list(changes.answered_threads) == ["t"]
    assert changes.placed == {"e": Place.SPAM}
    assert (changes.added, changes.newest_id) == (4, 15)
