"""Keeping the installation in order: status, doctor, rules, users, db, disconnect."""

import sqlite3
from pathlib import Path

import pytest

from models.records import BadRecord, Mailbox
from tests.worker.cli.keepwarm import Keepwarm, tree
from tests.worker.homes import BEN, ME, friendship, live, mail, open_home
from worker.queue.dead_letters import note, task
from worker.storage.transactions import writing

MINE = Mailbox(ME, "Me")


def test_status_accounts_for_everything_that_was_found(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    robot = Mailbox("no-reply@shop.example", "Shop")
    bad = BadRecord(where="all at byte 17", reason="the header does not end")
    live(runtime, [*friendship(), mail(70, robot, MINE, days=3), bad])
    keepwarm = Keepwarm(tmp_path / "home")
    (account,) = keepwarm("status", "--json").json
    (stream,) = account["streams"]
    assert (account["account"], account["state"]) == (ME, "active")
    assert stream["held"] == len(friendship())
    assert stream["skipped"] == {"no-reply address": 1}
    assert (stream["unreadable"], stream["found"], stream["complete"]) == (1, stream["listed"], 1.0)
    said = keepwarm("status").out
    assert "100%" in said
    assert "1 no-reply address" in said
    assert keepwarm("status", "--failed", "--json").json == [
        {
            "kind": "unreadable",
            "account": ME,
            "stream": "all",
            "place": "all at byte 17",
            "reason": "the header does not end",
        }
    ]
    assert "the header does not end" in keepwarm("status", "--failed").out


def test_a_file_of_which_nothing_could_be_read_says_so(tmp_path: Path) -> None:
    live(open_home(tmp_path / "home"), [BadRecord(where="all at byte 0", reason="no header")])
    assert "nothing in it could be read (`keepwarm status --failed`)" in Keepwarm(tmp_path / "home")("status").out


def test_an_account_that_needs_the_person_is_said_and_has_its_exit_code(keepwarm: Keepwarm) -> None:
    with sqlite3.connect(keepwarm.home / "keepwarm.db") as database:
        database.execute("UPDATE accounts SET state = 'needs_person', trouble = 'The sign-in was withdrawn.'")
    found = keepwarm("status")
    assert found.code == 3
    assert "needs you" in found.out
    assert "The sign-in was withdrawn." in found.out
    assert keepwarm("sync").code == 3
    assert keepwarm("doctor").code == 1


def test_what_failed_for_good_is_listed_and_tried_again(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    user = live(runtime, friendship())
    with writing(runtime.engine) as connection:
        note(
            connection,
            task("keepwarm.recompute", user),
            "ValueError at worker/sync/recompute.py:9 in settle",
            runtime.clock(),
        )
    keepwarm = Keepwarm(tmp_path / "home")
    (one,) = keepwarm("status", "--failed", "--json").json
    assert (one["kind"], one["times"], one["last_at"]) == ("task", 1, "2026-11-20T09:00:00Z")
    assert "keepwarm retry" in keepwarm("status", "--failed").err
    assert keepwarm("retry").code == 0
    assert keepwarm("status", "--failed", "--json").json == []


def test_doctor_finds_nothing_wrong_with_a_healthy_home(keepwarm: Keepwarm) -> None:
    found = keepwarm("doctor", "--json")
    assert {one["check"] for one in found.json} >= {"settings", "home", "key", "queue", "packages", "database", "clock"}
    assert {one["level"] for one in found.json} <= {"fine", "mind"}
    assert found.code == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"KEEPWARM_HOEM": "/tmp"}, "Did you mean KEEPWARM_HOME"),
        ({"KEEPWARM_BACKFILL_DAYS": "many"}, "KEEPWARM_BACKFILL_DAYS"),
        ({"KEEPWARM_SECRET_KEYS": "not-a-key"}, "Fernet"),
        ({"KEEPWARM_BROKER_URL": "smoke://signals"}, "KEEPWARM_BROKER_URL"),
        ({"KEEPWARM_BROKER_URL": "redis://127.0.0.1:1"}, "doesn't answer"),
        ({"KEEPWARM_GOOGLE_CLIENT_ID": "me.apps"}, "seven days"),
        ({"SSL_CERT_FILE": "/nowhere.pem"}, "/nowhere.pem"),
    ],
)
def test_doctor_names_what_is_wrong(keepwarm: Keepwarm, settings: dict[str, str], says: str) -> None:
    found = keepwarm("doctor", "--json", **settings)
    assert any(says in one["says"] for one in found.json)
    assert "Traceback" not in found.err


def test_doctor_minds_a_key_others_may_read_and_a_clock_gone_back(keepwarm: Keepwarm) -> None:
    key = keepwarm.home / "secret.key"
    key.write_text("z" * 43 + "=")
    key.chmod(0o644)
    assert any("chmod 600" in one["says"] for one in keepwarm("doctor", "--json").json)
    back = keepwarm("doctor", "--json", now="2020-01-01T00:00:00Z")
    assert any(one["check"] == "clock" and one["level"] == "wrong" for one in back.json)


