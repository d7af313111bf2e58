"""`connect gmail` as a process of its own, on a machine without a browser: the address one lands on is pasted."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.gmail.auth import SEND_SCOPE
from tests.chaos.clocks import INHERITED
from tests.sandbox.google.consent import decide
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import ROOT, Keepwarm
from tests.worker.homes import NOW


@pytest.fixture
def google() -> Iterator[GoogleSandbox]:
    with GoogleSandbox([google_mailbox(World(3, until=NOW, mails=400))]) as sandbox:
        sandbox.quota.limits["gmail"] = 10**9
        yield sandbox


def settings(google: GoogleSandbox) -> dict[str, str]:
    return {
        "KEEPWARM_GOOGLE_CLIENT_ID": google.client_id,
        "KEEPWARM_GOOGLE_CLIENT_SECRET": google.client_secret,
        "KEEPWARM_GOOGLE_AUTH_URI": google.auth_uri,
        "KEEPWARM_GOOGLE_TOKEN_URI": google.token_uri,
        "KEEPWARM_GOOGLE_API_ROOT": google.api_root,
        "KEEPWARM_GOOGLE_UNITS_PER_MINUTE": str(10**9),
    }


def pasted(keepwarm: Keepwarm, google: GoogleSandbox, act: Callable[[str], str], *words: str) -> tuple[int, str]:
    """Connect without a browser, and paste what `act` makes of the address; the exit code, and what was said."""
    environment = {key: value for key, value in keepwarm.environment.items() if value is not None}
    with subprocess.Popen(
        [sys.executable, "-m", "worker", "connect", "gmail", "--no-browser", *words],
        env={**INHERITED, **environment, **settings(google), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("Open: ").strip()
        _, said = process.communicate(act(url), timeout=60)
        return process.returncode, said


def test_the_pasted_address_connects_and_what_is_none_is_said_to_be(google: GoogleSandbox, tmp_path: Path) -> None:
    # Given a server without a browser
    keepwarm = Keepwarm(tmp_path / "home")

    # When somebody pastes nonsense first, and then where the browser landed on another machine
    code, said = pasted(keepwarm, google, lambda url: f"what now?\n{decide(url)}\n", "--later")

    # Then the nonsense is named, and the account is connected
    assert code == 0, said
    assert "Copy the whole address" in said
    assert f"Connected {next(iter(google.mailboxes))}" in said


def test_a_refused_consent_is_one_sentence_that_says_once_to_connect_again(
    google: GoogleSandbox, tmp_path: Path
) -> None:
    keepwarm = Keepwarm(tmp_path / "home")
    code, said = pasted(keepwarm, google, lambda url: f"{decide(url, deny=True)}\n")
    assert code == 3
    assert said.lower().count("connect") == 1
    assert "run `keepwarm connect gmail` again" in said


@pytest.mark.parametrize("provider", ["gmail", "outlook"])
def test_without_a_client_of_ones_own_the_chapter_of_the_readme_is_named(provider: str, empty: Keepwarm) -> None:
    found = empty("connect", provider)
    assert found.code == 1
    chapter = found.err.partition('see "')[2].partition('"')[0]
    assert f"\n## {chapter}\n" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_one_more_consent_sends_the_digest_through_the_account_until_it_is_taken_back(
    google: GoogleSandbox, tmp_path: Path
) -> None:
    keepwarm, (me, mailbox), known = Keepwarm(tmp_path / "home"), *google.mailboxes.items(), settings(google)
    # Given nothing connected, there is nothing to send through
    assert "Start with `keepwarm connect" in keepwarm("connect", "gmail", "--send-digest", **known).err
    assert pasted(keepwarm, google, lambda url: f"{decide(url)}\n")[0] == 0
    assert not any("gmail.send" in scope for grant in google.authorization.refresh.values() for scope in grant.scopes)
    assert "not emailed" in keepwarm("status", **known).out

    # When it is refused, nothing changes; when it is allowed, that is said, and shown
    assert pasted(keepwarm, google, lambda url: f"{decide(url, deny=True)}\n", "--send-digest")[0] == 3
    assert not keepwarm("status", "--json", **known).json[0]["sends_digest"]
    code, said = pasted(keepwarm, google, lambda url: f"{decide(url)}\n", "--send-digest")
    assert code == 0
    assert f"from {me} to itself, and to nobody else" in said
    assert f"Digest: Mondays at 07:00 (UTC), emailed from {me} to itself" in keepwarm("status", **known).out

    # Then the digest goes out once
    assert ": sent." in keepwarm("digest", "--send", **known).err
    assert ": already sent." in keepwarm("digest", "--send", **known).err
    assert len(mailbox.outgoing) == 1

    # And once the consent is withdrawn at Google, status says so with exit 3, until it is taken back here as well
    google.authorization.withdraw(me, of=SEND_SCOPE)
    late = "2026-12-04T09:00:00Z"
    assert keepwarm("sync", now=late, **known).code == 0
    assert "--send-digest" in keepwarm("digest", "--send", now=late, **known).err
    found = keepwarm("status", now=late, **known)
    assert found.code == 3
    assert "Allow it again with `keepwarm connect gmail --send-digest`" in " ".join(found.out.split())
    assert keepwarm("doctor", **known).code == 1
    assert "Reading goes on" in keepwarm("connect", "gmail", "--no-send-digest", **known).err
    assert keepwarm("status", now=late, **known).code == 0
    assert "No account was sending" in keepwarm("connect", "gmail", "--no-send-digest", **known).err
