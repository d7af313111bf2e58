"""When the digest comes is said by a command, shown, and kept."""

import pytest

from tests.worker.cli.keepwarm import Keepwarm


def test_a_day_an_hour_and_a_zone_are_noted_and_shown(keepwarm: Keepwarm) -> None:
    said = keepwarm("digest", "--on", "thursday", "--at", "18", "--zone", "Europe/Zurich")
    assert said.err == "Your digest: Thursdays at 18:00 (Europe/Zurich)\n"
    assert not said.out  # it is noted, and nothing is written or remembered as written
    assert (
        "Digest: Thursdays at 18:00 (Europe/Zurich), not emailed; read it with `keepwarm digest`"
        in keepwarm("status").out
    )
    assert "sent through KEEPWARM_SMTP_URL" in keepwarm("status", KEEPWARM_SMTP_URL="file:///nowhere").out
    assert keepwarm("users", "list", "--json").json[0]["digest"] == "Thursdays at 18:00 (Europe/Zurich)"
    assert "Thursdays at 18:00" in keepwarm("users", "list").out
    assert "Thursdays at 19:00" in keepwarm("digest", "--at", "19").err


def test_never_is_kept_until_it_is_wanted_again(keepwarm: Keepwarm) -> None:
    assert (
        "Your digest: never. Turn it on again with `keepwarm digest --every week`"
        in keepwarm("digest", "--every", "never").err
    )
    assert "Digest: off." in keepwarm("status").out
    assert keepwarm("digest", "--json").json["lines"] is not None  # it can be read all the same
    assert "digest: Mondays at 07:00 (UTC)" in keepwarm("digest", "--every", "week").err
    assert "digest: Sundays at 07:00 (UTC)" in keepwarm("digest", "--on", "sunday").err
    assert "digest: Sundays at 07:00 (UTC)" in keepwarm("digest", "--every", "week").err


@pytest.mark.parametrize(
    "words",
    [
        ("--on", "someday"),
        ("--at", "24"),
        ("--at", "-1"),
        ("--zone", "Mars/Olympus"),
        ("--every", "day"),
        ("--every", "never", "--on", "monday"),
        ("--on", "monday", "--json"),
        ("--at", "7", "--send"),
    ],
)
def test_what_is_no_time_is_wrong_usage_and_changes_nothing(keepwarm: Keepwarm, words: tuple[str, ...]) -> None:
    assert keepwarm("digest", *words).code == 2
    assert keepwarm("users", "list", "--json").json[0]["digest"] == "Mondays at 07:00 (UTC)"
