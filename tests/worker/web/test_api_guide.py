"""The guide to the API says what the code does, both ways."""

import re

from tests.worker.cli.keepwarm import ROOT, tree
from worker.decisions.actions import Action
from worker.web.api.endpoints import ENDPOINTS
from worker.web.api.gate import REQUESTS
from worker.web.assistants.acting import Acting
from worker.web.assistants.reading import Reading

GUIDE = (ROOT / ".github" / "API.md").read_text(encoding="utf-8")


def test_every_address_is_in_the_guide_and_every_one_there_exists() -> None:
    documented = set(re.findall(r"^\| `(\S+) (\S+)` \| (.+) \|$", GUIDE, re.MULTILINE))
    exports = ("GET", "/exports/{file}", "Export the history, touches, people or relationships as a file.")
    assert documented == {(one.method, one.path, one.summary) for one in ENDPOINTS} | {exports}


def test_every_tool_is_in_the_guide() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", GUIDE, re.MULTILINE))
    tools = {name for kind in (Reading, Acting) for name in vars(kind) if callable(getattr(kind, name))}
    assert documented == {name for name in tools if not name.startswith("_")}


def test_actions_limits_and_commands_are_the_real_ones() -> None:
    assert all(f"`{action.value}`" in GUIDE for action in Action)
    assert f"{REQUESTS} times a minute" in GUIDE
    commands = tree()
    for line in re.findall(r"^ {4}\$ keepwarm (.+?)(?:\s+#|$)", GUIDE, re.MULTILINE):
        words = [word for word in line.split() if word == word.lower() and not word.startswith("-")]
        found = [" ".join(words[:count]) for count in (1, 2) if " ".join(words[:count]) in commands]
        assert found, line
        known = {option for param in commands[found[-1]].params for option in (*param.opts, *param.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", line)) <= known