def test_rules_are_shown_checked_and_explained(empty: Keepwarm, tmp_path: Path) -> None:
    slugs = [rule["slug"] for rule in empty("rules", "show", "--json", now=None).json]
    assert "two-way" in slugs
    assert all(slug in empty("rules", "show", now=None).out for slug in slugs)
    assert empty("rules", "check", now=None).code == 0
    explained = empty("rules", "explain", "tenure", "--json", now=None).json
    assert {fact["fact"] for fact in explained["facts"]} == {"two_way", "months_active", "known_since"}
    assert "silent_days" in empty("rules", "explain", now=None).out
    assert empty("rules", "explain", "love", now=None).code == 2
    own = tmp_path / "own.toml"
    own.write_text('[[rule]]\nslug = "x"\naxis = "depth"\nwhen = "meetigns > 1.0"\npoints = 1\nreason = "met"\n')
    bad = empty("rules", "check", own, now=None)
    assert bad.code == 1
    assert bad.out.startswith(f"{own}:4: ")
    assert empty("rules", "check", tmp_path / "none.toml", now=None).code == 1


def test_a_broken_rules_file_stops_judging_with_a_clear_error(keepwarm: Keepwarm, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[[rule]]\n")
    found = keepwarm("people", KEEPWARM_RULES=str(own))
    assert found.code == 1
    assert "keepwarm rules check" in found.err


def test_users_come_and_go_and_must_be_named_when_there_are_several(tmp_path: Path) -> None:
    runtime = open_home(tmp_path / "home")
    live(runtime, friendship())
    live(runtime, [mail(7, BEN, Mailbox("you@yours.example"), days=3)], me="you@yours.example")
    keepwarm = Keepwarm(tmp_path / "home")
    listed = keepwarm("users", "list", "--json").json
    assert {one["address"]: one["accounts"] for one in listed} == {
        ME: {"1": "archive"}, "you@yours.example": {"2": "archive"},
    }  # fmt: skip
    assert "2 archive" in keepwarm("users", "list").out
    assert "so add --user ADDRESS" in keepwarm("people").err
    yours = keepwarm("people", "--json", "--user", "you@yours.example").json
    assert [one["person"] for one in yours] == [BEN.address]
    assert keepwarm("users", "remove", "you@yours.example", say="n\n").code == 1
    assert keepwarm("users", "remove", "you@yours.example", "--yes").code == 0
    with sqlite3.connect(keepwarm.home / "keepwarm.db") as database:
        assert "yours.example" not in "\n".join(database.iterdump())
    assert len(keepwarm("people", "--json").json) == 2


def test_a_user_is_added_with_a_zone_that_exists(empty: Keepwarm) -> None:
    assert empty("users", "add", "zoe@zoo.example", "--zone", "Mars/Olympus").code == 2
    assert empty("users", "add", "zoe", "--zone", "Europe/Berlin").code == 2
    assert empty("users", "add", "zoe@zoo.example", "--zone", "Europe/Berlin", "--name", "Zoe").code == 0
    assert empty("users", "list", "--json").json == [
        {
            "address": "zoe@zoo.example",
            "name": "Zoe",
            "zone": "Europe/Berlin",
            "digest": "Mondays at 07:00 (Europe/Berlin)",
            "accounts": {},
        }
    ]
    assert empty("people").code == 0


def test_no_command_shows_one_user_the_data_of_another(tmp_path: Path) -> None:
    """Every command that takes no more than a person, asked by the user who has nobody."""
    runtime = open_home(tmp_path / "home")
    live(runtime, friendship())
    live(runtime, [], me="you@yours.example")
    keepwarm = Keepwarm(tmp_path / "home")
    before = keepwarm("export", "interactions", "--user", ME).out
    for words, command in tree().items():
        if words in {"run", "demo", "sync", "doctor", "db upgrade"} or words.startswith(("connect", "users", "rules")):
            continue
        wanted = [part for part in command.params if part.param_type_name == "argument"]
        values = {"what": "interactions", "address": "anna.berg@north.example", "subject": "anna.berg@north.example"}
        arguments = [values.get(str(part.name), "anna.berg@north.example") for part in wanted]
        found = keepwarm(*words.split(), *arguments, "--user", "you@yours.example", say="y\n")
        assert "Anna" not in found.out + found.err, words
        assert "Plans" not in found.out + found.err, words
    assert keepwarm("export", "interactions", "--user", ME).out == before


def test_the_database_is_made_and_upgraded(empty: Keepwarm) -> None:
    assert "now up to date" in empty("db", "upgrade", now=None).err
    assert "already" in empty("db", "upgrade", now=None).err
    with sqlite3.connect(empty.home / "keepwarm.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert empty("db", "upgrade", now=None).code == 1


def test_disconnecting_keeps_the_history_or_erases_it(keepwarm: Keepwarm) -> None:
    before = keepwarm("export", "interactions").out
    assert "No account matches" in keepwarm("disconnect", "nobody@x.example").err
    assert keepwarm("disconnect", ME).code == 0
    assert keepwarm("export", "interactions").out == before
    assert keepwarm("disconnect", ME, "--erase", say="n\n").code == 1
    assert keepwarm("export", "interactions").out == before
    assert keepwarm("disconnect", ME, "--erase", "--yes").code == 0
    assert len(keepwarm("export", "interactions").out.splitlines()) == 1
    assert keepwarm("people", "--json").json == []
