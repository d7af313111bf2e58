"""The season review: what took root, what went deeper, which doors opened; silent when there is nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from models.enums import Stage, Touch
from models.records import Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import BEN, NOW, live, mail, open_home
from tests.worker.network.test_introductions import MINE, brought, friendship
from tests.worker.pairs import BOOK, DaysAgo, history, regular
from tests.worker.pairs import NOW as TODAY
from worker.judgement.facts import day_of
from worker.judgement.facts.conversations import conversations
from worker.judgement.facts.relation import why_no_relationship
from worker.network.season.past import Past, two_way_since
from worker.network.season.picture import picture
from worker.network.season.quarters import Quarter, quarter_of
from worker.network.season.review import Deepened, Named, Opened, Season, looked_back
from worker.network.season.words import sentences

THIRD = Quarter(2026, 3)


@pytest.mark.parametrize(
    ("at", "key", "words", "before"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-Q1", "January to March", "2025-Q4"),
        (datetime(2026, 11, 20, tzinfo=UTC), "2026-Q4", "October to December", "2026-Q3"),
        (datetime(2026, 9, 30, 23, tzinfo=UTC), "2026-Q3", "July to September", "2026-Q2"),
    ],
)
def test_quarters(at: datetime, key: str, words: str, before: str) -> None:
    found = quarter_of(at)
    assert (found.key, found.words, found.before.key, found.after.before) == (key, words, before, found)
    assert found.begins <= at < found.ends


@pytest.mark.parametrize(
    "touches",
    [regular(12, 400, 3), [(90, Touch.MET_ONE)], [(90, Touch.OUT_ONE), (89, Touch.IN_ONE)], regular(40, 300, 100)],
)
def test_a_relationship_begins_when_the_judgement_first_says_so(touches: DaysAgo) -> None:
    found = history(touches)
    since = two_way_since(found)
    days = sorted({day.day for day in found.days})
    first = next(
        (
            upto
            for upto in days
            if why_no_relationship(found, conversations([day for day in found.days if day.day <= upto])) is None
        ),
        None,
    )
    assert since == first


def season(**pasts: DaysAgo) -> Season:
    past = {
        name: one for name, touches in pasts.items() if (one := Past.of(history(touches), relates=True)) is not None
    }
    return looked_back(
        past, {name: name.title() for name in pasts}, BOOK, THIRD, rested=["anna"], led=[("anna", "ben")]
    )


def test_a_season_tells_names_and_compares_nobody() -> None:
    ago = day_of(TODAY) - day_of(THIRD.begins)
    found = season(
        anna=regular(14, 900, 3),  # long rooted: nothing new
        ben=regular(9, ago - 5, 10),  # began in the quarter
        cleo=[(ago + 300, Touch.OUT_ONE), *regular(7, ago + 60, 3)],
    )
    assert [one.person for one in found.took_root] == ["ben"]
    assert [one.person for one in found.deepened] == ["cleo"]
    said = sentences(found)
    assert said[0] == "Well rooted by now: Cleo."
    assert "Anna introduced you to Ben, and it took root." in said
    assert "You let Anna rest." in said
    assert not any("%" in sentence for sentence in said)
    standings = [sum(one[1:]) for one in found.years]
    assert standings == sorted(standings)
    assert len(found.years) >= 8


def test_whom_the_user_muted_is_named_in_no_season() -> None:
    past = {"ben": Past.of(history(regular(9, 110, 60)), relates=True)}
    kept = {name: one for name, one in past.items() if one is not None}
    found = looked_back(kept, {"ben": "Ben"}, BOOK, THIRD, rested=["ben"], led=[], unnamed={"ben"})
    assert found.says_nothing
    assert found.met == 1


def test_many_introductions_are_told_in_one_sentence() -> None:
    doors = tuple(
        Opened(Named(f"x{number}", f"Xenia {number}"), Named(f"y{number}", f"Yuri {number}")) for number in range(7)
    )
    (said,) = sentences(Season(THIRD, took_root=(doors[6].introduced,), doors=doors))
    assert said.startswith("Introductions that took root: Yuri 0 through Xenia 0, ")
    assert said.endswith("Yuri 4 through Xenia 4 and two more.")


def test_a_season_without_news_says_nothing() -> None:
    assert sentences(Season(THIRD, met=4)) == ()


def test_the_picture_is_well_formed_and_speaks() -> None:
    found = season(anna=regular(14, 900, 3), ben=regular(9, 140, 10))
    page = fromstring(picture(found))
    assert [child.tag.rpartition("}")[2] for child in page][:2] == ["title", "desc"]
    assert "Ben" in (page[1].text or "")
    fromstring(picture(Season(THIRD)))
    hostile = Season(THIRD, took_root=(Named("x", '"><script>'),), deepened=(Deepened("y", "&", Stage.DEEP),))
    assert "<script>" not in picture(hostile)


def story() -> list[Record]:
    return [*friendship(until=3), *friendship(200, BEN, until=3), *brought(), mail(900, MINE, BEN, days=2)]


def test_it_comes_by_command_and_is_emailed_once(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    live(runtime, story())
    runtime.engine.dispose()
    keepwarm = Keepwarm(tmp_path / "home")
    post = {"KEEPWARM_SMTP_URL": f"file://{tmp_path / 'out'}"}

    def at(day: str) -> str:
        return f"2026-{day}T09:00:00Z"

    assert "Wanjiru Maina" in keepwarm("season", now=at("10-12")).out
    touches = keepwarm("season", "--json", now=at("10-12")).json
    assert touches["quarter"] == "2026-Q3"
    assert "Anna Berg introduced you to Wanjiru Maina, and it took root." in touches["sentences"]
    assert keepwarm("season", "--svg", tmp_path / "season.svg", now=at("10-12")).code == 0
    fromstring((tmp_path / "season.svg").read_text())
    early = f"{NOW - timedelta(days=380):%Y-%m-%dT%H:%M:%SZ}"
    assert "Nothing to mention" in keepwarm("season", now=early).err
    assert keepwarm("season", "--send", now=at("10-12"), **post).err == "Your season, July to September: sent.\n"
    assert (
        keepwarm("season", "--send", now=at("10-13"), **post).err == "Your season, July to September: already sent.\n"
    )
    (page,) = (tmp_path / "out").iterdir()
    assert "Anna Berg introduced you to Wanjiru Maina, and it took root." in page.read_text()
    assert keepwarm("season", "--send", "--json", now=at("10-12")).code == 2


def test_the_weekly_digest_leaves_the_season_to_its_own_letter(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    live(runtime, story())
    runtime.engine.dispose()
    keepwarm = Keepwarm(tmp_path / "home")
    post = {"KEEPWARM_SMTP_URL": f"file://{tmp_path / 'out'}"}
    assert keepwarm("digest", "--send", now="2026-09-21T09:00:00Z", **post).code == 0
    assert keepwarm("digest", "--json", now="2026-10-05T09:00:00Z").json["season"] == []
