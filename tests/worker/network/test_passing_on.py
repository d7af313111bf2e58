"""Passing on: two who might like each other, who could take a job, who could rest; only for reasons that are known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models.enums import Stage, Warmth
from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, BEN, NOW, live, mail, meeting, open_home
from tests.worker.network.test_introductions import MINE
from tests.worker.pairs import BOOK, HABITS, TODAY, history, regular
from worker.judgement.assess import assess
from worker.network.friends import Friend
from worker.network.offers import chosen
from worker.network.tending import tended, to_rest
from worker.network.topics import Topics, words_of

CARLA = Mailbox("carla@west.example", "Carla Voss")


def friend(person: str, **more: str) -> Friend:
    found = assess(history(regular(6, 900, 2)), HABITS, BOOK, NOW)
    assert (found.stage, found.warmth) in {(Stage.ROOTED, Warmth.WARM), (Stage.DEEP, Warmth.WARM)}
    address = more.pop("address", f"{person}@{person}.example")
    return Friend(person, person.title(), address, (address,), found, **more)


WARM = {name: friend(name) for name in ("anna", "ben", "cleo")}


def topics(*said: tuple[str, str], times: int = 3) -> Topics:
    found = Topics([one.name for one in WARM.values()])
    for person, subject in said:
        for i in range(times):
            found.add(person, subject, f"{subject}{i}", mine=i == 0)
    return found


def test_two_who_share_a_matter_are_offered_with_what_is_known() -> None:
    shared = topics(("anna", "Pricing for the spring"), ("ben", "Re: pricing model")).common(9)
    found = chosen(WARM, set(), shared)
    assert found is not None
    assert found.because == (
        "Anna and Ben are both in touch with you about “pricing”. As far as your email shows, they've never met."
    )
    assert found.subject == "Introducing Anna and Ben"


def test_nobody_is_offered_who_may_know_the_other_or_whom_the_user_would_not() -> None:
    shared = topics(("anna", "Pricing"), ("ben", "Pricing")).common(9)
    assert chosen(WARM, {frozenset(("anna", "ben"))}, shared) is None
    colleagues = WARM | {"ben": friend("ben", address="b@anna.example")}
    assert chosen(colleagues, set(), shared) is None
    led = WARM | {"ben": friend("ben", introduced_by="anna")}
    assert chosen(led, set(), shared) is None


def test_one_mention_or_only_theirs_is_no_matter() -> None:
    assert not topics(("anna", "Pricing"), ("ben", "Pricing"), times=1).common(9)
    theirs = Topics([])
    for person in ("anna", "ben"):
        for i in range(4):
            theirs.add(person, "Pricing", str(i), mine=False)
    assert not theirs.common(9)


def test_what_everybody_writes_about_says_nothing_of_two() -> None:
    assert not topics(*((f"p{i}", "Pricing") for i in range(9))).common(9)


@pytest.mark.parametrize(
    "subject",
    ["Scheidung und Termine", "Cancer treatment in May", "Kündigung besprechen", "Your salary", "Dette et divorce"],
)
def test_what_is_nobodys_business_is_never_a_reason(subject: str) -> None:
    assert words_of(subject) == set()


def test_what_was_done_is_no_matter() -> None:
    assert words_of("As promised, the signed and attached greenhouse feed") == {"greenhouse"}
    assert words_of("Wie versprochen: Gewächshaus") == {"gewächshaus"}
    assert words_of("Revision of version two") == set()


def test_who_came_through_the_same_person_is_a_reason_without_subjects() -> None:
    warm = {"anna": friend("anna")} | {name: friend(name, introduced_by="anna") for name in ("ben", "cleo")}
    found = chosen(warm, set(), {})
    assert found is not None
    assert found.because.startswith("You know both Ben and Cleo through Anna.")


def test_some_are_let_rest_only_when_there_are_more_than_were_ever_tended() -> None:
    kept = [history(regular(20, 900, 5)) for _ in range(3)]
    can_tend = tended(kept, TODAY)
    assert can_tend == 3
    cold = [
        Friend(f"c{i}", f"C{i}", f"c{i}", (), assess(history(regular(12, 340, 190)), HABITS, BOOK, NOW))
        for i in range(5)
    ]
    assert {one.assessment.warmth for one in cold} == {Warmth.COLD}
    assert to_rest(cold, None) == ()
    assert to_rest(cold, 9) == ()
    assert [one.person for one in to_rest([*WARM.values(), *cold], can_tend)] == ["c0", "c1", "c2"]


def test_a_quarterly_friend_a_month_late_is_not_one_to_let_go() -> None:
    def silent(days: int) -> list[Friend]:
        keepwarm_of = assess(history(regular(90, 900 + days, days)), HABITS, BOOK, NOW)
        found = replace(keepwarm_of, warmth=Warmth.COLD, stage=Stage.GROWING)
        return [replace(friend(f"c{i}"), assessment=found) for i in range(5)]

    assert to_rest(silent(125), 3) == ()
    assert len(to_rest(silent(300), 3)) > 1


def circle(topic: str = "Pricing workshop") -> list[Record]:
    """Two warm friends, each writing about one matter, and Carla with whom it has gone quiet."""
    records: list[Record] = []
    for first, who, until in ((0, ANNA, 3), (500, BEN, 4), (1000, CARLA, 150)):
        for n, days in enumerate(range(until, 800, 6)):
            subject = topic if n % 6 < 3 and who != CARLA else "Copy editing" if who == CARLA else "Words"
            pair = (who, MINE) if n % 2 else (MINE, who)
            records.append(mail(first + n, *pair, days=days, subject=subject))
        records += [meeting(first + 400 + n, who, days=until + 1 + 30 * n) for n in range(12)]
    return records


def keepwarm_of(place: Path, records: Sequence[Record]) -> Keepwarm:
    runtime = open_home(place / "home")
    live(runtime, records)
    runtime.engine.dispose()
    return Keepwarm(place / "home")


def weeks(number: int) -> str:
    return f"{NOW + timedelta(days=7 * number):%Y-%m-%dT%H:%M:%SZ}"


def test_an_offer_comes_once_and_a_refusal_is_remembered(tmp_path: Path) -> None:
    keepwarm = keepwarm_of(tmp_path, circle())
    post = {"KEEPWARM_SMTP_URL": f"file://{tmp_path / 'out'}"}

    def offers(week: int) -> list[str]:
        lines = keepwarm("digest", "--json", now=weeks(week)).json["lines"]
        return [
            f"{line['name']}, {line['others'][0]['name']}: {line['why']}" for line in lines if line["kind"] == "pass-on"
        ]

    assert keepwarm("digest", "--send", now=weeks(-1), **post).code == 0  # the first one introduces itself
    because = "Anna Berg and Ben Ochoa are both in touch with you about “pricing”."
    assert offers(0) == [f"Anna Berg, Ben Ochoa: {because} As far as your email shows, they've never met."]
    assert keepwarm("introductions", "never", "Anna", "Ben").code == 0
    assert offers(0) == []
    assert keepwarm("introductions", "never", "Ben", "Anna", "--off").code == 0
    assert keepwarm("digest", "--send", now=weeks(0), **post).code == 0
    assert offers(0) != []  # asked again in its week, a digest says the same
    assert offers(1) == []


def test_a_job_is_passed_to_whom_it_has_been_quiet_with_first(tmp_path: Path) -> None:
    keepwarm = keepwarm_of(tmp_path, circle())
    [row] = keepwarm("pass-on", "editor", "--for", "Anna", "--json").json
    assert (row["name"], row["quiet"], row["because"]) == (
        "Carla Voss",
        True,
        "You were in touch about “Copy editing”.",
    )
    assert row["draft"] == {
        "to": [CARLA.address, ANNA.address],
        "subject": "Introducing Carla Voss and Anna Berg",
    }
    assert [row["name"] for row in keepwarm("pass-on", "--like", "Anna", "--json").json] == ["Ben Ochoa"]
    assert "No one" in keepwarm("pass-on", "astronaut").err
    assert keepwarm("pass-on").code == 2
    said = keepwarm("fill", "editor").out
    assert "Carla Voss" in said
    assert "Not yet. Get in touch first, without asking for anything: ask how they are." in said


def test_whoever_rests_is_back_when_they_write(tmp_path: Path) -> None:
    records = circle()
    keepwarm = keepwarm_of(tmp_path, [*records, mail(5000, CARLA, MINE, days=1)])
    assert keepwarm("rest", "Carla", now=weeks(-1)).code == 0
    warmth = {row["name"]: row["warmth"] for row in keepwarm("people", "--json").json}
    assert warmth["Carla Voss"] != "resting"
    assert keepwarm("rest", "Carla").code == 0
    assert {row["name"]: row["warmth"] for row in keepwarm("people", "--json").json}["Carla Voss"] == "resting"


def test_who_is_met_once_a_year_is_never_proposed_to_rest(tmp_path: Path) -> None:
    """Five clients of last winter are over; a conference each year is not, nor may be what began less than a year ago."""

    def talks(first: int, who: Mailbox, days: Sequence[int]) -> list[Record]:
        return [mail(first + n, *((who, MINE) if n % 2 else (MINE, who)), days=ago) for n, ago in enumerate(days)]

    box = {
        name: Mailbox(f"{name}@{name}.example", f"{name.title()} Lind") for name in (*"abcde", "conf", "tax", "first")
    }
    records = [one for n, name in enumerate("abcde") for one in talks(100 * n, box[name], range(300 + n, 480, 6))]
    records += talks(1000, box["conf"], [year + ago for year in (200, 565, 930) for ago in range(0, 40, 4)])
    records += talks(2000, box["tax"], [year + ago for year in (230, 595) for ago in range(0, 95, 5)])
    records += talks(3000, box["first"], range(260, 350, 4))
    keepwarm = keepwarm_of(tmp_path, records + talks(4000, ANNA, range(2, 1000, 6)))
    post = {"KEEPWARM_SMTP_URL": f"file://{tmp_path / 'out'}"}
    assert keepwarm("tend", "1").code == 0
    assert keepwarm("digest", "--send", now=weeks(-1), **post).code == 0  # the first one introduces itself
    resting = set()
    for week in range(0, 40, 14):  # once a quarter
        lines = keepwarm("digest", "--json", now=weeks(week)).json["lines"]
        resting |= {one["name"] for line in lines if line["kind"] == "rest" for one in [line, *line["others"]]}
        assert keepwarm("digest", "--send", now=weeks(week), **post).code == 0
    assert len(resting) > 1
    assert resting <= {box[name].name for name in "abcde"}


def test_how_many_one_tends_is_shown_and_can_be_set(tmp_path: Path) -> None:
    keepwarm = keepwarm_of(tmp_path, circle())
    assert keepwarm("tend").err == "You usually keep up with about 3 people at once.\n"
    assert "keep up with 12 people at once" in keepwarm("tend", "12").err
    assert "12 people" in keepwarm("tend").err
    assert keepwarm("tend", "--off").err == "You usually keep up with about 3 people at once.\n"
    assert keepwarm("tend", "0").code == 2
