"""`connect gmail` as a process of its own, on a machine without a browser: the address one lands on is pasted."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.google.consent import decide
from tests.sandbox.google.fill import google_mailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import ROOT, Keepwarm
from tests.worker.homes import NOW


@pytest.fixture
def google() -> Iterator[GoogleSandbox]:
    with GoogleSandbox([google_mailbox(World(3, until=NOW, mails=60))]) as sandbox:
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


def test_the_pasted_address_connects_and_what_is_none_is_said_to_be(google: GoogleSandbox, tmp_path: Path) -> None:
    # Given a server without a browser
    keepwarm = Keepwarm(tmp_path / "home")
    environment = {key: value for key, value in keepwarm.environment.items() if value is not None}
    process = subprocess.Popen(
        [sys.executable, "-m", "worker", "connect", "gmail", "--no-browser", "--later"],
        env={**environment, **settings(google), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().removeprefix("Open: ").strip()

    # When somebody pastes nonsense first, and then where the browser landed on another machine
    landed = decide(url)
    _, said = process.communicate(f"what now?\n{landed}\n", timeout=60)

    # Then the nonsense is named, and the account is connected
    assert process.returncode == 0, said
    assert "copy the whole address" in said
    assert f"Connected: {next(iter(google.mailboxes))}" in said
